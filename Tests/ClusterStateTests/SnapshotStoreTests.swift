import ClusterFixtures
import ClusterState
import NetworkTypes
import SeededNumbers
import Testing

@Suite struct SnapshotStoreTests {
    private let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))

    private func apply(_ change: ClusterChange) { store.apply(change, confirmedAt: 1) }

    @Test func `a kind is complete once it was replaced`() {
        #expect(store.current.complete == [])
        apply(.set(.node(fixtureNode(2))))
        #expect(store.current.complete == [])
        apply(.replace(kinds: [.node, .service], with: []))
        #expect(store.current.complete == [.node, .service])
        #expect(store.current.nodes.isEmpty)
    }

    @Test func `replacing one kind leaves the others`() {
        let space = Namespace(metadata: ObjectMetadata(name: "a"))
        apply(.replace(kinds: [.namespace, .node], with: [.namespace(space), .node(fixtureNode(2))]))
        apply(.replace(kinds: [.node], with: [.node(fixtureNode(3))]))
        #expect(store.current.nodes.keys == [nodeName("node-3")])
        #expect(store.current.namespaces["a"] == space)
    }

    @Test func `a change that changes nothing makes no new generation`() {
        apply(.replace(kinds: [.node], with: [.node(fixtureNode(2))]))
        store.setOwnLease(fixtureLease(1))
        store.setProblems([SourceProblem(place: "a", message: "b")])
        let generation = store.current.generation
        apply(.replace(kinds: [.node], with: [.node(fixtureNode(2))]))
        apply(.set(.node(fixtureNode(2))))
        apply(.remove(.node(nodeName("node-9"))))
        store.setOwnLease(fixtureLease(1))
        store.setProblems([SourceProblem(place: "a", message: "b")])
        #expect(store.current.generation == generation)
        store.apply(.set(.node(fixtureNode(2))), confirmedAt: 7)
        #expect(store.current.confirmedAt == 7)
    }

    @Test func `the own lease is the own Node`() {
        var declared = fixtureNode(1)
        declared.labels = ["zone": "a"]
        declared.podCIDRs.v4 = network("10.42.200.0/24")
        apply(.replace(kinds: [.node], with: [.node(declared)]))
        store.setOwnLease(fixtureLease(1))
        let own = store.current.nodes[nodeName("node-1")]
        #expect(own?.podCIDRs == fixtureLease(1).podCIDRs)
        #expect(own?.vtep == fixtureLease(1).vtep)
        #expect(own?.labels == ["zone": "a"])
        #expect(store.current.declaredOwnNode == declared)
        apply(.replace(kinds: [.node], with: []))
        #expect(store.current.nodes[nodeName("node-1")]?.podCIDRs == fixtureLease(1).podCIDRs)
        #expect(store.current.declaredOwnNode == nil)
        store.setOwnLease(nil)
        #expect(store.current.nodes.isEmpty)
    }

    @Test func `a change of the declared own Node is news although the lease hides it`() {
        apply(.replace(kinds: [.node], with: [.node(fixtureNode(1))]))
        store.setOwnLease(fixtureLease(1))
        let before = store.current.generation
        var moved = fixtureNode(1)
        moved.podCIDRs.v4 = network("10.42.9.0/24")
        apply(.set(.node(moved)))
        #expect(store.current.changedKeys(since: before) == .keys([.node(nodeName("node-1"))]))
    }

    @Test func `an old snapshot stays as it was`() {
        apply(.replace(kinds: [.node], with: [.node(fixtureNode(2))]))
        let old = store.current
        apply(.remove(.node(nodeName("node-2"))))
        #expect(old.nodes.count == 1)
        #expect(store.current.nodes.isEmpty)
    }

    @Test func `who lags too far behind is told everything, who is ahead too`() {
        let start = store.current.generation
        for form in 0..<65 {
            var node = fixtureNode(2)
            node.labels = ["form": "\(form)"]
            apply(.set(.node(node)))
        }
        #expect(store.current.changedKeys(since: start) == .everything)
        #expect(store.current.changedKeys(since: start + 1) == .keys([.node(nodeName("node-2"))]))
        #expect(store.current.changedKeys(since: store.current.generation) == .keys([]))
        #expect(store.current.changedKeys(since: store.current.generation + 1) == .everything)
    }

    @Test func `a subscriber gets the current snapshot and then the newest only`() async {
        apply(.set(.node(fixtureNode(2))))
        var slow = store.subscribe().makeAsyncIterator()
        var quick = store.subscribe().makeAsyncIterator()
        #expect(await quick.next()?.generation == 1)
        for number in 3...5 { apply(.set(.node(fixtureNode(number)))) }
        #expect(await quick.next()?.generation == 4)
        #expect(await slow.next()?.generation == 4)
        apply(.set(.node(fixtureNode(6))))
        #expect(await slow.next()?.nodes.count == 5)
    }

    // A task that is cancelled runs its handlers while the runtime holds its lock, which whoever wakes the task needs, too.
    @Test(.timeLimit(.minutes(1)))
    func `subscribers that end while snapshots come hold up nobody`() async {
        for _ in 0..<3000 {
            await withTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask { [store] in
                        await withTaskGroup { subscribers in
                            subscribers.addTask { for await _ in store.subscribe() {} }
                            await Task.yield()
                            subscribers.cancelAll()
                        }
                    }
                }
                group.addTask { [store] in
                    for number in 0..<4 { store.setOwnLease(number.isMultiple(of: 2) ? fixtureLease(1) : nil) }
                }
            }
        }
    }

    @Test(arguments: 1...40)
    func `changes in any order lead to what a fresh start would`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var wanted: [ObjectKey: ClusterObject] = [:]
        var seen = store.current
        for step in 0..<120 {
            let object = randomObject(using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                apply(.remove(object.key))
                wanted[object.key] = nil
            case 1:
                let kind = object.key.kind
                wanted = wanted.filter { $0.key.kind != kind || Bool.random(using: &random) }
                apply(.replace(kinds: [kind], with: wanted.values.filter { $0.key.kind == kind }))
            case 2: store.setOwnLease(Bool.random(using: &random) ? fixtureLease(1) : nil)
            default:
                apply(.set(object))
                wanted[object.key] = object
            }
            guard step % 5 == 0 else { continue }
            expectCovered(from: seen, to: store.current)
            seen = store.current
        }
        let fresh = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        fresh.apply(.replace(kinds: Set(ObjectKind.allCases), with: Array(wanted.values)), confirmedAt: 1)
        fresh.setOwnLease(store.current.ownLease)
        #expect(contents(of: fresh.current) == contents(of: store.current))
        #expect(fresh.current.declaredOwnNode == store.current.declaredOwnNode)
    }

    private func contents(of snapshot: ClusterSnapshot) -> [ObjectKey: ClusterObject] {
        var contents: [ObjectKey: ClusterObject] = [:]
        for key in ObjectKind.allCases.flatMap(snapshot.keys(of:)) { contents[key] = snapshot[key] }
        return contents
    }

    private func expectCovered(from old: ClusterSnapshot, to new: ClusterSnapshot) {
        guard case .keys(let keys) = new.changedKeys(since: old.generation) else {
            Issue.record("the history is too short")
            return
        }
        let (before, after) = (contents(of: old), contents(of: new))
        for key in Set(before.keys).union(after.keys) where before[key] != after[key] {
            #expect(keys.contains(key), "\(key) changed unsaid")
        }
    }
}
