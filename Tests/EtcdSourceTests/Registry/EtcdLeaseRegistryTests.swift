import ClusterState
import NetworkTypes
import Testing

@testable import EtcdSource

@Suite(.serialized, .timeLimit(.minutes(3))) struct EtcdLeaseRegistryTests {
    private static let rules = #"{"Network":"10.5.0.0/16","Backend":{"Type":"vxlan"}}"#

    /// A node: its source and its registry, on a client of its own.
    private func withNode(
        _ name: String,
        at address: String,
        of server: EtcdServer,
        term: Int64 = EtcdLeaseRegistry.term,
        instance: String = "1",
        kept: String? = nil,
        judge: @escaping @Sendable (String) -> EtcdLeaseRegistry.Verdict = { _ in .agreed },
        subnetFile: String = "/nonexistent",
        _ body: (NodeUnderTest) async throws -> Void
    ) async throws {
        let own = try #require(NodeName(rawValue: name))
        try await withClient(EtcdConnection(endpoints: [server.endpoint])) { client in
            let (keys, view) = (EtcdKeys(prefix: "/n"), EtcdView())
            let store = SnapshotStore(sourceDescription: "etcd", ownName: own)
            let source = EtcdSource(client: client, keys: keys, ownName: own, view: view, heartbeat: .milliseconds(500))
            let registry = EtcdLeaseRegistry(
                client: client,
                keys: keys,
                view: view,
                instance: instance,
                agreement: .init(initial: Self.rules, kept: kept, judge: judge),
                subnetFile: subnetFile,
                term: term
            )
            let request = LeaseRequest(
                node: own,
                clusterCIDRs: PerFamily(v4: try IPPrefix(parsing: "10.5.0.0/16")),
                underlay: PerFamily(v4: try IPAddress(parsing: address)),
                publicAddresses: PerFamily(v4: try IPAddress(parsing: address)),
                vni: 1,
                vtep: PerFamily(v4: MACAddress(rawValue: 0xc6d2_326f_8f44))
            )
            await registry.publish(LeaseExtras(agentVersion: "0.1.0", readyCapabilities: ["overlay"]))
            try await withThrowingTaskGroup { group in
                group.addTask { try? await source.run(feeding: store) { _ in } }
                try await body(NodeUnderTest(registry: registry, store: store, request: request, view: view))
                group.cancelAll()
            }
        }
    }

    private func keys(_ server: EtcdServer, _ prefix: String) throws -> [String] {
        try server.control("get", "--prefix", "--keys-only", prefix).split(separator: "\n").map(String.init)
    }

    @Test func `a hundred stale leases with this node's address are given up, and one is held`() async throws {
        let server = try await EtcdServer()
        let value = #"{"PublicIP":"192.168.77.1","PublicIPv6":null,"BackendType":"vxlan"}"#
        let client = server.client()
        let stale = try await client.grantLease(seconds: 600)
        for number in 1...100 {
            let put = Transaction.Operation.put("/n/subnets/10.5.\(number).0-24", value: value, leaseID: stale)
            #expect(try await client.commit(Transaction(if: [], then: [put])))
        }
        await client.close()
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            let lease = try await node.acquire()
            #expect(lease.podCIDRs.v4 != nil)
            #expect(try keys(server, "/n/subnets/").count == 1)
        }
    }

    @Test func `a lease that appears with this node's address is looked at`() async throws {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            let lease = try await node.acquire()
            let id = try server.control("lease", "grant", "600").split(separator: " ")[1]
            try server.control(
                "put",
                "--lease",
                String(id),
                "/n/subnets/10.5.250.0-24",
                #"{"PublicIP":"192.168.77.1","BackendType":"vxlan"}"#
            )
            #expect(await eventually { !node.view.claimants.isEmpty })
            #expect(try await node.acquire() == lease)
            #expect(try keys(server, "/n/subnets/").count == 1)
        }
    }

    @Test func `a lease is written as flannel writes it, with the extras on the same etcd lease`() async throws {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server, subnetFile: try subnetFile("10.5.7.1/24", server)) {
            node in
            let lease = try await node.acquire()
            #expect(lease.podCIDRs.v4?.description == "10.5.7.0/24", "the subnet of subnet.env")
            #expect(try server.control("get", "--print-value-only", "/n/config") == Self.rules + "\n")
            #expect(
                try server.control("get", "--print-value-only", "/n/subnets/10.5.7.0-24")
                    == #"{"PublicIP":"192.168.77.1","PublicIPv6":null,"BackendType":"vxlan","#
                    + #""BackendData":{"VNI":1,"VtepMAC":"c6:d2:32:6f:8f:44"}}"# + "\n"
            )
            let extras = try server.control("get", "--print-value-only", "/n/linnet/leases/10.5.7.0-24")
            #expect(
                extras.hasPrefix(
                    #"{"nodeName":"north","agentVersion":"0.1.0","instance":"1","readyCapabilities":["overlay"]"#
                )
            )
            let leaseID = try #require(try server.control("lease", "list").split(separator: "\n").last)
            let bound = try server.control("lease", "timetolive", "--keys", String(leaseID))
            #expect(bound.contains("/n/subnets/10.5.7.0-24") && bound.contains("/n/linnet/leases/10.5.7.0-24"))
            #expect(bound.contains("granted with TTL(86400s)"))
            #expect(await eventually { node.store.current.nodes.keys.map(\.rawValue) == ["north"] })
        }
    }

    private func subnetFile(_ gateway: String, _ server: EtcdServer) async throws -> String {
        let path = server.directory.entry("subnet.env")
        try await File.write("FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=\(gateway)\n", to: path)
        return path
    }

    @Test func `a restart finds its lease and writes nothing`() async throws {
        let server = try await EtcdServer()
        var first: NodeLease?
        try await withNode("north", at: "192.168.77.1", of: server) { first = try await $0.acquire() }
        let revision = try server.control("get", "/n/config", "-w", "fields").firstMatch(of: /"Revision" : (\d+)/)?.1
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            let again = try await node.acquire()
            #expect(again == first)
            #expect(try await node.acquire() == first)
        }
        let after = try server.control("get", "/n/config", "-w", "fields").firstMatch(of: /"Revision" : (\d+)/)?.1
        #expect(revision == after)
    }

    @Test func `a lease that is deleted is taken again with the same subnet`() async throws {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            let lease = try await node.acquire()
            let key = try #require(SubnetKey(lease.podCIDRs))
            #expect(await eventually { node.view.lease(key) != nil })
            var changes = node.registry.changes().makeAsyncIterator()
            try server.control("del", "/n/subnets/\(key)")
            _ = await changes.next()
            #expect(try await node.acquire() == lease)
            #expect(try keys(server, "/n/subnets/") == ["/n/subnets/\(key)"])
        }
    }

    @Test func `a new address is written to the same lease`() async throws {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            let lease = try await node.acquire()
            var moved = node.request
            moved.publicAddresses.v4 = try IPAddress(parsing: "192.168.77.8")
            let new = try await node.registry.acquire(moved, seeing: node.store.current)
            #expect(new.podCIDRs == lease.podCIDRs)
            let key = try #require(SubnetKey(lease.podCIDRs))
            #expect(try server.control("get", "/n/subnets/\(key)").contains("192.168.77.8"))
        }
    }

    @Test func `a lease is renewed before it expires`() async throws {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server, term: 6) { node in
            let lease = try await node.acquire()
            let leaseID = await node.registry.holding?.leaseID
            let clock = ContinuousClock()
            let start = clock.now
            // Longer than the term; each look is one of the capability's.
            #expect(
                await eventually {
                    let again = try? await node.acquire()
                    return again != lease || clock.now - start > .seconds(8)
                }
            )
            #expect(try await node.acquire() == lease)
            #expect(await node.registry.holding?.leaseID == leaseID)
        }
    }

    @Test func `flanneld's lease on this node is taken over, and stays one that flanneld reads`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/config", Self.rules)
        try server.control("put", "/n/subnets/10.5.9.0-24", #"{"PublicIP":"192.168.77.1","BackendType":"vxlan"}"#)
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            let lease = try await node.acquire()
            #expect(lease.podCIDRs.v4?.description == "10.5.9.0/24")
            #expect(try keys(server, "/n/subnets/") == ["/n/subnets/10.5.9.0-24"])
        }
    }

    @Test func `a second node with the same public address gets a lease of its own, and complains`() async throws {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server) { north in
            let first = try await north.acquire()
            try await withNode("south", at: "192.168.77.1", of: server) { south in
                let second = try await south.acquire()
                #expect(second.podCIDRs != first.podCIDRs)
                let complaint = try #require(await south.registry.complaints().first)
                #expect(complaint.hasPrefix("node 'north' has the public address 192.168.77.1 of this node too"))
            }
        }
    }

    @Test func `a machine with the name of another one gets no lease, and names both`() async throws {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server) { first in
            let lease = try await first.acquire()
            let key = try #require(SubnetKey(lease.podCIDRs))
            let before = try server.control("get", "--prefix", "/n/", "-w", "json")
            try await withNode("north", at: "192.168.77.2", of: server, instance: "2") { second in
                let complaint =
                    "two machines are named 'north': this one at 192.168.77.2, and the one at 192.168.77.1 that has the "
                    + "lease \(key). Give one of them another --node-name; if the other one is gone, delete "
                    + "/n/subnets/\(key) in etcd"
                await #expect(throws: LeaseError.registry(complaint)) { try await second.acquire() }
                #expect(try server.control("get", "--prefix", "/n/", "-w", "json") == before, "nothing is written")
                try server.control("del", "/n/subnets/\(key)")
                #expect(try await second.acquire().podCIDRs.isEmpty == false, "the name is free again")
            }
        }
    }

    @Test func `a machine that was set up anew takes the lease of its name at its address`() async throws {
        let server = try await EtcdServer()
        var lease: NodeLease?
        try await withNode("north", at: "192.168.77.1", of: server) { lease = try await $0.acquire() }
        try await withNode("north", at: "192.168.77.1", of: server, instance: "2") { node in
            let again = try await node.acquire()
            #expect(again == lease)
        }
    }

    @Test(arguments: ["1", "2"])
    func `a node whose lease another machine wrote over says so, and does not write it back`(instance: String)
        async throws
    {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server) { first in
            let key = try #require(SubnetKey(try await first.acquire().podCIDRs))
            // A clone with all of its state, or a machine at an address that was freed.
            let address = instance == "1" ? "192.168.77.2" : "192.168.77.1"
            try await withNode("north", at: address, of: server, instance: instance) { second in
                let taken = try await second.acquire()
                #expect(SubnetKey(taken.podCIDRs) == key)
            }
            let written = try server.control("get", "/n/subnets/\(key)")
            #expect(await eventually { first.view.lease(key)?.extras?.instance == instance })
            for _ in 1...2 {
                do throws(LeaseError) {
                    _ = try await first.acquire()
                    Issue.record("it holds the lease still")
                } catch {
                    #expect(
                        "\(error)".hasPrefix("two machines are named 'north': this one at 192.168.77.1"),
                        "\(error)"
                    )
                }
            }
            #expect(try server.control("get", "/n/subnets/\(key)") == written)
        }
    }

    @Test func `a configuration that cannot be used changes nothing, and is complained of until it is mended`()
        async throws
    {
        let server = try await EtcdServer()
        try await withNode("north", at: "192.168.77.1", of: server, term: 6) { node in
            let lease = try await node.acquire()
            for (rubbish, problem) in [
                ("{", "it is no JSON object"),
                (#"{"Network":"10.5.0.0/16","SubnetLen":31}"#, "SubnetLen 31 leaves no room for pods: 30 is the most"),
            ] {
                try server.control("put", "/n/config", rubbish)
                #expect(await eventually { node.view.config?.value == Array(rubbish.utf8) })
                #expect(try await node.acquire() == lease)
                #expect(
                    await node.registry.complaints() == [
                        "/n/config in etcd cannot be used: \(problem); this node goes on with what it had"
                    ]
                )
            }
            // Longer than the term: it is renewed all the same.
            let start = ContinuousClock.now
            #expect(
                await eventually {
                    let again = try? await node.acquire()
                    return again != lease || ContinuousClock.now - start > .seconds(8)
                }
            )
            #expect(try await node.acquire() == lease)
            #expect(try keys(server, "/n/subnets/") == ["/n/subnets/\(try #require(SubnetKey(lease.podCIDRs)))"])
            try server.control("put", "/n/config", Self.rules)
            #expect(await eventually { node.view.config?.value == Array(Self.rules.utf8) })
            #expect(try await node.acquire() == lease)
            #expect(await node.registry.complaints() == [])
        }
    }

    @Test func `a node that starts while the configuration is rubbish goes by what it kept, or waits`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/config", "{")
        let problem = LeaseError.registry("/n/config in etcd cannot be used: it is no JSON object")
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            await #expect(throws: problem) { try await node.acquire() }
        }
        try await withNode("north", at: "192.168.77.1", of: server, kept: Self.rules) { node in
            let lease = try await node.acquire()
            #expect(lease.podCIDRs.v4?.description.hasPrefix("10.5.") == true)
        }
    }

    @Test func `a restart on a reservation writes nothing either`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/config", Self.rules)
        try server.control("put", "/n/subnets/10.5.9.0-24", #"{"PublicIP":"192.168.77.1"}"#)
        try await withNode("north", at: "192.168.77.1", of: server) { _ = try await $0.acquire() }
        let before = try server.control("get", "--prefix", "/n/", "-w", "json")
        try await withNode("north", at: "192.168.77.1", of: server) { node in
            let lease = try await node.acquire()
            #expect(lease.podCIDRs.v4?.description == "10.5.9.0/24")
        }
        #expect(try server.control("get", "--prefix", "/n/", "-w", "json") == before)
    }

    @Test func `rules that this node refuses or takes up leave nothing written`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/config", #"{"Network":"10.9.0.0/16","Backend":{"Type":"vxlan"}}"#)
        for (verdict, error) in [
            (EtcdLeaseRegistry.Verdict.refused("they differ"), LeaseError.registry("they differ")),
            (.adopted, .rulesChanged("/n/config in etcd is taken up")),
        ] {
            try await withNode("north", at: "192.168.77.1", of: server, judge: { _ in verdict }) { node in
                await #expect(throws: error) { try await node.acquire() }
            }
        }
        #expect(try keys(server, "/n/subnets/") == [])
    }

    @Test func `of twenty starters on eight free subnets eight get one each, and the rest once one is free`()
        async throws
    {
        let server = try await EtcdServer()
        try server.control(
            "put",
            "/n/config",
            #"{"Network":"10.5.0.0/16","SubnetMin":"10.5.1.0","SubnetMax":"10.5.8.0"}"#
        )
        let outcomes = await withTaskGroup(of: String.self) { group in
            for number in 1...20 {
                group.addTask {
                    var outcome = "nothing"
                    do {
                        try await withNode("node-\(number)", at: "192.168.77.\(number)", of: server) { node in
                            do throws(LeaseError) {
                                outcome = try await node.acquire().podCIDRs.v4?.description ?? "none"
                            } catch {
                                outcome = "\(error)"
                            }
                        }
                    } catch {
                        outcome = "\(error)"
                    }
                    return outcome
                }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        let subnets = outcomes.filter { $0.hasPrefix("10.5.") }
        #expect(Set(subnets) == Set((1...8).map { "10.5.\($0).0/24" }))
        #expect(subnets.count == 8)
        let message = "out of subnets: every /24 of 10.5.0.0/16 is leased; it is tried again until one is free"
        #expect(outcomes.filter { $0 == message }.count == 12, "\(outcomes)")
        // One that tries again gets the one that is given back.
        try server.control("del", "/n/subnets/10.5.3.0-24")
        try await withNode("late", at: "192.168.77.99", of: server) { node in
            let lease = try await node.acquire()
            #expect(lease.podCIDRs.v4?.description == "10.5.3.0/24")
        }
    }
}

/// One node of a test.
struct NodeUnderTest: Sendable {
    let registry: EtcdLeaseRegistry
    let store: SnapshotStore
    let request: LeaseRequest
    let view: EtcdView

    func acquire() async throws(LeaseError) -> NodeLease {
        try await registry.acquire(request, seeing: store.current)
    }
}
