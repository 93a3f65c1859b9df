import ClusterFixtures
import ClusterState
import DNSWire
import Testing

@testable import ClusterDNS

/// Services of type ExternalName.
@Suite struct AliasTests {
    static let table = TestCluster(
        [
            .namespace(fixtureNamespace("shop")), .nodeHosts("192.0.2.7 printer"),
            .service(fixtureService("shop/web", ["10.43.0.1"], ports: [ServicePort(name: "http", port: 80)])),
        ]
            + [
                ("one", "two.shop.svc.cluster.local."), ("two", "Web.SHOP.svc.cluster.local"),
                ("self", "self.shop.svc.cluster.local"),
                ("ping", "pong.shop.svc.cluster.local"), ("pong", "ping.shop.svc.cluster.local"),
                ("pod", "1-2-3-4.shop.pod.cluster.local"),
                ("out", "example.org"), ("far", "out.shop.svc.cluster.local"), ("host", "printer"),
                ("apex", "cluster.local"),
                ("v4", "192.0.2.1"), ("v6", "2001:db8::1"), ("nothing", "a..b"), ("root", "."),
            ].map { .service(fixtureAlias("shop/\($0)", of: $1)) }
            + (0..<12).map { .service(fixtureAlias("shop/c\($0)", of: "c\($0 + 1).shop.svc.cluster.local")) }
    ).table

    struct Chain: CustomTestStringConvertible, Sendable {
        let name: String
        var type = RecordType.a
        let chain: [String]
        /// The target that is left to the resolver.
        var open: String?
        var apex: String?

        var testDescription: String { "\(name) \(type)" }
    }

    static let chains = [
        Chain(
            name: "one",
            chain: [
                "one.shop.svc.Z CNAME two.shop.svc.Z", "two.shop.svc.Z CNAME web.shop.svc.Z",
                "web.shop.svc.Z A 10.43.0.1",
            ]
        ),
        Chain(
            name: "two",
            type: .srv,
            chain: ["two.shop.svc.Z CNAME web.shop.svc.Z", "web.shop.svc.Z SRV 0 100 80 web.shop.svc.Z"]
        ),
        Chain(name: "two", type: .aaaa, chain: ["two.shop.svc.Z CNAME web.shop.svc.Z"], apex: "Z"),
        Chain(name: "two", type: .cname, chain: ["two.shop.svc.Z CNAME web.shop.svc.Z"]),
        Chain(name: "two", type: .any, chain: ["two.shop.svc.Z CNAME web.shop.svc.Z"]),
        Chain(name: "pod", chain: ["pod.shop.svc.Z CNAME 1-2-3-4.shop.pod.Z", "1-2-3-4.shop.pod.Z A 1.2.3.4"]),
        Chain(name: "host", chain: ["host.shop.svc.Z CNAME printer.", "printer. A 192.0.2.7"]),
        Chain(name: "host", type: .aaaa, chain: ["host.shop.svc.Z CNAME printer."], apex: "printer."),
        Chain(name: "apex", type: .ns, chain: ["apex.shop.svc.Z CNAME Z", "Z NS ns.dns.Z"]),
        // A chain that comes back to itself ends where it began.
        Chain(name: "self", chain: ["self.shop.svc.Z CNAME self.shop.svc.Z"]),
        Chain(name: "ping", chain: ["ping.shop.svc.Z CNAME pong.shop.svc.Z", "pong.shop.svc.Z CNAME ping.shop.svc.Z"]),
        Chain(name: "c0", chain: (0..<10).map { "c\($0).shop.svc.Z CNAME c\($0 + 1).shop.svc.Z" }),
        // Every type is asked of the target.
        Chain(name: "out", chain: ["out.shop.svc.Z CNAME example.org."], open: "example.org."),
        Chain(name: "out", type: .https, chain: ["out.shop.svc.Z CNAME example.org."], open: "example.org."),
        Chain(
            name: "far",
            chain: ["far.shop.svc.Z CNAME out.shop.svc.Z", "out.shop.svc.Z CNAME example.org."],
            open: "example.org."
        ),
    ]

    @Test(arguments: chains)
    func `an alias leads as far as the cluster knows`(chain: Chain) throws {
        let reply = try Self.table.ask("\(chain.name).shop.svc", chain.type)
        #expect(reply.code == .noError)
        #expect(reply.chain == chain.chain)
        #expect(reply.apex == chain.apex)
        if let open = chain.open {
            guard case .needsTarget(let place) = reply.outcome else {
                Issue.record("\(reply.outcome)")
                return
            }
            let target = name(open).wire
            #expect(Array(reply.octets[place..<place + target.count]) == target)
        } else {
            #expect(reply.outcome == .complete)
        }
    }

    /// An address is not a name, and neither is half a name.
    @Test(arguments: ["v4", "v6", "nothing", "root"])
    func `a target that cannot be one makes the service absent`(service: String) throws {
        for asked in Asked.noName("\(service).shop.svc", .a, .cname) { try asked.check(against: Self.table) }
    }

    @Test func `the target of a chain is the owner of its records when the question has other case`() throws {
        let reply = try Self.table.ask("TWO.Shop.svc", .a)
        #expect(reply.message.answers[0].name.description == "TWO.Shop.svc.cluster.local.")
        #expect(reply.message.answers[1].name.description == "web.shop.svc.cluster.local.")
    }
}
