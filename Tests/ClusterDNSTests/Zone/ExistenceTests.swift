import ClusterFixtures
import ClusterState
import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Which names exist, level by level: "no such name" stops nobody who has it right, and "no data" stops search lists.
@Suite struct ExistenceTests {
    static let table = TestCluster([
        .namespace(fixtureNamespace("shop")), .namespace(fixtureNamespace("idle")),
        .service(fixtureService("shop/web", ["10.43.0.1"], ports: [ServicePort(name: "http", port: 80)])),
        .endpointSlice(fixtureSlice(of: "shop/web", [fixtureEndpoint("10.42.0.1")])),
        .service(fixtureService("shop/none", [])),
        .service(fixtureService("implied/web", ["10.43.0.2"])),
        .service(fixtureAlias("shop/alias", of: "example.org")),
        .nodeHosts("192.0.2.9 host.deep.cluster.local web.over.svc.cluster.local outside.test"),
    ]).table

    static let top: [Asked] =
        [
            Asked("", .ns, ["NS ns.dns.Z"], additionals: ["ns.dns.Z A 10.43.0.10", "ns.dns.Z AAAA fd00:43::a"]),
            Asked("", .soa, ["SOA ns.dns.Z hostmaster.Z 1 7200 1800 86400 5"]),
            Asked("", .any, [#"HINFO "RFC8482" """#]),
            Asked("ns.dns", .a, ["A 10.43.0.10"]),
            Asked("ns.dns", .aaaa, ["AAAA fd00:43::a"]),
            Asked("dns-version", .txt, [#"TXT "1.1.0""#]),
        ]
        + Asked.noData("", .a, .aaaa, .txt, .ds, .dnskey) + Asked.noData("svc", .a, .txt, .soa)
        + Asked.noData("pod", .a, .txt) + Asked.noData("dns", .a, .txt) + Asked.noData("ns.dns", .txt, .ns)
        + Asked.noData("dns-version", .a) + Asked.noName("foo", .a, .txt, .soa, .any)
        + Asked.noName("x.dns", .a) + Asked.noName("x.ns.dns", .a) + Asked.noName("x.dns-version", .txt)
        + Asked.noName("svc.svc2", .a) + Asked.noName("dns-versioo", .txt) + Asked.noName("svd", .a)

    static let services: [Asked] =
        Asked.noData("shop.svc", .a, .txt, .ns) + Asked.noData("idle.svc", .a)
        // A service needs no Namespace object: it says itself that there is one.
        + Asked.noData("implied.svc", .a) + Asked.noName("nons.svc", .a, .txt)
        + Asked.noName("web.nons.svc", .a) + Asked.noName("a.web.nons.svc", .a)
        + Asked.noName("_http._tcp.web.nons.svc", .srv) + Asked.noName("nope.shop.svc", .a, .txt, .any)
        + Asked.noName("none.shop.svc", .a, .srv, .txt) + Asked.noName("_http._tcp.none.shop.svc", .srv)
        + Asked.noData("web.shop.svc", .aaaa, .mx, .txt) + Asked.noData("_tcp.web.shop.svc", .a, .srv, .txt)
        + Asked.noData("tcp.web.shop.svc", .a) + Asked.noName("_udp.web.shop.svc", .a)
        + Asked.noName("_sctp.web.shop.svc", .a) + Asked.noName("_dccp.web.shop.svc", .a)
        + Asked.noData("_http._tcp.web.shop.svc", .aaaa, .txt) + Asked.noName("_https._tcp.web.shop.svc", .srv)
        + Asked.noName("_http._udp.web.shop.svc", .srv) + Asked.noName("x._http._tcp.web.shop.svc", .srv, .a)
        + Asked.noName("x.10-42-0-1.web.shop.svc", .a) + Asked.noName("10-42-0-2.web.shop.svc", .a)
        + Asked.noData("10-42-0-1.web.shop.svc", .aaaa, .srv, .txt)
        + Asked.noName("*.shop.svc", .a) + Asked.noName("any.shop.svc", .a) + Asked.noName("x.alias.shop.svc", .a)
        + Asked.noName("_http._tcp.alias.shop.svc", .srv)
        // What search lists make of api.example.com.
        + Asked.noName("api.example.com.shop.svc", .a) + Asked.noName("api.example.com.svc", .a)
        + Asked.noName("api.example.com", .a)
        + [
            Asked("_http._tcp.web.shop.svc", .a, ["A 10.43.0.1"]), Asked("10-42-0-1.web.shop.svc", .a, ["A 10.42.0.1"]),
            Asked("web.implied.svc", .a, ["A 10.43.0.2"]),
        ]

    static let pods: [Asked] =
        Asked.noData("shop.pod", .a, .txt) + Asked.noData("idle.pod", .a) + Asked.noName("nons.pod", .a)
        + Asked.noName("x.nons.pod", .a) + Asked.noName("1-2-3-4.nons.pod", .a) + Asked.noName("1-2-3.shop.pod", .a)
        + Asked.noName("x.1-2-3-4.shop.pod", .a) + Asked.noData("fd00--1.shop.pod", .a)
        + Asked.noData("1-2-3-4.shop.pod", .aaaa, .txt, .srv)
        + [Asked("255-0-0-1.idle.pod", .a, ["A 255.0.0.1"]), Asked("fd00--.shop.pod", .aaaa, ["AAAA fd00::"])]

    /// Hosts inside Z make the names above them exist, and hide what the cluster has by the same name.
    static let hosts: [Asked] =
        [
            Asked("host.deep", .a, ["A 192.0.2.9"]), Asked("web.over.svc", .a, ["A 192.0.2.9"]),
            Asked("outside.test.", .a, ["A 192.0.2.9"]),
        ]
        + Asked.noData("host.deep", .aaaa) + Asked.noData("deep", .a, .txt) + Asked.noData("over.svc", .a)
        + Asked.noName("x.deep", .a) + Asked.noData("outside.test.", .txt, apex: "outside.test.")
        + [.foreign("test.", .a), .foreign("x.outside.test.", .a), .foreign("example.org.", .a), .foreign(".", .ns)]
        + [.foreign("local.", .soa), .foreign("xcluster.local.", .a)]

    @Test(arguments: top + services + pods + hosts)
    func `a name on each level`(asked: Asked) throws {
        try asked.check(against: Self.table)
    }

    /// A and AAAA of one name must agree whether it exists (RFC 4074).
    @Test(arguments: top + services + pods + hosts)
    func `all types agree whether a name exists`(asked: Asked) throws {
        let codes = try [RecordType.a, .aaaa, .txt, .any, RecordType(rawValue: 999)].map {
            try Self.table.ask(asked.name, $0).code
        }
        #expect(codes.allSatisfy { $0 == codes[0] })
    }

    /// Nothing exists below a name that does not (RFC 8020).
    @Test(arguments: top + services + pods + hosts)
    func `a name exists if one below it does`(asked: Asked) throws {
        guard asked.outcome == .complete, try Self.table.ask(asked.name, .a).code == .noError else { return }
        var ancestor = name(asked.name).parent
        while let present = ancestor, present.isEqualOrBelow(name("")) {
            #expect(try Self.table.ask(present.description, .a).code == .noError, "\(present)")
            ancestor = present.parent
        }
    }
}
