package import ClusterState
package import NetworkTypes

/// A service's port, by the names it has. What is planned for it in one family is made and goes together.
package struct ServicePortName: Hashable, Sendable {
    package let service: NamespacedName
    /// Empty if the port has no name.
    package let port: String
    package let transport: NetworkTypes.TransportProtocol

    package init(service: NamespacedName, port: String, transport: NetworkTypes.TransportProtocol) {
        self.service = service
        self.port = port
        self.transport = transport
    }
}

extension ServicePortName: CustomStringConvertible {
    /// `namespace/service:port`, without the colon if the port has no name.
    package var description: String { port.isEmpty ? "\(service)" : "\(service):\(port)" }
}

/// Where packets for a service arrive.
package struct FrontendKey: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case address(IPAddress)
        /// Any address of this node, of this family, that is served: not loopback, nor one that is held for something else.
        case node(AddressFamily)
    }

    package var place: Place
    package var transport: NetworkTypes.TransportProtocol
    /// 1…65535.
    package var port: UInt16

    package init(_ place: Place, _ transport: NetworkTypes.TransportProtocol, _ port: UInt16) {
        self.place = place
        self.transport = transport
        self.port = port
    }

    package var family: AddressFamily {
        switch place {
        case .address(let address): address.family
        case .node(let family): family
        }
    }
}

extension FrontendKey: Comparable {
    /// By family, addresses before the node's own, then by protocol and port.
    package static func < (left: FrontendKey, right: FrontendKey) -> Bool { left.order < right.order }

    private var order: (AddressFamily, Int, UInt128, UInt8, UInt16) {
        let (rank, number): (Int, UInt128) =
            switch place {
            case .address(let address): (0, address.number)
            case .node: (1, 0)
            }
        return (family, rank, number, transport.rawValue, port)
    }
}

extension FrontendKey: CustomStringConvertible {
    /// `10.43.0.1:443/tcp`, `[fd00::1]:443/tcp`, `node:80/tcp`.
    package var description: String {
        switch place {
        case .address(.v4(let address)): "\(address):\(port)/\(transport)"
        case .address(.v6(let address)): "[\(address)]:\(port)/\(transport)"
        case .node: "node:\(port)/\(transport)"
        }
    }
}

/// A frontend of a service's port, and what happens to packets for it.
package struct Frontend: Hashable, Sendable {
    /// What makes it one.
    package enum Kind: Hashable, Sendable {
        case clusterIP, externalIP, loadBalancer, nodePort
    }

    /// What happens to a new connection.
    package enum Fate: Hashable, Sendable {
        /// Goes to an endpoint of the cluster set.
        case cluster
        /// Goes to an endpoint on this node.
        case local
        /// Is dropped: an endpoint is elsewhere, and traffic must not go there.
        case drop
        /// Is refused: there is no endpoint anywhere.
        case reject
    }

    package var key: FrontendKey
    package var kind: Kind
    /// For clients outside of the cluster.
    package var outside: Fate
    /// For pods and for the node itself.
    package var inside: Fate
    /// Only these sources may come, a list without overlaps; nil for all.
    package var sources: [IPPrefix]?

    package init(_ key: FrontendKey, _ kind: Kind, outside: Fate, inside: Fate, sources: [IPPrefix]? = nil) {
        self.key = key
        self.kind = kind
        self.outside = outside
        self.inside = inside
        self.sources = sources
    }
}
