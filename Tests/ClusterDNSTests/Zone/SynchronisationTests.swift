import ClusterFixtures
import ClusterState
import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// What is answered before the kinds that the zone needs are complete.
@Suite struct SynchronisationTests {
    /// The service is there, but nobody knows yet what else is.
    static let objects: [ClusterObject] = [
        .service(fixtureService("shop/web", ["10.43.0.1"])), .node(fixtureNode(1)),
    ]

    @Test(
        arguments: [
            ("web.shop.svc", .serverFailure), ("nope.shop.svc", .serverFailure), ("shop.svc", .serverFailure),
            ("_http._tcp.web.shop.svc", .serverFailure), ("x.web.shop.svc", .serverFailure),
            ("shop.pod", .serverFailure),
            ("1-2-3-4.shop.pod", .serverFailure), ("1.0.42.10.in-addr.arpa.", .serverFailure),
            // These do not depend on any object.
            ("", .noError), ("svc", .noError), ("pod", .noError), ("dns", .noError), ("ns.dns", .noError),
            ("dns-version", .noError), ("foo", .nameError), ("x.shop.pod", .nameError),
            ("42.10.in-addr.arpa.", .noError),
            ("api.example.com.shop.svc", .nameError), ("a.b.c.d.e.svc", .nameError),
            ("x.42.10.in-addr.arpa.", .nameError),
            // Nodes are taken when they come.
            ("node-1.", .noError), ("1.2.0.192.in-addr.arpa.", .noError),
        ] as [(String, ResponseCode)]
    )
    func `before that`(name: String, code: ResponseCode) throws {
        let cluster = TestCluster(Self.objects, kinds: [.service, .node, .namespace])
        #expect(!cluster.table.isSynchronised)
        let reply = try cluster.table.ask(name, .a)
        #expect(reply.code == code)
        #expect(reply.outcome == .complete)
        #expect(reply.message.answers.isEmpty || code == .noError)
    }

    @Test func `nodes and NodeHosts hold nothing up`() throws {
        let cluster = TestCluster(Self.objects, kinds: [.service, .namespace, .endpointSlice])
        #expect(try cluster.table.ask("web.shop.svc", .a).answers == ["A 10.43.0.1"])
    }

    @Test func `completeness is taken without any object having changed`() throws {
        var cluster = TestCluster(Self.objects, kinds: [.service, .namespace])
        cluster.apply(.replace(kinds: [.endpointSlice], with: []))
        let isNew = cluster.update(serial: 9)
        #expect(isNew)
        #expect(cluster.table.isSynchronised)
        #expect(cluster.table.serial == 9)
    }

    @Test func `what an earlier run saved is answered for a second, until the source has said all of it`() throws {
        let kinds = DNSZone.neededKinds.union([.configMap])
        let earlier = TestCluster(Self.objects, kinds: kinds)
        var cluster = TestCluster([], kinds: [])
        let saved = SavedSnapshot(earlier.store.current, on: nodeName("node-0"), confirmedAt: 0)
        cluster.store.restore(try #require(saved))
        for (confirmed, seconds) in [([], 1), (DNSZone.neededKinds, 1), (kinds, 5)] as [(Set<ObjectKind>, UInt32)] {
            cluster.apply(.replace(kinds: confirmed, with: Self.objects.filter { confirmed.contains($0.key.kind) }))
            _ = cluster.update()
            let reply = try cluster.table.ask("web.shop.svc", .a)
            #expect(reply.answers == ["A 10.43.0.1"])
            #expect(reply.message.answers.map(\.ttl) == [seconds])
            let absence = try cluster.table.ask("nope.shop.svc", .a)
            #expect(absence.message.authorities.map(\.ttl) == [seconds])
            #expect(try cluster.table.ask("", .soa).answers[0].hasSuffix(" \(seconds)"))
        }
    }

    @Test func `the serial changes with the table only`() throws {
        var cluster = TestCluster(Self.objects)
        cluster.apply(.set(.secret(Secret(metadata: ObjectMetadata(name: "s", namespace: "shop")))))
        var node = fixtureNode(1)
        node.labels = ["zone": "b"]
        cluster.apply(.set(.node(node)))
        let isNew = cluster.update(serial: 9)
        #expect(!isNew)
        #expect(cluster.table.serial == 1)
        cluster.apply(.set(.service(fixtureService("shop/web", ["10.43.0.2"]))))
        let isNewer = cluster.update(serial: 10)
        #expect(isNewer)
        #expect(try cluster.table.ask("", .soa).answers == ["SOA ns.dns.Z hostmaster.Z 10 7200 1800 86400 5"])
    }
}
