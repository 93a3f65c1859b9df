import ClusterFixtures
import ClusterState
import Logging
import NetworkTypes
import Testing

@testable import ServiceBalancer

/// This node is node-1; node N has the address 192.0.2.N. `default/web` is a load balancer.
@Suite struct LoadBalancerPublisherTests {
    private let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
    private let outbox = LocalOutbox()
    private let publisher: LoadBalancerPublisher

    init() {
        publisher = LoadBalancerPublisher(
            .forStatuses,
            outbox: outbox,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        store.apply(
            .replace(kinds: [.node, .service, .endpointSlice], with: [.node(fixtureNode(1)), .service(web())]),
            confirmedAt: 0
        )
    }

    private func web(_ change: (inout Service) -> Void = { _ in }) -> Service {
        var service = fixtureService("default/web", ["10.43.0.80"], ports: [ServicePort(port: 80)])
        service.type = .loadBalancer
        change(&service)
        return service
    }

    private func told(_ number: Int) -> Node {
        var node = fixtureNode(number)
        node.extras = LeaseExtras(agentVersion: "0.1.0", readyCapabilities: ["services"])
        return node
    }

    @discardableResult
    private func pass(_ refusals: [FrontendRefusal] = [], isOn: Bool = true) async -> LoadBalancerReport {
        await publisher.update(store.current, refusals: refusals, isOn: isOn)
    }

    private func apply(_ objects: [ClusterObject]) async {
        store.apply(.update(set: objects, remove: []), confirmedAt: 0)
        await pass()
    }

    /// What was published of the service; nil if nothing is.
    private var published: [String]? {
        guard case .loadBalancer(let ingress)? = outbox.contents.statuses.values.first else { return nil }
        return ingress
    }

    private var events: [String] {
        outbox.contents.events.map { "\($0.severity.rawValue) \($0.reason): \($0.message)" }
    }

    private static func updated(_ old: String, _ new: String) -> String {
        "Normal UpdatedLoadBalancer: Updated LoadBalancer with new IPs: [\(old)] -> [\(new)]"
    }

    private static let unavailable =
        "Warning UnAvailableLoadBalancer: There are no available nodes for LoadBalancer"

    @Test func `nodes that come, move and go are followed, and said as k3s says it`() async {
        let report = await pass()
        #expect(report.publisher == .each)
        #expect(published == ["192.0.2.1"])
        await apply([.node(fixtureNode(2))])
        var moved = fixtureNode(2)
        moved.internalAddresses.v4 = address("192.0.2.20")
        await apply([.node(moved)])
        #expect(published == ["192.0.2.1", "192.0.2.20"])
        store.apply(.replace(kinds: [.node], with: []), confirmedAt: 0)
        await pass()
        #expect(published == [])
        #expect(
            events == [
                Self.updated("", "192.0.2.1"), Self.updated("192.0.2.1", "192.0.2.1 192.0.2.2"),
                Self.updated("192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.20"), Self.unavailable,
            ]
        )
    }

    @Test func `what stands there already is no event`() async {
        await apply([.service(web { $0.loadBalancerIngress = [LoadBalancerIngress(address: address("192.0.2.1"))] })])
        await pass()
        #expect(published == ["192.0.2.1"])
        #expect(events == [])
    }

    @Test func `a port that a program has takes the node out`() async {
        let name = ServicePortName(
            service: NamespacedName(namespace: "default", name: "web"),
            port: "",
            transport: .tcp
        )
        let key = FrontendKey(.node(.ipv4), .tcp, 80)
        await pass([FrontendRefusal(name: name, frontend: key, reason: .service(name))])
        #expect(published == ["192.0.2.1"], "what another service has is no port of a program")
        await pass([FrontendRefusal(name: name, frontend: key, reason: .host(.program("process 7 (nginx)")))])
        #expect(published == [])
        await pass()
        #expect(published == ["192.0.2.1"])
        #expect(events.suffix(2) == [Self.unavailable, Self.updated("", "192.0.2.1")])
    }

    static let departures: [(situation: String, change: @Sendable (inout Service) -> Void, published: [String]?)] = [
        ("another type", { $0.type = .clusterIP }, []),
        ("another class", { $0.loadBalancerClass = "example.org/lb" }, []),
        (
            "another class, and our addresses still there",
            {
                $0.loadBalancerClass = "example.org/lb"
                $0.loadBalancerIngress = [LoadBalancerIngress(address: address("192.0.2.1"))]
            }, []
        ),
        (
            "another class, whose addresses are there already",
            {
                $0.loadBalancerClass = "example.org/lb"
                $0.loadBalancerIngress = [LoadBalancerIngress(address: address("198.51.100.1"))]
            }, nil
        ),
    ]

    @Test(arguments: departures)
    func `a service that is ours no more is left as it should be`(
        situation: String,
        change: @Sendable (inout Service) -> Void,
        published wanted: [String]?
    ) async {
        await pass()
        await apply([.service(web(change))])
        #expect(published == wanted)
    }

    @Test func `a service that never was ours is not touched`() async {
        await apply([.service(web { $0.loadBalancerClass = "example.org/lb" })])
        await apply([.service(web { $0.type = .clusterIP })])
        #expect(published == nil)
        #expect(events == [])
    }

    @Test func `a service that is gone is forgotten`() async {
        await pass()
        store.apply(.remove(ObjectKey(.service, namespace: "default", name: "web")), confirmedAt: 0)
        await pass()
        #expect(outbox.contents.statuses == [:])
    }

    @Test func `only the first node by name speaks, and another takes over without a word`() async {
        await apply([.node(told(1)), .node(told(2))])
        #expect(published == ["192.0.2.1", "192.0.2.2"])
        let before = events
        var first = told(1)
        first.name = nodeName("a-node")
        await apply([.node(first)])
        #expect(await pass().publisher == .first(nodeName("a-node")))
        #expect(published == nil)
        store.apply(.remove(.node(nodeName("a-node"))), confirmedAt: 0)
        #expect(await pass().publisher == .first(nodeName("node-1")))
        #expect(published == ["192.0.2.1", "192.0.2.2"])
        #expect(events == before, "the addresses of nodes with one address count once")
    }

    @Test func `without load balancers nothing is published`() async {
        let report = await pass(isOn: false)
        #expect(report.addresses == [:])
        #expect(published == nil)
    }
}
