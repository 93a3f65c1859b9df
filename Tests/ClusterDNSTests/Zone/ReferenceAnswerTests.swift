import ClusterFixtures
import ClusterState
import DNSWire
import Testing

@testable import ClusterDNS

/// The answers that CoreDNS was seen to give for one cluster, but where it breaks an RFC: then what is right.
@Suite struct ReferenceAnswerTests {
    static let table = TestCluster(objects).table

    static let objects: [ClusterObject] =
        services.map { .service($0) } + slices.map { .endpointSlice($0) }
        + ["default", "kube-system", "testns"].map { .namespace(fixtureNamespace($0)) }
        + [.nodeHosts("192.168.1.5 node1\n")]

    static let services = [
        fixtureService("testns/unnamed", ["10.43.0.21"], ports: [ServicePort(port: 8080)]),
        fixtureService(
            "testns/dual",
            ["10.43.0.22", "fd00:43::22"],
            ports: [ServicePort(name: "http", port: 80), ServicePort(name: "m", transport: .udp, port: 9)]
        ),
        fixtureService("testns/svc1", ["10.43.0.20"], ports: [ServicePort(name: "http", port: 80)]),
        fixtureService("testns/hdls", []),
        fixtureService("testns/big", []),
        fixtureService("testns/empty", []),
        fixtureAlias("testns/ext", of: "target.example.test"),
        fixtureAlias("testns/extin", of: "svc1.testns.svc.cluster.local"),
        fixtureAlias("testns/extgone", of: "nope.testns.svc.cluster.local"),
        fixtureAlias("testns/extip", of: "192.0.2.9"),
    ]

    static let slices = [
        fixtureSlice(
            of: "testns/hdls",
            suffix: "v4",
            [
                fixtureEndpoint("10.42.0.2", host: "web-0"), fixtureEndpoint("10.42.0.3"),
                fixtureEndpoint("10.42.0.4", host: "web-2", isReady: false), terminating("10.42.0.5", host: "web-3"),
            ],
            ports: [EndpointPort(name: "http", port: 8080)]
        ),
        fixtureSlice(
            of: "testns/hdls",
            suffix: "v6",
            [fixtureEndpoint("fd00:42::2", host: "web-0"), fixtureEndpoint("fd00:42::")],
            ports: [EndpointPort(name: "http", port: 8080)]
        ),
        fixtureSlice(of: "testns/svc1", [fixtureEndpoint("10.42.0.9"), fixtureEndpoint("192.168.1.5")]),
        fixtureSlice(of: "testns/big", (1...100).map { fixtureEndpoint("10.42.1.\($0)") }),
        fixtureSlice(of: "testns/empty", [fixtureEndpoint("10.42.0.7", isReady: false)]),
    ]

    private static func terminating(_ address: String, host: String) -> Endpoint {
        var endpoint = fixtureEndpoint(address, host: host, isReady: false)
        endpoint.isTerminating = true
        return endpoint
    }

    static let headless: [Asked] =
        [
            Asked("hdls.testns.svc", .a, ["A 10.42.0.2", "A 10.42.0.3"]),
            Asked("hdls.testns.svc", .aaaa, ["AAAA fd00:42::2", "AAAA fd00:42::"]),
            Asked(
                "_http._tcp.hdls.testns.svc",
                .srv,
                [
                    "SRV 0 25 8080 web-0.hdls.testns.svc.Z", "SRV 0 25 8080 10-42-0-3.hdls.testns.svc.Z",
                    "SRV 0 25 8080 fd00-42--0.hdls.testns.svc.Z",
                ],
                additionals: [
                    "web-0.hdls.testns.svc.Z A 10.42.0.2", "web-0.hdls.testns.svc.Z AAAA fd00:42::2",
                    "10-42-0-3.hdls.testns.svc.Z A 10.42.0.3", "fd00-42--0.hdls.testns.svc.Z AAAA fd00:42::",
                ]
            ),
            Asked("web-0.hdls.testns.svc", .a, ["A 10.42.0.2"]),
        ]
        + Asked.noName("web-2.hdls.testns.svc", .a) + Asked.noName("web-3.hdls.testns.svc", .a)
        + Asked.noName("10-42-0-2.hdls.testns.svc", .a) + Asked.noName("empty.testns.svc", .a)

