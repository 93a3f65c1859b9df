import ClusterFixtures
import ClusterState
import NetworkTypes
import Testing

/// A service of the balancer's tests, with all frontends that there are, in both families and by TCP and UDP.
///
/// Number N has the cluster address 10.43.0.N, is published with 1.2.3.N, has the external address 192.168.99.N, all with
/// port 1000+N, and the node port 30000+N.
struct BalancerCase: Sendable {
    let number: Int
    let name: String
    private(set) var service: Service
    /// In IPv4; in IPv6 it has their twins.
    private let endpoints: [Endpoint]

    init(
        _ number: Int,
        _ name: String,
        _ endpoints: [Endpoint],
        _ change: (inout Service) -> Void = { _ in }
    ) {
        self.number = number
        self.name = name
        self.endpoints = endpoints
        service = fixtureService("shop/\(name)", [], ports: [])
        service.isHeadless = false
        service.type = .loadBalancer
        service.clusterIPs = both("10.43.0.\(number)")
        service.externalIPs = both("192.168.99.\(number)")
        service.loadBalancerIngress = both("1.2.3.\(number)").map { LoadBalancerIngress(address: $0) }
        service.ports = [ClusterState.TransportProtocol.tcp, .udp].map { transport in
            ServicePort(
                name: transport == .tcp ? "tcp" : "udp",
                transport: transport,
                port: UInt16(1000 + number),
                nodePort: UInt16(30_000 + number)
            )
        }
        change(&service)
    }

    /// With other endpoints.
    func with(_ endpoints: [Endpoint]) -> BalancerCase {
        var other = BalancerCase(number, name, endpoints)
        other.service = service
        return other
    }

    var objects: [ClusterObject] { [.service(service)] + slices.map(ClusterObject.endpointSlice) }

    private var slices: [EndpointSlice] {
        AddressFamily.allCases.map { family in
            var slice = fixtureSlice(
                of: "shop/\(name)",
                suffix: family == .ipv4 ? "v4" : "v6",
                endpoints.map { $0.inFamily(family) },
                ports: service.ports.map {
                    EndpointPort(name: $0.name, transport: $0.transport, port: BalancerTestbed.port)
                }
            )
            slice.family = family
            return slice
        }
    }
}

private func both(_ text: String) -> [IPAddress] { [address(text), address(text).twin] }

extension Endpoint {
    static let here = endpoint("10.42.1.5", on: 1)
    static let beside = endpoint("10.42.1.6", on: 1)
    static let away = endpoint("10.42.2.5", on: 2)
    /// In the host network of node-1.
    static let host = endpoint("192.0.2.1", on: 1)
    /// In the host network of node-2.
    static let hostAway = endpoint("192.0.2.2", on: 2)

    private static func endpoint(_ text: String, on node: Int) -> Endpoint {
        var endpoint = fixtureEndpoint(text)
        endpoint.nodeName = "node-\(node)"
        return endpoint
    }

    /// It goes, and still answers.
    var terminating: Endpoint {
        var endpoint = stopped
        endpoint.isServing = true
        return endpoint
    }

    /// It goes, and answers no more.
    var stopped: Endpoint {
        var endpoint = self
        endpoint.isReady = false
        endpoint.isServing = false
        endpoint.isTerminating = true
        return endpoint
    }

    fileprivate func inFamily(_ family: AddressFamily) -> Endpoint {
        var endpoint = self
        endpoint.addresses = addresses.map { $0.inFamily(family) }
        return endpoint
    }
}

/// Which address of a service is asked.
enum BalancerFrontend: String, Sendable, CaseIterable {
    case clusterIP, nodePort, externalIP
    /// The address that the load balancer is published with.
    case published
    /// The load balancer's port at the node's address, and at another one that it has.
    case nodeAddress, secondAddress

    static let external = allCases.filter { $0 != .clusterIP }
    /// At addresses of the service's own: the node's have nothing to do with them.
    static let apart = [clusterIP, externalIP, published]

    func target(of number: Int, _ family: AddressFamily) -> (address: IPAddress, port: UInt16) {
        let text =
            switch self {
            case .clusterIP: "10.43.0.\(number)"
            case .externalIP: "192.168.99.\(number)"
            case .published: "1.2.3.\(number)"
            case .nodePort, .nodeAddress: "192.0.2.1"
            case .secondAddress: BalancerTestbed.second
            }
        return (address(text).inFamily(family), UInt16(number + (self == .nodePort ? 30_000 : 1000)))
    }
}

/// How packets travel.
struct BalancerWay: Sendable, CustomTestStringConvertible {
    let family: AddressFamily
    let transport: NetworkTypes.TransportProtocol

    static let all = AddressFamily.allCases.flatMap { family in
        [NetworkTypes.TransportProtocol.tcp, .udp].map { BalancerWay(family: family, transport: $0) }
    }

    var testDescription: String { "\(transport) \(family)" }

    func call(_ frontend: BalancerFrontend, of number: Int) -> BalancerCall {
        let target = frontend.target(of: number, family)
        return BalancerCall(transport: transport, target: target.address, port: target.port)
    }
}
