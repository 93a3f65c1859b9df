import ClusterState
import NetworkTypes

/// Who wants which networks, endpoints and hardware addresses: what no two nodes can have.
struct PeerClaims: Equatable, Sendable {
    // By length, so that the networks around a given one are found without looking at all.
    private var networks: PerFamily<[Int: [IPPrefix: Set<NodeName>]]> = PerFamily(v4: [:], v6: [:])
    private var endpoints: [IPAddress: Set<NodeName>] = [:]
    private var linkAddresses: PerFamily<[MACAddress: Set<NodeName>]> = PerFamily(v4: [:], v6: [:])

    mutating func insert(_ paths: PerFamily<PeerPath>, of node: NodeName) {
        for family in paths.families {
            guard let path = paths[family] else { continue }
            networks[family]?[path.podCIDR.length, default: [:]][path.podCIDR, default: []].insert(node)
            endpoints[path.endpoint, default: []].insert(node)
            guard let linkAddress = path.linkAddress else { continue }
            linkAddresses[family]?[linkAddress, default: []].insert(node)
        }
    }

    mutating func remove(_ paths: PerFamily<PeerPath>, of node: NodeName) {
        for family in paths.families {
            guard let path = paths[family] else { continue }
            networks[family]?[path.podCIDR.length]?.withdraw(node, from: path.podCIDR)
            // Nothing empty stays, so that the way here does not show.
            if networks[family]?[path.podCIDR.length]?.isEmpty == true {
                networks[family]?[path.podCIDR.length] = nil
            }
            endpoints.withdraw(node, from: path.endpoint)
            guard let linkAddress = path.linkAddress else { continue }
            linkAddresses[family]?.withdraw(node, from: linkAddress)
        }
    }

    /// What others want that collides with what `node` wants in this family.
    func rivals(of node: NodeName, _ family: AddressFamily, _ path: PeerPath) -> [Rivalry] {
        var found: [Rivalry] = []
        for (network, holders) in overlapping(path.podCIDR) {
            found += holders.map { Rivalry(node: $0, over: .network(network)) }
        }
        found += (endpoints[path.endpoint] ?? []).map { Rivalry(node: $0, over: .endpoint) }
        if let linkAddress = path.linkAddress {
            found += (linkAddresses[family]?[linkAddress] ?? []).map {
                Rivalry(node: $0, over: .linkAddress(linkAddress))
            }
        }
        return found.filter { $0.node != node }
    }

    private func overlapping(_ network: IPPrefix) -> [(IPPrefix, Set<NodeName>)] {
        var found: [(IPPrefix, Set<NodeName>)] = []
        for (length, table) in networks[network.family] ?? [:] {
            if length <= network.length {
                let around = IPPrefix(containing: network.base, length: length)
                if let holders = table[around] { found.append((around, holders)) }
            } else {
                // Only a network wider than another has to look at all of that other's length.
                for (inside, holders) in table where network.contains(inside) { found.append((inside, holders)) }
            }
        }
        return found
    }
}

/// Two nodes that want the same.
struct Rivalry: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        /// The other's network, which overlaps.
        case network(IPPrefix)
        case endpoint
        case linkAddress(MACAddress)
    }

    let node: NodeName
    let over: Subject

    /// The problem of the one that does not get it.
    func problem(with path: PeerPath) -> String {
        switch over {
        case .network(let other):
            "has the podCIDR \(path.podCIDR), which overlaps \(other) of node \(node.rawValue): \(node.rawValue) keeps it"
        case .endpoint:
            "has the public address \(path.endpoint) of node \(node.rawValue): \(node.rawValue) keeps it"
        case .linkAddress(let address):
            "has the VTEP address \(address) of node \(node.rawValue): \(node.rawValue) keeps it"
        }
    }
}

extension Dictionary where Value == Set<NodeName> {
    fileprivate mutating func withdraw(_ node: NodeName, from key: Key) {
        self[key]?.remove(node)
        if self[key]?.isEmpty == true { self[key] = nil }
    }
}