    static let clusterIP: [Asked] =
        [
            Asked(
                "dual.testns.svc",
                .srv,
                ["SRV 0 25 80 dual.testns.svc.Z", "SRV 0 25 9 dual.testns.svc.Z"],
                additionals: ["dual.testns.svc.Z A 10.43.0.22", "dual.testns.svc.Z AAAA fd00:43::22"]
            ),
            Asked(
                "_http._tcp.dual.testns.svc",
                .srv,
                ["SRV 0 50 80 dual.testns.svc.Z"],
                additionals: ["dual.testns.svc.Z A 10.43.0.22", "dual.testns.svc.Z AAAA fd00:43::22"]
            ),
            Asked(
                "http.tcp.dual.testns.svc",
                .srv,
                ["SRV 0 50 80 dual.testns.svc.Z"],
                additionals: ["dual.testns.svc.Z A 10.43.0.22", "dual.testns.svc.Z AAAA fd00:43::22"]
            ),
            Asked(
                "unnamed.testns.svc",
                .srv,
                ["SRV 0 100 8080 unnamed.testns.svc.Z"],
                additionals: ["unnamed.testns.svc.Z A 10.43.0.21"]
            ),
            // RFC 8482; CoreDNS says that there is no data.
            Asked("unnamed.testns.svc", .any, [#"HINFO "RFC8482" """#]),
        ]
        + Asked.noName("_http._udp.dual.testns.svc", .srv)
        + Asked.noData(
            "unnamed.testns.svc",
            .aaaa,
            .txt,
            .https,
            .mx,
            .cname,
            .ns,
            .soa,
            .ptr,
            RecordType(rawValue: 0),
            RecordType(rawValue: 65_280)
        )

    static let others: [Asked] =
        Asked.noName("extip.testns.svc", .a) + Asked.noName("a.ext.testns.svc", .a)
        + Asked.noName("web.nons.svc", .a) + Asked.noName("foo", .a)
        + [
            Asked("extgone.testns.svc", .cname, ["CNAME nope.testns.svc.Z"]),
            Asked("ext.testns.svc", .cname, ["CNAME target.example.test."]),
            Asked("1-2-3-4.testns.pod", .a, ["A 1.2.3.4"]),
            Asked("fd00--1.testns.pod", .aaaa, ["AAAA fd00::1"]),
        ]
        + Asked.noData("1-2-3-4.testns.pod", .aaaa) + Asked.noName("x.testns.pod", .a)
        + Asked.noName("1-2-3-4.nons.pod", .a)

    static let reverse: [Asked] = [
        Asked("20.0.43.10.in-addr.arpa.", .ptr, ["PTR svc1.testns.svc.Z"]),
        Asked("2.0.42.10.in-addr.arpa.", .ptr, ["PTR web-0.hdls.testns.svc.Z"]),
        Asked("3.0.42.10.in-addr.arpa.", .ptr, ["PTR 10-42-0-3.hdls.testns.svc.Z"]),
        Asked("9.0.42.10.in-addr.arpa.", .ptr, ["PTR 10-42-0-9.svc1.testns.svc.Z"]),
        Asked("\(DNSName(reverseOf: address("fd00:43::22")))", .ptr, ["PTR dual.testns.svc.Z"]),
        .foreign("8.8.8.8.in-addr.arpa.", .ptr),
        // A line of NodeHosts hides the endpoint.
        Asked("5.1.168.192.in-addr.arpa.", .ptr, ["PTR node1."]),
        Asked("node1.", .a, ["A 192.168.1.5"]),
    ]

    @Test(
        arguments: headless + clusterIP + others + reverse
            // Inside the pods' network CoreDNS asks upstream, which cannot know.
            + Asked.noName("4.0.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
            // CoreDNS leaves the SOA record out.
            + Asked.noData("node1.", .aaaa, .txt, apex: "node1.")
    )
    func `a question of the reference`(asked: Asked) throws {
        try asked.check(against: Self.table)
    }

    @Test func `an alias out of the cluster is written, and the rest left to the resolver`() throws {
        let reply = try Self.table.ask("ext.testns.svc", .a)
        #expect(reply.chain == ["ext.testns.svc.Z CNAME target.example.test."])
        // Header, question, pointer to it, type, class, time to live, length.
        #expect(reply.outcome == .needsTarget(at: 12 + name("ext.testns.svc").wire.count + 4 + 12))
        #expect(reply.apex == nil)
    }

    @Test func `an alias within the cluster brings the address`() throws {
        let reply = try Self.table.ask("extin.testns.svc", .a)
        #expect(reply.chain == ["extin.testns.svc.Z CNAME svc1.testns.svc.Z", "svc1.testns.svc.Z A 10.43.0.20"])
        #expect(reply.outcome == .complete)
    }

    @Test func `an alias of a missing service has no data`() throws {
        let reply = try Self.table.ask("extgone.testns.svc", .a)
        #expect(reply.code == .noError)
        #expect(reply.chain == ["extgone.testns.svc.Z CNAME nope.testns.svc.Z"])
        #expect(reply.apex == "Z")
    }

    /// With EDNS, eleven octets are kept for the OPT record.
    @Test(arguments: [(512, 29, true), (1_232 - 11, 73, true), (4_096 - 11, 100, false), (65_535, 100, false)])
    func `a large answer is cut between records`(limit: Int, count: Int, isTruncated: Bool) throws {
        let reply = try Self.table.ask("big.testns.svc", .a, limit: limit)
        #expect(reply.message.answers.count == count)
        #expect(reply.message.flags.contains(.truncated) == isTruncated)
    }
}
