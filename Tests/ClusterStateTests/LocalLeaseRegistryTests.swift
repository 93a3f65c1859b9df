import ClusterFixtures
import ClusterState
import LinuxSystem
import NetworkTypes
import Synchronization
import Testing

@Suite struct LocalLeaseRegistryTests {
    private let directory = "/tmp/linnet-lease-tests-\(UInt64.random(in: 0...UInt64.max))"

    private func request(_ node: String, _ v4: String? = "10.42.0.0/16", _ v6: String? = "fd00:42::/56") -> LeaseRequest
    {
        LeaseRequest(
            node: nodeName(node),
            clusterCIDRs: PerFamily(v4: v4.map(network), v6: v6.map(network)),
            underlay: PerFamily(v4: address("192.0.2.1"), v6: address("2001:db8::1")),
            publicAddresses: PerFamily(v4: address("192.0.2.1")),
            externalAddresses: PerFamily(v4: address("203.0.113.1")),
            vni: 1
        )
    }

    private func snapshot(_ nodes: [Node]?, own: String = "node-1", _ problems: [SourceProblem] = []) -> ClusterSnapshot
    {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName(own))
        store.setProblems(problems)
        if let nodes { store.apply(.replace(kinds: [.node], with: nodes.map(ClusterObject.node)), confirmedAt: 1) }
        return store.current
    }

    private func withDirectory<Value>(_ body: (LocalLeaseRegistry) async throws -> Value) async throws -> Value {
        defer {
            try? Files.remove("\(directory)/state/lease")
            try? Files.removeDirectory("\(directory)/state")
            try? Files.removeDirectory(directory)
        }
        return try await body(LocalLeaseRegistry(stateDirectory: "\(directory)/state"))
    }

    @Test func `a node has what its Node object says`() async throws {
        // Where nothing can be remembered, too.
        let registry = LocalLeaseRegistry(stateDirectory: "/proc/linnet-lease-tests")
        let lease = try await registry.acquire(
            request("node-1"),
            seeing: snapshot([fixtureNode(1), fixtureNode(2)])
        )
        #expect(
            lease
                == NodeLease(
                    node: nodeName("node-1"),
                    podCIDRs: fixtureNode(1).podCIDRs,
                    underlay: PerFamily(v4: address("192.0.2.1"), v6: address("2001:db8::1")),
                    publicAddresses: PerFamily(v4: address("192.0.2.1")),
                    vtep: fixtureLease(1).vtep,
                    externalAddresses: PerFamily(v4: address("203.0.113.1"))
                )
        )
    }

    @Test func `a node whose Node object goes with all others keeps what it had`() async throws {
        try await withDirectory { registry in
            let declared = try await registry.acquire(
                request("node-1"),
                seeing: snapshot([fixtureNode(1), fixtureNode(2)])
            )
            let emptied = try await registry.acquire(request("node-1"), seeing: snapshot([]))
            #expect(emptied.podCIDRs == declared.podCIDRs)
            // A podCIDR that changes is remembered in the place of the one before it.
            var moved = fixtureNode(1)
            moved.podCIDRs = fixtureNode(7).podCIDRs
            _ = try await registry.acquire(request("node-1"), seeing: snapshot([moved]))
            let again = try await registry.acquire(request("node-1"), seeing: snapshot([]))
            #expect(again.podCIDRs == moved.podCIDRs)
        }
    }

    @Test func `the tunnel address of the own annotation is kept`() async throws {
        var node = fixtureNode(1)
        node.vtep.v4 = hardwareAddress("12:c6:65:89:b4:e3")
        let registry = LocalLeaseRegistry(stateDirectory: "/proc/linnet-lease-tests")
        let lease = try await registry.acquire(request("node-1"), seeing: snapshot([node]))
        #expect(lease.vtep.v4 == node.vtep.v4)
        #expect(lease.vtep.v6 == fixtureLease(1).vtep.v6)
    }

    @Test func `a lone node takes the first subnets and keeps them`() async throws {
        try await withDirectory { registry in
            let first = try await registry.acquire(request("node-1"), seeing: snapshot([]))
            #expect(first.podCIDRs == PerFamily(v4: network("10.42.0.0/24"), v6: network("fd00:42::/64")))
            #expect(try Files.status("\(directory)/state/lease").mode == 0o600)
            #expect(try Files.status("\(directory)/state").mode == 0o700)
            // A wider network that begins elsewhere: what the node has is inside it, and stays.
            let wider = try await registry.acquire(request("node-1", "10.0.0.0/8"), seeing: snapshot([]))
            #expect(wider.podCIDRs == first.podCIDRs)
            let other = try await registry.acquire(request("node-1", "10.99.0.0/16"), seeing: snapshot([]))
            #expect(other.podCIDRs.v4 == network("10.99.0.0/24"))
        }
    }

    @Test func `a lone node whose lease is in the snapshot already is still lone`() async throws {
        try await withDirectory { registry in
            let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
            store.apply(.replace(kinds: [.node], with: []), confirmedAt: 1)
            let first = try await registry.acquire(request("node-1"), seeing: store.current)
            store.setOwnLease(first)
            #expect(try await registry.acquire(request("node-1"), seeing: store.current) == first)
        }
    }

    @Test func `a file that is removed is written again as the lease says`() async throws {
        try await withDirectory { registry in
            let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
            store.apply(.replace(kinds: [.node], with: []), confirmedAt: 1)
            store.setOwnLease(fixtureLease(7))
            _ = try await registry.acquire(request("node-1"), seeing: store.current)
            store.setOwnLease(nil)
            #expect(
                try await registry.acquire(request("node-1"), seeing: store.current).podCIDRs
                    == fixtureLease(7).podCIDRs
            )
        }
    }

    @Test func `a damaged file is warned of, and what the lease says is kept`() async throws {
        try await withDirectory { _ in
            let warnings = Mutex<[StateFileError]>([])
            let registry = LocalLeaseRegistry(stateDirectory: "\(directory)/state") { warning in
                warnings.withLock { $0.append(warning) }
            }
            try Files.createDirectory("\(directory)/state", mode: 0o700)
            try Files.writeAtomically("10.42.7.0/24\nrubbish\n", to: "\(directory)/state/lease")
            let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
            store.apply(.replace(kinds: [.node], with: []), confirmedAt: 1)
            store.setOwnLease(fixtureLease(7))
            let lease = try await registry.acquire(request("node-1"), seeing: store.current)
            #expect(lease.podCIDRs == fixtureLease(7).podCIDRs)
            #expect(warnings.withLock { $0.map(\.path) } == ["\(directory)/state/lease"])
            // It was written again, whole this time: nothing is warned of any more.
            store.setOwnLease(nil)
            let again = try await registry.acquire(request("node-1"), seeing: store.current)
            #expect(again.podCIDRs == lease.podCIDRs)
            #expect(warnings.withLock { $0.count } == 1)
        }
    }

    @Test func `a damaged file and no lease lead to the first subnets, and to a warning`() async throws {
        try await withDirectory { _ in
            let warnings = Mutex(0)
            let registry = LocalLeaseRegistry(stateDirectory: "\(directory)/state") { _ in warnings.withLock { $0 += 1 }
            }
            try Files.createDirectory("\(directory)/state", mode: 0o700)
            try StateFile.lease(in: "\(directory)/state").write(Array("10.42.7.0/24\n10.42.8\n".utf8))
            let lease = try await registry.acquire(request("node-1"), seeing: snapshot([]))
            #expect(lease.podCIDRs == PerFamily(v4: network("10.42.0.0/24"), v6: network("fd00:42::/64")))
            #expect(warnings.withLock { $0 } == 1)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var nodes: [Node]? = []
        var problems: [SourceProblem] = []
        var v4: String? = "10.42.0.0/16"
        var v6: String? = "fd00:42::/56"
        let says: [String]
    }

    private static func node(_ number: Int, _ change: (inout Node) -> Void) -> Node {
        var node = fixtureNode(number)
        change(&node)
        return node
    }

    @Test(arguments: [
        Refusal(testDescription: "nodes not known", nodes: nil, says: ["not known yet"]),
        Refusal(
            testDescription: "missing among others",
            nodes: [fixtureNode(1), fixtureNode(3)],
            says: ["'node-2'", "'node-1', 'node-3'", "--node-name"]
        ),
        Refusal(
            testDescription: "no podCIDR",
            nodes: [node(2) { $0.podCIDRs = PerFamily() }],
            says: ["'node-2'", "spec.podCIDRs"]
        ),
        Refusal(
            testDescription: "outside",
            nodes: [node(2) { $0.podCIDRs.v4 = network("10.43.2.0/24") }],
            says: ["10.43.2.0/24", "10.42.0.0/16"]
        ),
        Refusal(
            testDescription: "wider than the cluster",
            nodes: [node(2) { $0.podCIDRs.v4 = network("10.0.0.0/8") }],
            says: ["10.0.0.0/8"]
        ),
        Refusal(
            testDescription: "family without a network",
            nodes: [fixtureNode(2)],
            v6: nil,
            says: ["fd00:42:0:2::/64", "IPv6"]
        ),
        Refusal(
            testDescription: "overlap",
            nodes: [fixtureNode(1), node(2) { $0.podCIDRs.v4 = network("10.42.1.128/25") }],
            says: ["10.42.1.128/25", "10.42.1.0/24", "node-1"]
        ),
        Refusal(
            testDescription: "own Node unreadable",
            nodes: [fixtureNode(1)],
            problems: [SourceProblem(place: "n.yaml:3", message: "bad", object: .node(nodeName("node-2")))],
            says: ["n.yaml:3: bad"]
        ),
        Refusal(
            testDescription: "only an unreadable Node",
            problems: [SourceProblem(place: "n.yaml:3", message: "bad", object: .node(nodeName("other")))],
            says: ["n.yaml:3: bad"]
        ),
        Refusal(
            testDescription: "lone in a network too narrow",
            v4: "10.42.0.0/30",
            says: ["10.42.0.0/30", "too narrow"]
        ),
    ])
    func `no lease, and why`(_ row: Refusal) async throws {
        let snapshot = snapshot(row.nodes, own: "node-2", row.problems)
        let registry = LocalLeaseRegistry(stateDirectory: directory)
        let error = try await #require(throws: LeaseError.self) {
            try await registry.acquire(request("node-2", row.v4, row.v6), seeing: snapshot)
        }
        for part in row.says { #expect("\(error)".contains(part), "\(error)") }
        #expect(!Files.exists(directory))
    }

    @Test func `a state directory that cannot be made is named`() async throws {
        let registry = LocalLeaseRegistry(stateDirectory: "/proc/linnet")
        let error = try await #require(throws: LeaseError.self) {
            try await registry.acquire(request("node-1"), seeing: snapshot([]))
        }
        #expect("\(error)".contains("/proc/linnet/lease"))
    }
}
