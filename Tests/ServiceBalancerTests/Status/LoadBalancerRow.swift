import ClusterFixtures
import ClusterState
import NetworkTypes
import Testing

@testable import ServiceBalancer

/// Nodes, services and what their load balancers are published with.
///
/// Node N has the addresses 192.0.2.N and 2001:db8::N; `E` stands for external ones too, 203.0.113.N and 2001:db8:1::N. This
/// node is node-1. `web` has port 80 of TCP and is older than `other`, which has it too where it is there.
struct LoadBalancerRow: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let nodes: [Node]
    let services: [Service]
    var slices: [EndpointSlice] = []
    var refusals: Set<HeldPort> = []
    /// By service; nil if it is none of ours.
    let wanted: [String: [String]]

    init(
        _ situation: String,
        _ nodes: [Node],
        _ services: [Service],
        slices: [EndpointSlice] = [],
        refusals: Set<HeldPort> = [],
        _ wanted: [String: [String]]
    ) {
        testDescription = situation
        self.nodes = nodes
        self.services = services
        self.slices = slices
        self.refusals = refusals
        self.wanted = wanted
    }
}

extension LoadBalancerRow {
    static let enabled = BalancerNodeChoice.enabled
    static let pool = BalancerNodeChoice.pool
    static let excluded = BalancerNodeChoice.excluded
    static let tcp80 = HeldPort(.ipv4, .tcp, 80)

    static func node(_ number: Int, _ labels: [String: String] = [:]) -> Node {
        var node = fixtureNode(number)
        node.labels = labels
        return node
    }

    static func externalNode(
        _ number: Int,
        _ families: [AddressFamily] = AddressFamily.allCases,
        labels: [String: String] = [:]
    ) -> Node {
        var node = node(number, labels)
        if families.contains(.ipv4) { node.externalAddresses.v4 = address("203.0.113.\(number)") }
        if families.contains(.ipv6) { node.externalAddresses.v6 = address("2001:db8:1::\(number)") }
        return node
    }

    /// A node whose lease tells of it.
    static func told(
        _ number: Int,
        _ labels: [String: String] = [:],
        capabilities: [String] = ["overlay", "services"],
        refusing ports: [String] = []
    ) -> Node {
        var node = node(number, labels)
        node.extras = LeaseExtras(agentVersion: "0.1.0", readyCapabilities: capabilities, refusedPorts: ports)
        return node
    }

    static func web(
        _ families: [AddressFamily] = [.ipv4],
        addresses: [String] = [],
        ports: [UInt16] = [80],
        nodePort: UInt16? = nil,
        pool value: String? = nil,
        policy: Service.TrafficPolicy = .cluster,
        _ change: (inout Service) -> Void = { _ in }
    ) -> Service {
        var service = fixtureService(
            "default/web",
            addresses,
            ports: ports.map { ServicePort(name: "p\($0)", port: $0) }
        )
        service.isHeadless = false
        service.type = .loadBalancer
        service.ipFamilies = families
        service.metadata.labels[pool] = value
        service.metadata.createdAt = 1
        service.externalTrafficPolicy = policy
        if let nodePort { service.openNodePort(nodePort) }
        change(&service)
        return service
    }

    static func other(port: UInt16 = 80, family: AddressFamily = .ipv4, createdAt: Int64 = 2) -> Service {
        var service = fixtureService("default/other", [], ports: [ServicePort(port: port)])
        service.isHeadless = false
        service.type = .loadBalancer
        service.ipFamilies = [family]
        service.metadata.createdAt = createdAt
        return service
    }

    static func endpoint(_ node: Int, _ family: AddressFamily = .ipv4, isReady: Bool = true) -> Endpoint {
        let place = family == .ipv4 ? "10.42.\(node).5" : "fd00:42:0:\(node)::5"
        var endpoint = fixtureEndpoint(place, isReady: isReady)
        endpoint.nodeName = "node-\(node)"
        return endpoint
    }

    static func slice(_ service: String, _ endpoints: [Endpoint]) -> EndpointSlice {
        let family = endpoints.first?.addresses.first?.family ?? .ipv4
        return fixtureSlice(of: "default/\(service)", suffix: "\(family.rawValue)", endpoints)
    }
}

extension BalancerConfiguration {
    /// Of node-1, for services of both families.
    static let forStatuses = BalancerConfiguration(
        node: nodeName("node-1"),
        clusterCIDRs: PerFamily(v4: network("10.42.0.0/16"), v6: network("fd00:42::/48")),
        serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"), v6: network("fd00:43::/108"))
    )
}
