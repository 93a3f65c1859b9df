import ClusterFixtures
import ClusterState
import NetworkTypes
import Testing

/// What is on disk counts until the source speaks, and then goes without a flap.
@Suite struct RestorationTests {
    private let own = nodeName("node-1")
    private let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))

    /// Nodes 1 to 3 and a namespace, as an earlier run knew them, with the lease of node 1.
    private func restore() throws {
        let earlier = SnapshotStore(sourceDescription: "a test", ownName: own)
        let space = Namespace(metadata: ObjectMetadata(name: "a"))
        earlier.apply(
            .replace(
                kinds: [.node, .namespace],
                with: (1...3).map { .node(fixtureNode($0)) } + [.namespace(space)]
            ),
            confirmedAt: 1_000
        )
        earlier.setOwnLease(fixtureLease(1))
        store.restore(try #require(SavedSnapshot(earlier.current, on: own, confirmedAt: 1_000)))
    }

    @Test func `it is complete at once, and says that it is from disk`() throws {
        try restore()
        #expect(store.current.complete == [.node, .namespace])
        #expect(store.current.nodes.count == 3)
        #expect(store.current.ownLease == fixtureLease(1))
        #expect(store.current.nodes[own]?.vtep == fixtureLease(1).vtep)
        #expect(store.current.restoration == Restoration(kinds: [.node, .namespace], confirmedAt: 1_000))
        #expect(store.current.confirmedAt == nil)
    }

    @Test func `the same from the source changes no object, only where it is from`() throws {
        try restore()
        let before = store.current.generation
        store.apply(.replace(kinds: [.node], with: (1...3).map { .node(fixtureNode($0)) }), confirmedAt: 5_000)
        #expect(store.current.changedKeys(since: before) == .keys([]))
        #expect(store.current.generation == before + 1)
        #expect(store.current.restoration == Restoration(kinds: [.namespace], confirmedAt: 1_000))
        store.apply(.replace(kinds: [.namespace], with: []), confirmedAt: 5_000)
        #expect(store.current.restoration == nil)
        #expect(store.current.namespaces.isEmpty)
    }

    @Test func `what the source delivers as it was is held as the source has it, not twice`() throws {
        func slice() -> EndpointSlice {
            let endpoints = (1...3).map { Endpoint(addresses: [IPAddress(family: .ipv4, number: $0)]) }
            return EndpointSlice(metadata: ObjectMetadata(name: "a"), family: .ipv4, endpoints: endpoints)
        }
        let earlier = SnapshotStore(sourceDescription: "a test", ownName: own)
        earlier.apply(.replace(kinds: [.endpointSlice], with: [.endpointSlice(slice())]), confirmedAt: 1_000)
        store.restore(try #require(SavedSnapshot(earlier.current, on: own, confirmedAt: 1_000)))
        let delivered = slice()
        let before = store.current.generation
        store.apply(.replace(kinds: [.endpointSlice], with: [.endpointSlice(delivered)]), confirmedAt: 5_000)
        #expect(store.current.changedKeys(since: before) == .keys([]))
        let held = try #require(store.current.endpointSlices[delivered.metadata.namespacedName])
        #expect(held == delivered)
        let places = [held, delivered].map { $0.endpoints.withUnsafeBufferPointer(\.baseAddress) }
        #expect(places[0] == places[1])
    }

    @Test func `what is gone goes only when the source's whole list lacks it`() throws {
        try restore()
        store.apply(.set(.node(fixtureNode(2))), confirmedAt: 5_000)
        #expect(store.current.nodes.count == 3)
        let before = store.current.generation
        store.apply(.replace(kinds: [.node], with: [.node(fixtureNode(1)), .node(fixtureNode(2))]), confirmedAt: 5_000)
        #expect(store.current.changedKeys(since: before) == .keys([.node(nodeName("node-3"))]))
        #expect(store.current.nodes.count == 2)
    }

    @Test func `a source that delivers no kind leaves all of it`() throws {
        try restore()
        store.setProblems([SourceProblem(place: "/etc", message: "is away")])
        #expect(store.current.nodes.count == 3)
        #expect(store.current.restoration?.kinds == [.node, .namespace])
    }

    @Test func `what is partly from disk is saved as old as its oldest part`() throws {
        try restore()
        store.apply(.replace(kinds: [.namespace], with: []), confirmedAt: 5_000)
        #expect(SavedSnapshot(store.current, on: own, confirmedAt: store.current.confirmedAt)?.confirmedAt == 1_000)
        store.apply(.replace(kinds: [.node], with: []), confirmedAt: 6_000)
        #expect(SavedSnapshot(store.current, on: own, confirmedAt: store.current.confirmedAt)?.confirmedAt == 6_000)
    }
}
