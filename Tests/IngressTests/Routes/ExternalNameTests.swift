import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes
import Testing

/// Where requests go for services that stand for something outside the cluster.
struct ExternalNameTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var service = "outside.example"
        var port = "80"
        var finding: ExternalNameFinding?
        var firstFamily = AddressFamily.ipv4
        /// Of the API server.
        var slice: EndpointSlice?
        var annotations: [String: String] = [:]
        /// The scheme, the endpoints with the preferred ones between brackets, and what is not called; or why not.
        let wanted: String
    }

    @Test(arguments: rows)
    func `what a name comes to`(row: Row) throws {
        let text = Self.text(Self.cluster(row).table)
        #expect(text == row.wanted)
    }

    private static func cluster(_ row: Row) -> RouteCluster {
        var cluster = RouteCluster("Prefix x.example/ > a:\(row.port)")
        var service = fixtureAlias("shop/a", of: row.service)
        service.ports = [ServicePort(name: "web", port: 8000)]
        for (name, value) in row.annotations {
            service.metadata.annotations["traefik.ingress.kubernetes.io/service.\(name)"] = value
        }
        cluster.services = [service, fixtureService("default/kubernetes", ["10.43.0.1"])]
        if let slice = row.slice { cluster.slices.append(slice) }
        cluster.configuration.allowsExternalNames = true
        cluster.configuration.firstFamily = row.firstFamily
        if let name = ExternalName("outside.example") { cluster.names[name] = row.finding }
        return cluster
    }

    static let rows: [Row] = [
        Row(
            testDescription: "addresses, in their order",
            finding: .addresses([address("198.51.100.2"), address("198.51.100.1")]),
            wanted: "http 198.51.100.1:80 198.51.100.2:80"
        ),
        Row(
            testDescription: "both families",
            finding: .addresses([address("2001:db8::1"), address("198.51.100.1")]),
            wanted: "http (198.51.100.1:80) [2001:db8::1]:80"
        ),
        Row(
            testDescription: "both families where IPv6 is the first",
            finding: .addresses([address("2001:db8::1"), address("198.51.100.1")]),
            firstFamily: .ipv6,
            wanted: "http ([2001:db8::1]:80) 198.51.100.1:80"
        ),
        Row(
            testDescription: "the other family alone",
            finding: .addresses([address("2001:db8::1"), address("2001:db8::2")]),
            wanted: "http [2001:db8::1]:80 [2001:db8::2]:80"
        ),
        Row(
            testDescription: "another spelling of the name",
            service: "Outside.EXAMPLE.",
            finding: .addresses([address("198.51.100.1")]),
            wanted: "http 198.51.100.1:80"
        ),
        Row(
            testDescription: "an address of IPv4 in the form of IPv6",
            finding: .addresses([address("::ffff:198.51.100.1"), address("198.51.100.1")]),
            wanted: "http 198.51.100.1:80"
        ),
        Row(
            testDescription: "a port by its name",
            port: "web",
            finding: .addresses([address("198.51.100.1")]),
            wanted: "http 198.51.100.1:8000"
        ),
        Row(
            testDescription: "a port whose name there is not",
            port: "other",
            finding: .addresses([address("198.51.100.1")]),
            wanted: "the Service shop/a has no TCP port other"
        ),
        Row(
            testDescription: "the port of HTTPS",
            port: "443",
            finding: .addresses([address("198.51.100.1")]),
            wanted: "https 198.51.100.1:443"
        ),
        Row(
            testDescription: "annotations of the service",
            finding: .addresses([address("198.51.100.1")]),
            annotations: ["serversscheme": "https"],
            wanted: "https 198.51.100.1:80"
        ),
        Row(testDescription: "an address in place of a name", service: "198.51.100.1", wanted: "http 198.51.100.1:80"),
        Row(
            testDescription: "an address of IPv6",
            service: "2001:db8::1",
            wanted: "http [2001:db8::1]:80"
        ),
        Row(
            testDescription: "nobody has answered yet",
            wanted: "the Service shop/a stands for outside.example, which nobody has answered for yet"
        ),
        Row(
            testDescription: "no such name",
            finding: .nothing("there is no such name"),
            wanted: "the Service shop/a stands for outside.example, which has no address: there is no such name"
        ),
        Row(
            testDescription: "nobody answers",
            finding: .failed("no name server answers"),
            wanted: "the Service shop/a stands for outside.example, whose addresses are not known: no name server "
                + "answers"
        ),
        Row(
            testDescription: "no name",
            service: "no name",
            wanted: "the Service shop/a stands for 'no name', which is neither a DNS name nor an address"
        ),
        Row(
            testDescription: "some addresses may not be called",
            finding: .addresses([address("127.0.0.1"), address("198.51.100.1"), address("fe80::1")]),
            wanted: "http 198.51.100.1:80 not 127.0.0.1 (\(AddressRefusal.loopback.rawValue)) "
                + "not fe80::1 (\(AddressRefusal.linkLocal.rawValue))"
        ),
        Row(
            testDescription: "no address may be called",
            finding: .addresses([address("127.0.0.1"), address("::1")]),
            wanted:
                "the Service shop/a stands for outside.example, of which no address may be called: 127.0.0.1 (it is "
                + "the node itself), ::1 (it is the node itself)"
        ),
        Row(
            testDescription: "an endpoint of the API server, at its port",
            port: "6443",
            finding: .addresses([address("192.0.2.1")]),
            slice: apiServer,
            wanted: "the Service shop/a stands for outside.example, of which no address may be called: 192.0.2.1 (the "
                + "API server is there)"
        ),
        Row(
            testDescription: "an endpoint of the API server, at another port",
            finding: .addresses([address("192.0.2.1")]),
            slice: apiServer,
            wanted: "http 192.0.2.1:80"
        ),
    ]

    private static let apiServer = fixtureSlice(
        of: "default/kubernetes",
        [fixtureEndpoint("192.0.2.1")],
        ports: [EndpointPort(name: "https", port: 6443)]
    )

    @Test(
        arguments: [
            ("0.0.0.0", .unspecified), ("::", .unspecified), ("127.0.0.1", .loopback), ("127.255.255.254", .loopback),
            ("::1", .loopback), ("169.254.169.254", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
            ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("ff02::1", .multicast),
            ("255.255.255.255", .broadcast), ("10.43.0.1", .apiServer), ("::ffff:0.0.0.0", .unspecified),
            ("::ffff:127.0.0.1", .loopback), ("::ffff:169.254.169.254", .linkLocal), ("::ffff:10.43.0.1", .apiServer),
            ("::ffff:224.0.0.1", .multicast), ("::ffff:255.255.255.255", .broadcast), ("126.255.255.255", nil),
            ("128.0.0.1", nil), ("169.253.0.1", nil), ("169.255.0.1", nil), ("223.255.255.255", nil),
            ("240.0.0.1", nil), ("fd00:ec2::254", .metadata), ("fd20:ce::254", .metadata),
            ("100.100.100.200", .metadata), ("168.63.129.16", .metadata), ("::ffff:168.63.129.16", .metadata),
            ("fd00:ec2::253", nil), ("168.63.129.17", nil),
            ("10.43.0.2", nil), ("fec0::1", nil), ("2001:db8::1", nil), ("::fffe:7f00:1", nil),
        ] as [(String, AddressRefusal?)]
    )
    func `addresses that are not called`(text: String, wanted: AddressRefusal?) {
        let row = Row(testDescription: "", finding: .addresses([address(text)]), wanted: "")
        let (host, path) = (Array("x.example".utf8), Array("/".utf8))
        switch Self.cluster(row).table.route(host: host.span, path: path.span, over: .web)?.outcome {
        case .backend: #expect(wanted == nil)
        case .unavailable(.external(_, .refused(_, let refused))): #expect(refused.map(\.refusal) == [wanted])
        case let other: Issue.record("\(String(describing: other))")
        }
    }

    @Test(
        arguments: [
            ("80", nil, "outside.example"), ("8000", nil, "outside.example:8000"), ("443", nil, "outside.example"),
            ("80", "https", "outside.example:80"), ("443", "http", "outside.example:443"),
        ] as [(String, String?, String)]
    )
    func `endpoints are called by the name that came to them`(port: String, scheme: String?, wanted: String) {
        let annotations = scheme.map { ["serversscheme": $0] } ?? [:]
        let row = Row(
            testDescription: "",
            port: port,
            finding: .addresses([address("198.51.100.1")]),
            annotations: annotations,
            wanted: ""
        )
        let endpoint = Self.cluster(row).table.backend("http://x.example/")?.endpoints.first
        #expect(endpoint?.name == "outside.example")
        #expect(endpoint?.authority == wanted)
        #expect(endpoint?.identity == "198.51.100.1:\(port)")
    }

    @Test func `endpoints that are found by an address are called by it`() {
        let row = Row(testDescription: "", service: "198.51.100.1", wanted: "")
        let endpoint = Self.cluster(row).table.backend("http://x.example/")?.endpoints.first
        #expect(endpoint?.name == nil)
        #expect(endpoint?.authority == "198.51.100.1:80")
    }

    private static func text(_ table: RouteTable) -> String {
        let (host, path) = (Array("x.example".utf8), Array("/".utf8))
        switch table.route(host: host.span, path: path.span, over: .web)?.outcome {
        case .backend(let backend):
            let preferred = backend.endpoints.prefix(backend.preferredCount).map { "(\($0))" }
            let others = backend.endpoints.dropFirst(backend.preferredCount).map(\.description)
            let refused = backend.external?.refused.map { "not \($0)" } ?? ["it has no origin"]
            return ([backend.scheme.rawValue] + preferred + others + refused).joined(separator: " ")
        case .unavailable(let reason): return "\(reason)"
        case nil: return "no route"
        }
    }
}
