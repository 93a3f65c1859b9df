import ClusterState
import DNSWire
import Synchronization

/// Keeps the zone, and who may ask, as the newest snapshot has them.
final class ZoneKeeper: Sendable {
    private struct State {
        var zone: DNSZone
        var sources: AllowedSources
        var generation: UInt64?
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
        let numbers = lines.prefix(5).map(String.init).joined(separator: ", ") + (lines.count > 5 ? ", …" : "")
        return "ConfigMap \(nodeHosts): \(DNSZone.nodeHostsKey): \(lines.count == 1 ? "line" : "lines") \(numbers)"
            + " cannot be read: write an address, and names that hosts can have"
    }

    /// For metrics: the snapshot that was taken last, and how many entries NodeHosts has.
    var figures: (generation: UInt64?, hostEntries: Int) {
        state.withLock { ($0.generation, $0.zone.hostEntries) }
    }

    /// Takes a snapshot. Returns what is another one by it.
    ///
    /// - Parameter serial: the time in Unix seconds.
    func take(
        _ snapshot: ClusterSnapshot,
        serial: UInt32
    ) -> (table: ZoneTable?, sources: AllowedSources?, changed: ChangedKeys) {
        state.withLock { state in
            let changed = state.generation.map { snapshot.changedKeys(since: $0) } ?? .everything
            state.generation = snapshot.generation
            let isZoneNew = state.zone.update(snapshot, changed: changed, serial: serial)
            let areSourcesNew = changed.mayConcernNodes && state.sources.update(snapshot)
            return (isZoneNew ? state.zone.table : nil, areSourcesNew ? state.sources : nil, changed)
        }
    }
}

extension ChangedKeys {
    /// Whether a node may be another one; the own one is changed by its lease, too.
    fileprivate var mayConcernNodes: Bool {
        switch self {
        case .everything: true
        case .keys(let keys): keys.contains { $0.kind == .node }
        }
    }
}
