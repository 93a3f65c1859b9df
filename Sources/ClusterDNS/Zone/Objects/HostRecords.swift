import ClusterState
import DNSWire
import NetworkTypes

/// The nodes, and what else NodeHosts names: addresses of names outside the services' part of the zone, and back.
///
/// A name has the addresses of both. An address of a Node is named by the Node alone, as k3s writes its line over others
/// of that address.
struct HostRecords: Sendable, Equatable {
    /// What a Node says of itself.
    private struct Host: Equatable {
        var addresses: [IPAddress]
        /// What the host calls itself, if that is another name.
        var alias: [UInt8]?
    }

    /// By the Node's name in wire form.
    private var nodes: [[UInt8]: Host] = [:]
    /// The names of the Nodes that have this further name.
    private var aliases: [[UInt8]: Set<[UInt8]>] = [:]
    private(set) var file = NodeHosts()
    /// The text of `file`, so that it is read only when it has changed.
    private var text = ""
    /// How many hosts are below each name inside Z: it exists by that.
    private var below: [[UInt8]: Int] = [:]
    /// Z in wire form.
    private let zone: DNSName

    init(zone: DNSName) {
        self.zone = zone
    }

    var isEmpty: Bool { nodes.isEmpty && file.addresses.isEmpty }

    var hasWildcards: Bool { file.addresses.keys.contains { HostName.parentOfWildcard($0) != nil } }

    /// Takes a Node as it is now, nil if it is gone.
    mutating func set(_ node: Node?, named name: String, _ edits: inout EntryEdits) {
        guard let wire = try? DNSName(parsing: name).wire else { return }
        let former = nodes[wire]
        let present = node.flatMap { Self.host($0, named: wire) }
        guard former != present else { return }
        nodes[wire] = present
        if let alias = former?.alias {
            aliases[alias]?.remove(wire)
            if aliases[alias]?.isEmpty == true { aliases[alias] = nil }
        }
        if let alias = present?.alias { aliases[alias, default: []].insert(wire) }
        rename(wire, former?.addresses ?? [], present?.addresses ?? [], .node, &edits)
        update(Set([wire, former?.alias, present?.alias].compactMap(\.self)), &edits)
    }

    private static func host(_ node: Node, named name: [UInt8]) -> Host? {
        let addresses = node.internalAddresses.values
        guard !addresses.isEmpty else { return nil }
        let alias = node.hostName.flatMap(HostName.wire)
        let isOther = alias != name && alias.map { !$0.contains(UInt8(ascii: "*")) } ?? false
        return Host(addresses: addresses, alias: isOther ? alias : nil)
    }

    /// Takes the text of NodeHosts, empty if there is none.
    mutating func setFile(_ text: String, _ edits: inout EntryEdits) {
        guard text != self.text else { return }
        self.text = text
        let former = file
        file = NodeHosts(text)
        let names = Set(former.addresses.keys).union(file.addresses.keys)
            .filter { former.addresses[$0] != file.addresses[$0] }
        for wire in names {
            rename(wire, former.addresses[wire] ?? [], file.addresses[wire] ?? [], .nodeHosts, &edits)
        }
        update(names, &edits)
    }

    /// The addresses that are gone lose the name, the new ones get it. A wildcard is no address's name.
    private func rename(
        _ wire: [UInt8],
        _ former: [IPAddress],
        _ present: [IPAddress],
        _ rank: NameRank,
        _ edits: inout EntryEdits
    ) {
        guard HostName.parentOfWildcard(wire) == nil else { return }
        let name = AddressName(rank: rank, octets: wire)
        for address in former where !present.contains(address) { edits.remove(name, of: address) }
        for address in present where !former.contains(address) { edits.add(name, of: address) }
    }

    private mutating func update(_ names: some Collection<[UInt8]>, _ edits: inout EntryEdits) {
        for name in names {
            let existed = edits[key(of: name)].map { !HostValue.isEmpty($0) } ?? false
            let exists = !addresses(of: name).isEmpty
            write(name, &edits)
            guard existed != exists else { continue }
            for ancestor in ancestors(of: name) {
                let count = (below[ancestor] ?? 0) + (exists ? 1 : -1)
                below[ancestor] = count == 0 ? nil : count
                write(ancestor, &edits)
            }
        }
    }

    private func write(_ name: [UInt8], _ edits: inout EntryEdits) {
        let addresses = addresses(of: name).sorted()
        let isNothing = addresses.isEmpty && below[name] == nil
        edits[key(of: name)] = isNothing ? nil : HostValue.octets(addresses)
    }

    private func addresses(of name: [UInt8]) -> Set<IPAddress> {
        var addresses = Set(nodes[name]?.addresses ?? []).union(file.addresses[name] ?? [])
        for node in aliases[name] ?? [] { addresses.formUnion(nodes[node]?.addresses ?? []) }
        return addresses
    }

    private func key(of name: [UInt8]) -> EntryKey {
        HostName.parentOfWildcard(name).map { EntryKey(.wildcard, $0) } ?? EntryKey(.host, name)
    }

    /// The names between this one and Z.
    private func ancestors(of name: [UInt8]) -> [[UInt8]] {
        guard let whole = try? DNSName(wire: name), whole.isEqualOrBelow(zone) else { return [] }
        var ancestors: [[UInt8]] = []
        var name = whole.parent
        while let ancestor = name, ancestor != zone, !ancestor.isRoot {
            ancestors.append(ancestor.wire)
            name = ancestor.parent
        }
        return whole == zone ? [] : ancestors
    }
}

extension EntryEdits {
    /// Gives an address one name more.
    mutating func add(_ name: AddressName, of address: IPAddress) {
        let key = EntryKey(address)
        self[key] = AddressValue.octets(AddressValue.names(self[key] ?? []).union([name]))
    }

    /// Takes a name of an address away.
    mutating func remove(_ name: AddressName, of address: IPAddress) {
        let key = EntryKey(address)
        self[key] = AddressValue.octets(AddressValue.names(self[key] ?? []).subtracting([name]))
    }
}
