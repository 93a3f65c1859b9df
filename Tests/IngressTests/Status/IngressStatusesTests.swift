import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes
import SeededNumbers
import Supervision
import Testing

/// What Ingresses are published with.
struct IngressStatusesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statusClasses: Set<String>
        let objects: [ClusterObject]
        /// The addresses of `shop/web`; nil if its status is not ours.
        let wanted: [String]?
        let isSpeaker: Bool
    }

    @Test(arguments: rows)
    func `statuses`(row: Row) {
        var statuses = Self.statuses(row.statusClasses)
        let changes = statuses.update(Self.snapshot(row.objects), changed: .everything)
        #expect(changes.map(\.new) == (row.wanted == nil ? [] : [row.wanted]))
        #expect(statuses.isSpeaker == row.isSpeaker)
    }

    static let rows: [Row] = [
        row("our class", [node(1)], ["192.0.2.1", "2001:db8::1"]),
        row("another class that is served", [node(1)], nil, class: "traefik"),
        row(
            "another class that is served, and written when told",
            [node(1)],
            ["192.0.2.1", "2001:db8::1"],
            class: "traefik",
            statuses: ["linnet", "traefik"]
        ),
        row("a class that is not served", [node(1)], nil, class: "nginx", statuses: ["linnet", "nginx"]),
        row("no class, and no IngressClass", [node(1)], ["192.0.2.1", "2001:db8::1"], class: nil),
        row(
            "no class, and ours is the default",
            [node(1), ingressClass("linnet")],
            ["192.0.2.1", "2001:db8::1"],
            class: nil
        ),
        row("no class, and traefik is the default", [node(1), ingressClass("traefik")], nil, class: nil),
        row("no class, and no class is ours", [node(1)], nil, class: nil, statuses: []),
        row("two nodes", [node(2), node(1)], ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]),
        row("a node that is not ready", [node(1), node(2, ready: ["services"])], ["192.0.2.1", "2001:db8::1"]),
        row(
            "only another node is ready",
            [node(1, ready: []), node(2)],
            ["192.0.2.2", "2001:db8::2"],
            isSpeaker: false
        ),
        row(
            "the first by name speaks",
            [node(1), node(0)],
            ["192.0.2.0", "192.0.2.1", "2001:db8::", "2001:db8::1"],
            isSpeaker: false
        ),
        row("no node is ready", [node(1, ready: [])], [], isSpeaker: false),
        row("a node that says nothing", [node(1), node(2, ready: nil)], ["192.0.2.1", "2001:db8::1"]),
        row(
            "nodes that know nothing of one another",
            [node(1, ready: nil), node(2, ready: nil)],
            ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]
        ),
        row("addresses outside go first, for each family", [outside(1)], ["203.0.113.1", "2001:db8::1"]),
    ]

    private static func row(
        _ name: String,
        _ others: [ClusterObject],
        _ wanted: [String]?,
        class className: String? = "linnet",
        statuses: Set<String> = ["linnet"],
        isSpeaker: Bool = true
    ) -> Row {
        Row(
            testDescription: name,
            statusClasses: statuses,
            objects: [ingress("web", className)] + others,
            wanted: wanted,
            isSpeaker: isSpeaker
        )
    }

    @Test func `what is not ours any more is taken back`() {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(
            .replace(kinds: IngressStatuses.neededKinds, with: [Self.ingress("web", "linnet"), Self.node(1)]),
            confirmedAt: 0
        )
        var statuses = Self.statuses()
        let own = ["192.0.2.1", "2001:db8::1"]
        #expect(Self.update(&statuses, store, 0) == [Self.change(old: nil, new: own)])
        let steps: [(ClusterChange, AddressChange)] = [
            (.set(Self.ingress("web", "nginx")), Self.change(old: own, new: nil)),
            (.set(Self.ingress("web", nil)), Self.change(old: nil, new: own)),
            (.set(Self.ingressClass("nginx")), Self.change(old: own, new: nil)),
            (.remove(ObjectKey(.ingressClass, name: "nginx")), Self.change(old: nil, new: own)),
            (.set(Self.node(1, ready: [])), Self.change(old: own, new: [])),
            (.remove(ObjectKey(.ingress, Self.web)), Self.change(old: [], new: nil)),
        ]
        for (change, wanted) in steps {
            let generation = store.current.generation
            store.apply(change, confirmedAt: 0)
            let changes = Self.update(&statuses, store, generation)
            #expect(changes == [wanted])
        }
    }

    @Test(arguments: 1...10)
    func `after any changes, some of them skipped, all is as from scratch`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        var statuses = Self.statuses()
        var generation: UInt64 = 0
        for _ in 0..<100 {
            for _ in 0..<random.pick([1, 1, 3, 70]) { store.apply(Self.change(using: &random), confirmedAt: 0) }
            let former = statuses
            let changes = Self.update(&statuses, store, generation)
            generation = store.current.generation
            var scratch = Self.statuses()
            _ = scratch.update(store.current, changed: .everything)
            #expect(statuses == scratch)
            let told = changes.map(\.object.namespacedName)
            #expect(statuses.ingresses.symmetricDifference(former.ingresses).isSubset(of: told))
        }
    }

    private static func change(old: [String]?, new: [String]?) -> AddressChange {
        AddressChange(ObjectKey(.ingress, web), old: old, new: new)
    }

    private static func statuses(_ statusClasses: Set<String> = ["linnet"]) -> IngressStatuses {
        IngressStatuses(classes: ["linnet", "traefik"], statusClasses: statusClasses, node: nodeName("node-1"))
    }

    private static let web = NamespacedName(namespace: "shop", name: "web")

    private static func update(
        _ statuses: inout IngressStatuses,
        _ store: SnapshotStore,
        _ generation: UInt64
    ) -> [AddressChange] {
        statuses.update(
            store.current,
            changed: generation == 0 ? .everything : store.current.changedKeys(since: generation)
        )
    }

    private static func change(using random: inout SeededNumbers) -> ClusterChange {
        let object: ClusterObject =
            switch Int.random(in: 0..<6, using: &random) {
            case 0: ingressClass(random.pick(["linnet", "traefik", "nginx"]))
            case 1, 2: node(random.pick([1, 2, 3]), ready: random.pick([nil, [], [CapabilityName.ingress.rawValue]]))
            default: ingress(random.pick(["a", "b", "c"]), random.pick([nil, "linnet", "traefik", "nginx"]))
            }
        return random.oneIn(4) ? .remove(object.key) : .set(object)
    }

    private static func snapshot(_ objects: [ClusterObject]) -> ClusterSnapshot {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: IngressStatuses.neededKinds, with: objects), confirmedAt: 0)
        return store.current
    }

    private static func ingress(_ name: String, _ className: String?) -> ClusterObject {
        var ingress = ClusterState.Ingress(metadata: ObjectMetadata(name: name, namespace: "shop"))
        ingress.className = className
        return .ingress(ingress)
    }

    private static func ingressClass(_ name: String) -> ClusterObject {
        var metadata = ObjectMetadata(name: name)
        metadata.annotations[IngressClass.defaultAnnotation] = "true"
        return .ingressClass(IngressClass(metadata: metadata, controller: "a/b"))
    }

    private static func node(_ number: Int, ready: [String]? = [CapabilityName.ingress.rawValue, "services"])
        -> ClusterObject
    {
        var node = fixtureNode(number)
        node.extras = ready.map { LeaseExtras(agentVersion: "0.1.0", readyCapabilities: $0) }
        return .node(node)
    }

    private static func outside(_ number: Int) -> ClusterObject {
        var node = fixtureNode(number)
        node.extras = LeaseExtras(agentVersion: "0.1.0", readyCapabilities: [CapabilityName.ingress.rawValue])
        node.externalAddresses.v4 = address("203.0.113.\(number)")
        return .node(node)
    }
}
