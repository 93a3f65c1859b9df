package import NetworkTypes

/// A port of this host, on which a program may listen, or a load balancer be.
package struct HeldPort: Hashable, Sendable {
    package let family: AddressFamily
    package let transport: TransportProtocol
    package let port: UInt16

    package init(_ family: AddressFamily, _ transport: TransportProtocol, _ port: UInt16) {
        self.family = family
        self.transport = transport
        self.port = port
    }

    /// The port of a frontend on the node's addresses.
    init(_ frontend: FrontendKey) {
        self.init(frontend.family, frontend.transport, frontend.port)
    }

    /// Whether it is ssh's, the API server's or kubelet's, which no service takes whether somebody listens there or not:
    /// without them nobody could repair the node.
    package var isReserved: Bool { transport == .tcp && [22, 6443, 10_250].contains(port) }
}

extension HeldPort: Comparable {
    /// By port, then protocol, then family.
    package static func < (left: HeldPort, right: HeldPort) -> Bool {
        (left.port, left.transport.rawValue, left.family) < (right.port, right.transport.rawValue, right.family)
    }
}

extension HeldPort: CustomStringConvertible {
    /// `80/tcp of IPv4`
    package var description: String { "\(port)/\(transport) of \(family)" }
}

/// Who has a port of this host, so that no load balancer takes it.
package enum PortHolder: Hashable, Sendable {
    /// A program listens there: which one, as far as can be seen.
    case program(String)
    /// It is a host port of a pod: `default/web`, or what is known instead.
    case pod(String)
    /// It is kept for the node itself.
    case reserved
    /// It is the ingress's of this agent, whether that listens already or not.
    case ingress
}

extension PortHolder: CustomStringConvertible {
    /// In the words of `… is held by …`.
    package var description: String {
        switch self {
        case .program(let name): name
        case .pod(let name): "pod \(name) as its host port"
        case .reserved: "the node, which must stay reachable there"
        case .ingress: "Linnet's ingress (give the Service another port, or disable traefik)"
        }
    }
}
