import ClusterFixtures
import ClusterState
import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Reverse names: authority for the own networks only.
@Suite struct ReverseTests {
    static let table = TestCluster([
        .node(node), .namespace(fixtureNamespace("shop")),
        .service(fixtureService("shop/a", ["10.43.0.1", "fd00:43::1"])),
        .service(fixtureService("shop/same", ["fd00:43::1"])),
        .service(fixtureService("shop/b", [])),
        .endpointSlice(fixtureSlice(of: "shop/a", [fixtureEndpoint("10.42.0.1"), fixtureEndpoint("10.42.0.2")])),
        .endpointSlice(
            fixtureSlice(
                of: "shop/b",
                [fixtureEndpoint("10.42.0.1", host: "db"), fixtureEndpoint("10.43.0.1"), fixtureEndpoint("192.0.2.1")]
            )
        ),
        .endpointSlice(fixtureSlice(of: "shop/b", suffix: "v6", [fixtureEndpoint("fd00:42::5")])),
        .endpointSlice(fixtureSlice(of: "shop/b", suffix: "out", [fixtureEndpoint("198.51.100.7")])),
        .nodeHosts("192.0.2.1 alias\n10.43.0.1 override\n2001:db8::9 printer printer.lan"),
    ]).table

    /// 192.0.2.1 and 2001:db8::1.
    static let node = fixtureNode(1)

    private static func reverse(_ text: String) -> String { DNSName(reverseOf: address(text)).description }

    static let own: [Asked] = [
        // In several services: a name in each.
        Asked(reverse("10.42.0.1"), .ptr, ["PTR 10-42-0-1.a.shop.svc.Z", "PTR db.b.shop.svc.Z"]),
        Asked(reverse("10.42.0.2"), .ptr, ["PTR 10-42-0-2.a.shop.svc.Z"]),
        Asked(reverse("fd00:43::1"), .ptr, ["PTR a.shop.svc.Z"]),
        Asked(reverse("fd00:42::5"), .ptr, ["PTR fd00-42--5.b.shop.svc.Z"]),
        // Outside of the own networks.
        Asked(reverse("198.51.100.7"), .ptr, ["PTR 198-51-100-7.b.shop.svc.Z"]),
        // A node's name wins over NodeHosts, and that over services and endpoints.
        Asked(reverse("192.0.2.1"), .ptr, ["PTR node-1."]),
        Asked(reverse("2001:db8::1"), .ptr, ["PTR node-1."]),
        Asked(reverse("10.43.0.1"), .ptr, ["PTR override."]),
        Asked(reverse("2001:db8::9"), .ptr, ["PTR printer.", "PTR printer.lan."]),
        Asked("node-1.", .a, ["A 192.0.2.1"]),
        Asked("node-1.", .aaaa, ["AAAA 2001:db8::1"]),
        Asked("alias.", .a, ["A 192.0.2.1"]),
    ]

    static let v6Zone = "0.0.0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa."
    static let serviceZone = String(repeating: "0.", count: 20) + "3.4.0.0.0.0.d.f.ip6.arpa."

    static let negative: [Asked] =
        Asked.noName(reverse("10.42.9.9"), .ptr, .a, apex: "42.10.in-addr.arpa.")
        + Asked.noName(reverse("10.43.9.9"), .ptr, apex: "43.10.in-addr.arpa.")
        + Asked.noName(reverse("fd00:42::9"), .ptr, apex: v6Zone)
        + Asked.noName(reverse("fd00:43::9"), .ptr, apex: serviceZone)
        + Asked.noData(reverse("10.42.0.1"), .a, .txt, apex: "42.10.in-addr.arpa.")
        // Its one name is all that is known of it: it is a zone by itself.
        + Asked.noData(reverse("198.51.100.7"), .txt, apex: reverse("198.51.100.7"))
        + Asked.noData("0.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
        + Asked.noData("42.10.in-addr.arpa.", .ptr, .txt, apex: "42.10.in-addr.arpa.")
        + Asked.noData("1.\(v6Zone)", .ptr, apex: v6Zone)
        + Asked.noName("x.0.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
        + Asked.noName("x.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
        + Asked.noName("01.0.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
        + Asked.noName("256.0.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
        + Asked.noName("1.1.0.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
        + Asked.noName("1.\(reverse("fd00:42::5"))", .ptr, apex: v6Zone)

    static let apexes: [Asked] = [
        Asked(
            "42.10.in-addr.arpa.",
            .soa,
            ["SOA ns.dns.Z hostmaster.Z 1 7200 1800 86400 5"]
        ),
        Asked(
            "43.10.in-addr.arpa.",
            .ns,
            ["NS ns.dns.Z"],
            additionals: ["ns.dns.Z A 10.43.0.10", "ns.dns.Z AAAA fd00:43::a"]
        ),
        .foreign("10.in-addr.arpa.", .soa), .foreign("in-addr.arpa.", .ns), .foreign("arpa.", .ns),
        .foreign("44.10.in-addr.arpa.", .soa), .foreign(reverse("10.44.0.1"), .ptr), .foreign(reverse("::1"), .ptr),
        .foreign("d.f.ip6.arpa.", .soa), .foreign("1.0.0.127.in-addr.arpa.", .ptr),
        .foreign("1.0.42.10.in-addr.arpa.test.", .ptr), .foreign("x.in-addr.arpa.", .ptr),
        .foreign("1.0.42.10.in-adds.arpa.", .ptr), .foreign("1.0.42.10.ip6.arpa.", .ptr),
    ]

    @Test(arguments: own + negative + apexes)
    func `a reverse name`(asked: Asked) throws {
        try asked.check(against: Self.table)
    }

    /// The zones of a network that ends inside a label are those that its addresses are in.
    @Test(arguments: [
        ("10.96.0.0/12", "10.97.3.4", "97.10.in-addr.arpa."), ("10.96.0.0/12", "10.112.0.1", nil),
        ("10.42.0.0/22", "10.42.3.1", "3.42.10.in-addr.arpa."), ("10.42.0.0/22", "10.42.4.1", nil),
        ("192.0.2.0/30", "192.0.2.3", "3.2.0.192.in-addr.arpa."), ("192.0.2.0/30", "192.0.2.4", nil),
        ("10.0.0.0/8", "10.1.2.3", "10.in-addr.arpa."), ("0.0.0.0/0", "10.1.2.3", "in-addr.arpa."),
        ("fd00::/10", "fd3f::1", "3.d.f.ip6.arpa."), ("fd00::/10", "fd40::1", nil),
    ])
    func `a network of any length`(network text: String, address: String, apex: String?) throws {
        var configuration = testConfiguration
        configuration.podCIDRs = PerFamily()
        configuration.serviceCIDRs = PerFamily()
        configuration.podCIDRs[network(text).family] = network(text)
        let table = TestCluster([], configuration).table
        let reply = try table.ask(Self.reverse(address), .ptr)
        #expect(reply.outcome == (apex == nil ? .foreign : .complete))
        #expect(reply.apex == apex)
    }
}
