import ClusterFixtures
import ClusterState
import RecordedLog
import Supervision
import Testing

@testable import Ingress

/// This node is node-1; node N has 192.0.2.N and 2001:db8::N. `shop/web` is an Ingress.
@Suite struct IngressPublisherTests {
    private let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
    private let outbox = LocalOutbox()
    private let record = RecordedLog()
    private let publisher: IngressPublisher
    private static let web = ObjectKey(.ingress, namespace: "shop", name: "web")

    init() {
        publisher = IngressPublisher(
            classes: ["linnet", "traefik"],
            statusClasses: ["linnet"],
            node: nodeName("node-1"),
            outbox: outbox,
            logger: record.logger
        )
    }

    private static func ingress(_ className: String, _ standing: [String] = []) -> ClusterObject {
        var ingress = ClusterState.Ingress(metadata: ObjectMetadata(name: "web", namespace: "shop"))
        ingress.className = className
        ingress.loadBalancerIngress = standing.map { LoadBalancerIngress(address: address($0)) }
        return .ingress(ingress)
    }

    private static func node(_ number: Int, ready: [String]? = [CapabilityName.ingress.rawValue]) -> ClusterObject {
        var node = fixtureNode(number)
        node.extras = ready.map { LeaseExtras(agentVersion: "0.1.0", readyCapabilities: $0) }
        return .node(node)
    }

    private func begin(_ objects: [ClusterObject]) async {
        store.apply(.replace(kinds: IngressStatuses.neededKinds, with: objects), confirmedAt: 0)
        await publisher.update(store.current, classes: ["linnet", "traefik"])
    }

    /// What was published of the Ingress; nil if nothing is.
    private var published: [String]? {
        guard case .loadBalancer(let ingress)? = outbox.contents.statuses[Self.web] else { return nil }
        return ingress
    }

    private static let own = ["192.0.2.1", "2001:db8::1"]

    static let steps: [(situation: String, changes: [ClusterChange], published: [String]?)] = [
        ("another class", [.set(ingress("nginx"))], []),
        ("another class, and our addresses still there", [.set(ingress("nginx", own))], []),
        ("another class, whose addresses are there already", [.set(ingress("nginx", ["198.51.100.1"]))], nil),
        ("a class that is served, and another's to write", [.set(ingress("traefik"))], []),
        ("it is gone", [.remove(web)], nil),
        ("no node serves", [.set(node(1, ready: []))], nil),
        ("another node is the first", [.set(node(0))], nil),
        (
            "another node was the first, and is gone", [.set(node(0)), .remove(.node(nodeName("node-0")))],
            own
        ),
        ("one more node", [.set(node(2))], ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]),
    ]

    @Test(arguments: steps)
    func `what was published is followed up`(
        situation: String,
        changes: [ClusterChange],
        published wanted: [String]?
    ) async {
        await begin([Self.ingress("linnet"), Self.node(1)])
        #expect(published == Self.own)
        for change in changes {
            store.apply(change, confirmedAt: 0)
            await publisher.update(store.current, classes: ["linnet", "traefik"])
        }
        #expect(published == wanted)
    }

    static let beginnings: [(situation: String, objects: [ClusterObject], published: [String]?)] = [
        ("ours", [ingress("linnet"), node(1)], own),
        ("a class that is another's to write", [ingress("traefik"), node(1)], nil),
        ("another node speaks", [ingress("linnet"), node(0), node(1)], nil),
        ("nodes know nothing of one another", [ingress("linnet"), node(1, ready: nil)], own),
    ]

    @Test(arguments: beginnings)
    func `what is published at first`(
        situation: String,
        objects: [ClusterObject],
        published wanted: [String]?
    ) async {
        await begin(objects)
        #expect(published == wanted)
    }

    @Test func `nothing is published before all is known that it depends on`() async {
        store.apply(.replace(kinds: [.ingress, .node], with: [Self.ingress("linnet"), Self.node(1)]), confirmedAt: 0)
        await publisher.update(store.current, classes: ["linnet"])
        #expect(published == nil)
        #expect(publisher.addresses == nil)
    }

    @Test func `a class that is served no more is taken back`() async {
        await begin([Self.ingress("linnet"), Self.node(1)])
        await publisher.update(store.current, classes: ["traefik"])
        #expect(published == [])
        #expect(publisher.addresses?.ingresses == [])
        await publisher.update(store.current, classes: ["linnet"])
        #expect(published == Self.own)
    }

    static let tellings: [(situation: String, former: [ClusterObject], later: [ClusterObject], lines: [String])] = [
        ("no node is ready", [ingress("linnet"), node(1, ready: [])], [], []),
        (
            "a node becomes ready", [ingress("linnet"), node(1, ready: [])], [node(1)],
            ["Ingresses are published with other addresses [] → [192.0.2.1 2001:db8::1] shop/web"]
        ),
        ("what stands there already", [ingress("linnet", own), node(1)], [], []),
    ]

    @Test(arguments: tellings)
    func `the log says where Ingresses have moved`(
        situation: String,
        former: [ClusterObject],
        later: [ClusterObject],
        lines: [String]
    ) async {
        await begin(former)
        for object in later {
            store.apply(.set(object), confirmedAt: 0)
            await publisher.update(store.current, classes: ["linnet", "traefik"])
        }
        #expect(record.lines == lines)
    }
}
