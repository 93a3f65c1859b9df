import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// What no proxy looks at.
struct LeftOutTests {
    @Test(arguments: services, AddressFamily.allCases)
    func `a service`(row: PlanRow, family: AddressFamily) { row.check(family) }

    @Test(arguments: slices, AddressFamily.allCases)
    func `a slice or port`(row: PlanRow, family: AddressFamily) { row.check(family) }

    private static let proxyName = "service.kubernetes.io/service-proxy-name"
    private static let headless = "service.kubernetes.io/headless"

    static let services: [PlanRow] = [
        service("none of these", "10.43.0.80:80/tcp > 10.42.1.5:8080") { _ in },
        service("an external name") { $0.type = .externalName },
        service("an external name with addresses and a node port") {
            $0.type = .externalName
            $0.externalIPs = [address("192.168.99.1")]
            $0.ports[0].nodePort = 30080
        },
        service("clusterIP None") {
            $0.clusterIPs = []
            $0.isHeadless = true
        },
        service("clusterIP None with an external address") {
            $0.clusterIPs = []
            $0.isHeadless = true
            $0.externalIPs = [address("192.168.99.1")]
        },
        service("no cluster address yet, and nothing else") { $0.clusterIPs = [] },
        service("another proxy's") { $0.metadata.labels = [proxyName: "other"] },
        service("another proxy's, of an empty name") { $0.metadata.labels = [proxyName: ""] },
        service("labelled as headless") { $0.metadata.labels = [headless: ""] },
        service("without ports") { $0.ports = [] },
        service("with port 0") { $0.ports = [ServicePort(port: 0, nodePort: 30080)] },
        service("labelled otherwise", "10.43.0.80:80/tcp > 10.42.1.5:8080") { $0.metadata.labels = ["app": "web"] },
        service("that publishes not ready addresses", "10.43.0.80:80/tcp > 10.42.1.5:8080") {
            $0.publishesNotReadyAddresses = true
        },
    ]

    static let slices: [PlanRow] = [
        slice("of names", "10.43.0.80:80/tcp > reject") { $0.family = nil },
        slice("of another proxy", "10.43.0.80:80/tcp > reject") { $0.metadata.labels[proxyName] = "other" },
        slice("labelled as headless", "10.43.0.80:80/tcp > reject") { $0.metadata.labels[headless] = "" },
        slice("of no service", "10.43.0.80:80/tcp > reject") {
            $0.metadata.labels[EndpointSlice.serviceNameLabel] = nil
        },
        slice("of a service of this name in another namespace", "10.43.0.80:80/tcp > reject") {
            $0.metadata.namespace = "other"
        },
        slice("whose name tells of another service", "10.43.0.80:80/tcp > 10.42.1.5:8080") {
            $0.metadata.name = "api-x7k2"
        },
        slice("without ports", "10.43.0.80:80/tcp > reject") { $0.ports = [] },
        slice("with all ports", "10.43.0.80:80/tcp > reject") { $0.ports = [EndpointPort(port: nil)] },
        slice("with port 0", "10.43.0.80:80/tcp > reject") { $0.ports = [EndpointPort(port: 0)] },
        slice("with one good port of two", "10.43.0.80:80/tcp > 10.42.1.5:8080") {
            $0.ports = [EndpointPort(port: nil), EndpointPort(port: 8080)]
        },
        slice("with an endpoint without addresses", "10.43.0.80:80/tcp > 10.42.1.5:8080") {
            $0.endpoints.append(Endpoint(addresses: []))
        },
    ]

    private static func service(
        _ name: String,
        _ expected: String...,
        change: @escaping @Sendable (inout Service) -> Void
    ) -> PlanRow {
        PlanRow(
            name,
            {
                $0.add([pod("10.42.1.5")])
                change(&$0.web)
            },
            expected
        )
    }

    private static func slice(
        _ name: String,
        _ expected: String,
        change: @escaping @Sendable (inout EndpointSlice) -> Void
    ) -> PlanRow {
        PlanRow(name, { $0.add([pod("10.42.1.5")], change) }, [expected])
    }

    @Test func `an address of the other family than its slice's is left out`() {
        let cluster = TestCluster { $0.add([pod("fd00:42:0:1::5"), pod("10.42.1.6")]) { $0.family = .ipv4 } }
        #expect(cluster.plan.lines == ["10.43.0.80:80/tcp > 10.42.1.6:8080"])
    }

    @Test func `nothing is planned while no traffic is ours`() {
        var cluster = TestCluster { $0.add([pod("10.42.1.5")]) }
        cluster.facts.scope = .none
        #expect(cluster.plan.lines.isEmpty)
    }
}
