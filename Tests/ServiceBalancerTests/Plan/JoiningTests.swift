import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Which entries of which slices are endpoints of a service's port.
struct JoiningTests {
    @Test(arguments: ports + entries, AddressFamily.allCases)
    func `endpoints are joined by the names of ports`(row: PlanRow, family: AddressFamily) { row.check(family) }

    static let ports: [PlanRow] = [
        PlanRow(
            "a name matches the same name, not the number",
            {
                $0.web.ports = [ServicePort(name: "http", port: 80), ServicePort(name: "metrics", port: 8080)]
                let ports = [EndpointPort(name: "metrics", port: 80), EndpointPort(name: "http", port: 8080)]
                $0.add([pod("10.42.1.5")], ports: ports)
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080", "10.43.0.80:8080/tcp > 10.42.1.5:80"]
        ),
        PlanRow(
            "a name matches no port without one",
            {
                $0.web.ports[0].name = "http"
                $0.add([pod("10.42.1.5")])
            },
            ["10.43.0.80:80/tcp > reject"]
        ),
        PlanRow(
            "no name matches no port with one",
            { $0.add([pod("10.42.1.5")], ports: [EndpointPort(name: "http", port: 8080)]) },
            ["10.43.0.80:80/tcp > reject"]
        ),
        PlanRow(
            "the protocol is part of the identity",
            {
                $0.web.ports = [
                    ServicePort(name: "dns", transport: .udp, port: 53), ServicePort(name: "dns", port: 53),
                    ServicePort(name: "dns", transport: .sctp, port: 53),
                ]
                let ports = [
                    EndpointPort(name: "dns", port: 5301), EndpointPort(name: "dns", transport: .udp, port: 5302),
                ]
                $0.add([pod("10.42.1.5")], ports: ports)
            },
            [
                "10.43.0.80:53/udp > 10.42.1.5:5302", "10.43.0.80:53/tcp > 10.42.1.5:5301",
                "10.43.0.80:53/sctp > reject",
            ]
        ),
        PlanRow(
            "slices may have other numbers for the same name",
            {
                $0.add([pod("10.42.1.5")], ports: [EndpointPort(port: 8080)])
                $0.add([pod("10.42.2.5")], ports: [EndpointPort(port: 9090)])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080 10.42.2.5:9090"]
        ),
        PlanRow(
            "one pod may have two numbers for the same name",
            {
                $0.add([pod("10.42.1.5")], ports: [EndpointPort(port: 8080)])
                $0.add([pod("10.42.1.5")], ports: [EndpointPort(port: 9090)])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080 10.42.1.5:9090"]
        ),
        PlanRow(
            "the target port of the service is not looked at",
            {
                $0.web.ports[0].targetPort = .number(1234)
                $0.add([pod("10.42.1.5")])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080"]
        ),
    ]

    static let entries: [PlanRow] = [
        PlanRow("no slices", { _ in }, ["10.43.0.80:80/tcp > reject"]),
        PlanRow("a slice without endpoints", { $0.add([]) }, ["10.43.0.80:80/tcp > reject"]),
        PlanRow(
            "only the first address of an endpoint counts",
            { $0.add([pod("10.42.1.5")]) { $0.endpoints[0].addresses.append(address("10.42.1.6")) } },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080"]
        ),
        PlanRow(
            "in the order of addresses, whatever that of the slices",
            {
                $0.add([pod("10.42.2.10"), pod("10.42.1.7")])
                $0.add([pod("10.42.10.1"), pod("10.42.2.9"), pod("10.42.1.6")])
            },
            [
                "10.43.0.80:80/tcp > 10.42.1.6:8080 10.42.1.7:8080 10.42.2.9:8080 10.42.2.10:8080 10.42.10.1:8080"
            ]
        ),
        PlanRow(
            "the same one twice in a slice counts once",
            { $0.add([pod("10.42.1.5"), pod("10.42.1.5")]) },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080"]
        ),
        PlanRow(
            "one that moves between slices counts once",
            {
                $0.add([pod("10.42.1.5"), pod("10.42.1.6")])
                $0.add([pod("10.42.1.6"), pod("10.42.1.7")])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080 10.42.1.6:8080 10.42.1.7:8080"]
        ),
        PlanRow(
            "one that terminates in the first slice and does not in the second is ready",
            {
                $0.add([pod("10.42.1.5", .terminating)])
                $0.add([pod("10.42.1.5")])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080"]
        ),
        PlanRow(
            "one that terminates in the second slice and does not in the first is ready",
            {
                $0.add([pod("10.42.1.5")])
                $0.add([pod("10.42.1.5", .terminating)])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080"]
        ),
        PlanRow(
            "one that is not ready anew does not count as terminating",
            {
                $0.add([pod("10.42.1.5", .terminating)])
                $0.add([pod("10.42.1.5", .notReady)])
            },
            ["10.43.0.80:80/tcp > reject"]
        ),
        PlanRow(
            "one that is ready in the first slice only is ready",
            {
                $0.add([pod("10.42.1.5")])
                $0.add([pod("10.42.1.5", .notReady)])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080"]
        ),
        PlanRow(
            "one that is ready in the second slice only is ready",
            {
                $0.add([pod("10.42.1.5", .notReady)])
                $0.add([pod("10.42.1.5")])
            },
            ["10.43.0.80:80/tcp > 10.42.1.5:8080"]
        ),
        PlanRow(
            "addresses outside of all pod networks are endpoints too",
            { $0.add([pod("203.0.113.9"), pod("192.0.2.1")]) },
            ["10.43.0.80:80/tcp > 192.0.2.1:8080 203.0.113.9:8080"]
        ),
    ]

    @Test func `each family has the endpoints of its own slices`() {
        let cluster = TestCluster {
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.add([pod("10.42.1.5"), pod("10.42.2.5")])
            $0.add([pod("fd00:42:0:2::5")], ports: [EndpointPort(port: 9090)])
        }
        #expect(
            cluster.plan.lines == [
                "10.43.0.80:80/tcp > 10.42.1.5:8080 10.42.2.5:8080", "fd00:43::50:80/tcp > fd00:42:0:2::5:9090",
            ]
        )
    }

    @Test func `a family without slices is refused while the other one is served`() {
        let cluster = TestCluster {
            $0.web.clusterIPs.append(address("fd00:43::50"))
            $0.add([pod("fd00:42:0:1::5")])
        }
        #expect(
            cluster.plan.lines == ["10.43.0.80:80/tcp > reject", "fd00:43::50:80/tcp > fd00:42:0:1::5:8080"]
        )
    }
}
