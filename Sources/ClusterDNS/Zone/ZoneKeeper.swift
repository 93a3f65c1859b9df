import ClusterState
import DNSWire
import LinuxSystem
import Supervision
import Synchronization

/// Keeps the zone, and who may ask, as the newest snapshot has them.
final class ZoneKeeper: Sendable {
    private struct State {
        var zone: DNSZone
        var sources: AllowedSources
        var generation: UInt64?
        /// As they were before the next snapshot.
        var slices = ObjectTable<NamespacedName, EndpointSlice>()
        var latency = ProgrammingLatency()
        /// The text of NodeHosts, and when it became another one.
        var hosts: (text: String?, time: Double?) = (nil, nil)
    }

    /// What is another one by a snapshot.
    struct News: Sendable {
        let table: ZoneTable?
        let sources: AllowedSources?
        let changed: ChangedKeys
        /// To be noted when the table is answered from.
        let triggers: [EndpointTrigger]
    }

    private let state: Mutex<State>
    private let nodeHosts: NamespacedName

    init(_ configuration: ClusterDNSConfiguration, serial: UInt32) {
        var generator = SystemRandomNumberGenerator()
        let zone = DNSZone(configuration, NameHasher(using: &generator), serial: serial)
        state = Mutex(State(zone: zone, sources: AllowedSources(configuration)))
        nodeHosts = configuration.nodeHosts
    }

    /// What is answered now, and to whom.
    var current: (table: ZoneTable, sources: AllowedSources) { state.withLock { ($0.zone.table, $0.sources) } }

    /// What of NodeHosts is not understood, for people; nil if all is.
    var complaint: String? {
        let lines = state.withLock(\.zone.unreadableNodeHostsLines)
        guard !lines.isEmpty else { return nil }
        let numbers = lines.firstFew(5, joinedBy: ", ")
        return "ConfigMap \(nodeHosts): \(DNSZone.nodeHostsKey): \(lines.count == 1 ? "line" : "lines") \(numbers)"
            + " cannot be read: write an address, and names that hosts can have"
    }

    /// For metrics.
    struct Figures: Sendable {
        /// The snapshot that was taken last.
        let generation: UInt64?
        /// How many entries NodeHosts has, and when it last changed, in seconds since 1970.
        let hostEntries: Int
        let hostsChangedAt: Double?
        let latency: ProgrammingLatency
    }

    var figures: Figures {
        state.withLock { state in
            Figures(
                generation: state.generation,
                hostEntries: state.zone.hostEntries,
                hostsChangedAt: state.hosts.time,
                latency: state.latency
            )
        }
    }

    /// Takes a snapshot. Returns what is another one by it.
    ///
    /// - Parameter now: in seconds since 1970.
    func take(_ snapshot: ClusterSnapshot, now: Double) -> News {
        let news = state.withLock { state in
            let changed = state.generation.map { snapshot.changedKeys(since: $0) } ?? .everything
            state.generation = snapshot.generation
            let hosts = snapshot.configMaps[nodeHosts]?.data[DNSZone.nodeHostsKey]
            if hosts != state.hosts.text { state.hosts = (hosts, now) }
            let slices = state.slices
            state.slices = snapshot.endpointSlices
            // What the source lists at first may have changed long ago, while nobody was here to follow.
            let wasKnown = state.zone.table.isSynchronised && !state.zone.table.isRestored
            let isZoneNew = state.zone.update(snapshot, changed: changed, serial: DNSZone.serial(at: now))
            // The own node is changed by its lease, too.
            let areSourcesNew = changed.mayConcern { $0.kind == .node } && state.sources.update(snapshot)
            return News(
                table: isZoneNew ? state.zone.table : nil,
                sources: areSourcesNew ? state.sources : nil,
                changed: changed,
                triggers: wasKnown && isZoneNew ? EndpointTrigger.new(in: snapshot, since: slices, changed) : []
            )
        }
        if news.changed.areMany { Heap.compact() }
        return news
    }

    /// Notes what endpoints followed, now that they are answered from.
    ///
    /// - Parameter now: in seconds since 1970.
    func note(_ triggers: [EndpointTrigger], now: Double) {
        guard !triggers.isEmpty else { return }
        state.withLock { state in
            for trigger in triggers { state.latency.note(trigger, now: now) }
        }
    }
}

extension ChangedKeys {
    /// Whether so much was made again that it pays to give back what was used on the way: that is more than the table.
    fileprivate var areMany: Bool {
        switch self {
        case .everything: true
        case .keys(let keys): keys.count >= 1_000
        }
    }
}
