package import ClusterState
package import DNSWire
import NetworkTypes

/// The cluster zone: a pure function of snapshot and configuration.
///
/// It is made of one part for each service, namespace, node, and for NodeHosts. `update` makes again only the parts that
/// changed, and equals a zone from scratch.
package struct DNSZone: Sendable, Equatable {
    /// Without these, nothing is known of services and pods. Nodes and NodeHosts are taken when they come.
    package static let neededKinds: Set<ObjectKind> = [.namespace, .service, .endpointSlice]

    /// The key of the ConfigMap that is read.
    static let nodeHostsKey = "NodeHosts"

    /// The serial of a time in seconds since 1970: it wraps, as RFC 1982 lets it.
    static func serial(at time: Double) -> UInt32 { UInt32(truncatingIfNeeded: Int64(time)) }

    /// The TTL of what an earlier run saved, in seconds: soon the source will have another word.
    static let restoredTimeToLive: UInt32 = 1

    package let configuration: ClusterDNSConfiguration
    /// What is answered from.
    package private(set) var table: ZoneTable
    private var slices = SliceIndex()
    private var hosts: HostRecords

    /// The zone before anything is known.
    ///
    /// - Parameters:
    ///   - hasher: what the names of questions are hashed by, too.
    ///   - serial: the time in Unix seconds.
    package init(_ configuration: ClusterDNSConfiguration, _ hasher: NameHasher, serial: UInt32) {
        self.configuration = configuration
        table = ZoneTable(ZoneOrigin(configuration), hasher, serial: serial)
        hosts = HostRecords(zone: configuration.clusterDomain.folded)
    }

    /// The lines of NodeHosts that say nothing, or not all that they should; the first is 1.
    package var unreadableNodeHostsLines: [Int] { hosts.file.unreadableLines }

    /// How many pairs of name and address NodeHosts has.
    package var hostEntries: Int { hosts.file.addresses.values.reduce(0) { $0 + $1.count } }

    /// Makes again what changed. Returns whether the table is another one.
    ///
    /// - Parameter serial: the time in Unix seconds, which becomes the serial if anything is different.
    package mutating func update(_ snapshot: ClusterSnapshot, changed: ChangedKeys, serial: UInt32) -> Bool {
        let former = table
        switch changed {
        case .keys(let keys): update(snapshot, keys)
        case .everything:
            self = DNSZone(configuration, former.hasher, serial: former.serial)
            update(snapshot, Set(Self.kinds.flatMap(snapshot.keys)))
        }
        table.isSynchronised = Self.neededKinds.isSubset(of: snapshot.complete)
        table.isRestored = snapshot.restoration.map { !$0.kinds.isDisjoint(with: Self.kinds) } ?? false
        let longest = table.isRestored ? Self.restoredTimeToLive : configuration.timeToLive
        table.origin.timeToLive = min(configuration.timeToLive, longest)
        table.hasHosts = !hosts.isEmpty
        table.hasWildcards = hosts.hasWildcards
        guard table != former else { return false }
        table.serial = serial
        return true
    }

    private static let kinds: [ObjectKind] = [.namespace, .service, .endpointSlice, .node, .configMap]

    private mutating func update(_ snapshot: ClusterSnapshot, _ keys: Set<ObjectKey>) {
        var services: Set<NamespacedName> = []
        var edits = EntryEdits(table.entries)
        for key in keys {
            switch key.kind {
            case .service: services.insert(key.namespacedName)
            case .endpointSlice:
                let name = key.namespacedName
                services.formUnion(slices.note(name, in: snapshot))
            case .namespace: update(namespace: key.name, in: snapshot, &edits)
            case .node: hosts.set(NodeName(rawValue: key.name).flatMap { snapshot.nodes[$0] }, named: key.name, &edits)
            case .configMap where key.namespacedName == configuration.nodeHosts:
                hosts.setFile(snapshot.configMaps[configuration.nodeHosts]?.data[Self.nodeHostsKey] ?? "", &edits)
            case .configMap, .secret, .ingress, .ingressClass, .middleware: break
            }
        }
        for service in services { update(service: service, in: snapshot, &edits) }
        // All at once, also when everything is made: pages that grow bit by bit leave as many holes between them as they
        // take themselves.
        table.entries.apply(edits.changes)
    }

    private func update(namespace: String, in snapshot: ClusterSnapshot, _ edits: inout EntryEdits) {
        guard let octets = LabelOctets.wire(namespace) else { return }
        let key = EntryKey(.namespace, octets)
        var value = NamespaceValue(edits[key])
        value.isDeclared = snapshot.namespaces[namespace] != nil
        edits[key] = value.octets
    }

    private func update(service name: NamespacedName, in snapshot: ClusterSnapshot, _ edits: inout EntryEdits) {
        guard let octets = LabelOctets.wire(name.name, name.namespace) else { return }
        let key = EntryKey(.service, octets)
        let former = edits[key]
        let present = snapshot.services[name].flatMap { service in
            let slices = slices.slices(of: name).map(\.object)
            return ServiceContents(service, slices, zoneLength: table.origin.serviceOctets.count)?.octets
        }
        guard former != present else { return }
        edits[key] = present
        ServiceAddressNames.replace(
            ServiceAddressNames(octets, former),
            by: ServiceAddressNames(octets, present),
            &edits
        )
        if (former == nil) != (present == nil), let label = LabelOctets.wire(name.namespace) {
            let key = EntryKey(.namespace, label)
            var value = NamespaceValue(edits[key])
            value.services += present == nil ? -1 : 1
            edits[key] = value.octets
        }
    }
}
