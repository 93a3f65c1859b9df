import ClusterState
import NetworkTypes

/// Who wants which networks, endpoints and hardware addresses: what no two nodes can have.
struct PeerClaims: Equatable, Sendable {
    // By length, so that the networks around a given one are found without looking at all.
    private var networks: PerFamily<[Int: [IPPrefix: Set<NodeName>]]> = PerFamily(v4: [:], v6: [:])
    private var endpoints: [IPAddress: Set<NodeName>] = [:]
    private var linkAddresses: PerFamily<[MACAddress: Set<NodeName>]> = PerFamily(v4: [:], v6: [:])

    mutating func insert(_ tunnels: PerFamily<PeerTunnel>, of node: NodeName) {
        for family in tunnels.families {
            guard let tunnel = tunnels[family] else { continue }
            networks[family]?[tunnel.podCIDR.length, default: [:]][tunnel.podCIDR, default: []].insert(node)
            endpoints[tunnel.endpoint, default: []].insert(node)
            linkAddresses[family]?[tunnel.linkAddress, default: []].insert(node)
        }
    }

    mutating func remove(_ tunnels: PerFamily<PeerTunnel>, of node: NodeName) {
        for family in tunnels.families {
            guard let tunnel = tunnels[family] else { continue }
            networks[family]?[tunnel.podCIDR.length]?.withdraw(node, from: tunnel.podCIDR)
            // Nothing empty stays, so that the way here does not show.
            if networks[family]?[tunnel.podCIDR.length]?.isEmpty == true {
                networks[family]?[tunnel.podCIDR.length] = nil
            }
            endpoints.withdraw(node, from: tunnel.endpoint)
            linkAddresses[family]?.withdraw(node, from: tunnel.linkAddress)
        }
    }

    /// What others want that collides with what `node` wants in this family.
    func rivals(of node: NodeName, _ family: AddressFamily, _ tunnel: PeerTunnel) -> [Rivalry] {
        var found: [Rivalry] = []
        for (network, holders) in overlapping(tunnel.podCIDR) {
            found += holders.map { Rivalry(node: $0, over: .network(network)) }
        }
        found += (endpoints[tunnel.endpoint] ?? []).map { Rivalry(node: $0, over: .endpoint) }
        found += (linkAddresses[family]?[tunnel.linkAddress] ?? []).map { Rivalry(node: $0, over: .linkAddress) }
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
        case linkAddress
    }

    let node: NodeName
    let over: Subject

    /// The problem of the one that does not get it.
    func problem(with tunnel: PeerTunnel) -> String {
        switch over {
        case .network(let other):
            "has the podCIDR \(tunnel.podCIDR), which overlaps \(other) of node \(node.rawValue): \(node.rawValue) keeps it"
        case .endpoint:
            "has the public address \(tunnel.endpoint) of node \(node.rawValue): \(node.rawValue) keeps it"
        case .linkAddress:
            "has the VTEP address \(tunnel.linkAddress) of node \(node.rawValue): \(node.rawValue) keeps it"
        }
    }
}

extension Dictionary where Value == Set<NodeName> {
    fileprivate mutating func withdraw(_ node: NodeName, from key: Key) {
        self[key]?.remove(node)
        if self[key]?.isEmpty == true { self[key] = nil }
    }
}
