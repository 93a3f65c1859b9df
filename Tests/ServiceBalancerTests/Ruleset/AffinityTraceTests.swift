import ClusterFixtures
import ClusterState
import NetworkTypes
import RulesetTracer
import ServiceBalancer
import Testing

/// A client comes to the endpoint that it came to before, by whatever door of the same port.
struct AffinityTraceTests {
    private func cluster(_ family: AddressFamily, _ policy: Service.TrafficPolicy) -> TestCluster {
        let cluster = TestCluster {
            $0.web.publish("1.2.3.4")
            $0.web.openNodePort(30080)
            $0.web.affinitySeconds = 60
            $0.web.externalTrafficPolicy = policy
            $0.add([pod("10.42.1.5"), pod("10.42.1.6"), pod("10.42.1.7"), pod("10.42.2.5")])
        }
        return family == .ipv4 ? cluster : cluster.inIPv6
    }

    private let all = ["10.42.1.5:8080", "10.42.1.6:8080", "10.42.1.7:8080", "10.42.2.5:8080"]

    @Test(arguments: AddressFamily.allCases)
    func `a client keeps its endpoint, another one draws its own`(family: AddressFamily) throws {
        let cluster = cluster(family, .cluster)
        for draws in [[0], [1, 0], [1, 1, 0], [1, 1, 1]] as [[UInt32]] {
            var tracer = cluster.tracer
            let packet = cluster.packet(.pod, "10.43.0.80", 80, .tcp, family)
            #expect(try tracer.fates(of: packet).map(\.rowText).sorted() == all)
            let fate = try tracer.pass(packet, draws: draws)
            #expect(fate.rowText == all[draws.reduce(0) { $0 + Int($1) }])
            #expect(try tracer.fates(of: packet) == [fate])
            let elsewhere = cluster.packet(.pod, "1.2.3.4", 80, .tcp, family)
            #expect(try tracer.fates(of: elsewhere) == [fate])
            let other = cluster.packet(.thatPod("10.42.1.78"), "10.43.0.80", 80, .tcp, family)
            #expect(try tracer.fates(of: other).count == 4)
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func `from outside only endpoints here are drawn and kept`(family: AddressFamily) throws {
        let cluster = cluster(family, .local)
        var tracer = cluster.tracer
        let packet = cluster.packet(.outside, "1.2.3.4", 80, .tcp, family)
        #expect(try tracer.fates(of: packet).map(\.rowText).sorted() == Array(all.prefix(3)))
        let fate = try tracer.pass(packet, draws: [1, 0])
        #expect(fate.rowText == all[1])
        #expect(try tracer.fates(of: packet) == [fate])
        let inside = cluster.packet(.pod, "1.2.3.4", 80, .tcp, family)
        #expect(try tracer.fates(of: inside).map(\.rowText).sorted() == all)
    }

    @Test(arguments: AddressFamily.allCases)
    func `each port keeps clients by itself`(family: AddressFamily) throws {
        var cluster = TestCluster {
            $0.web.ports = [ServicePort(name: "a", port: 80), ServicePort(name: "b", port: 81)]
            $0.web.affinitySeconds = 60
            let ports = [EndpointPort(name: "a", port: 8080), EndpointPort(name: "b", port: 8081)]
            $0.add([pod("10.42.1.5"), pod("10.42.1.6")], ports: ports)
        }
        if family == .ipv6 { cluster = cluster.inIPv6 }
        var tracer = cluster.tracer
        _ = try tracer.pass(cluster.packet(.pod, "10.43.0.80", 80, .tcp, family), draws: [0])
        #expect(try tracer.fates(of: cluster.packet(.pod, "10.43.0.80", 80, .tcp, family)).count == 1)
        #expect(try tracer.fates(of: cluster.packet(.pod, "10.43.0.80", 81, .tcp, family)).count == 2)
    }
}
