import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes
import Testing

/// What a port of a service comes to.
struct BackendTests {
    /// A service `shop/a` with one port, its slices, and what a route to the port says.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reference: String
        let cluster: RouteCluster
        let wanted: String

        init(
            _ name: String,
            _ wanted: String,
            to reference: String = "a:80",
            ports: [ServicePort] = [ServicePort(name: "http", port: 80)],
            _ change: (inout Service, inout [EndpointSlice]) -> Void = { _, _ in }
        ) {
            testDescription = name
            self.reference = reference
            self.wanted = wanted
            var cluster = RouteCluster("Prefix x.example/ > \(reference)")
            var service = fixtureService("shop/a", ["10.43.0.1"], ports: ports)
            var slices = [
                fixtureSlice(
                    of: "shop/a",
                    [fixtureEndpoint("10.42.1.1")],
                    ports: [EndpointPort(name: "http", port: 8080)]
                )
            ]
            change(&service, &slices)
            cluster.services = [service]
            cluster.slices = slices
            self.cluster = cluster
        }
    }

    @Test(arguments: ports + conditions + families + schemes)
    func `a port of a service`(row: Row) {
        #expect(Self.text(row.cluster.table) == row.wanted)
    }

    static let ports: [Row] = [
        Row("by number", "http 10.42.1.1:8080"),
        Row("by name", "http 10.42.1.1:8080", to: "a:http"),
        Row("by a number that is the pods' own", "no port", to: "a:8080"),
        Row("by a name in capitals", "no port", to: "a:HTTP"),
        Row(
            "the slice's port is found by name, not by number",
            "http 10.42.1.1:9090",
            ports: [ServicePort(name: "web", port: 80)]
        ) { $1[0].ports = [EndpointPort(name: "http", port: 80), EndpointPort(name: "web", port: 9090)] },
        Row("a port without a name", "http 10.42.1.1:8080", ports: [ServicePort(port: 80)]) {
            $1[0].ports = [EndpointPort(port: 8080)]
        },
        Row("a port without a name finds none with one", "no endpoints", ports: [ServicePort(port: 80)]),
        Row("a port with a name finds none without one", "no endpoints") { $1[0].ports = [EndpointPort(port: 8080)] },
        Row("a slice's port without a number", "no endpoints") {
            $1[0].ports = [EndpointPort(name: "http", port: nil)]
        },
        Row("a slice without ports", "no endpoints") { $1[0].ports = [] },
        Row("a port that is no TCP", "no port", ports: [ServicePort(name: "http", transport: .udp, port: 80)]),
        Row("a slice's port that is no TCP", "no endpoints") { $1[0].ports[0].transport = .udp },
        Row(
            "one number for two protocols",
            "http 10.42.1.1:5301",
            ports: [
                ServicePort(name: "dns-udp", transport: .udp, port: 80), ServicePort(name: "dns", port: 80),
            ]
        ) {
            $1[0].ports = [
                EndpointPort(name: "dns-udp", transport: .udp, port: 53), EndpointPort(name: "dns", port: 5301),
            ]
        },
        Row("two slices with other numbers", "http 10.42.1.1:8080 10.42.1.2:9090") {
            $1.append(slice("b", "10.42.1.2", port: 9090))
        },
        Row("one address in two slices", "http 10.42.1.1:8080") { $1.append(slice("b", "10.42.1.1")) },
        Row("one pod with two numbers", "http 10.42.1.1:8080 10.42.1.1:9090") {
            $1.append(slice("b", "10.42.1.1", port: 9090))
        },
        Row("the order is that of the addresses", "http 10.42.1.1:8080 10.42.1.2:8080 10.42.1.10:8080") {
            $1[0].endpoints = ["10.42.1.10", "10.42.1.2", "10.42.1.1"].map { fixtureEndpoint($0) }
        },
        Row("only the first address of an endpoint counts", "http 10.42.1.1:8080") {
            $1[0].endpoints[0].addresses.append(address("10.42.1.2"))
        },
        Row("an endpoint without addresses", "no endpoints") { $1[0].endpoints[0].addresses = [] },
        Row("another service's slice", "no endpoints") {
            $1[0].metadata.labels[EndpointSlice.serviceNameLabel] = "b"
        },
        Row("another namespace's slice", "no endpoints") { $1[0].metadata.namespace = "store" },
        Row("no slices", "no endpoints") { $1 = [] },
        Row("a headless service", "http 10.42.1.1:8080") { service, _ in
            service.isHeadless = true
            service.clusterIPs = []
        },
        Row("a node port service", "http 10.42.1.1:8080") { service, _ in service.type = .nodePort },
        Row("another name", "external") { service, _ in
            service.type = .externalName
            service.externalName = "outside.example"
        },
    ]

    static let conditions: [Row] = [
        Row("one that is not ready", "http 10.42.1.2:8080") {
            $1[0].endpoints = [pod("10.42.1.1", ready: false), pod("10.42.1.2")]
        },
        Row("none that is ready", "no endpoints") { $1[0].endpoints = [pod("10.42.1.1", ready: false)] },
        Row("one that terminates beside one that is ready", "http 10.42.1.2:8080") {
            $1[0].endpoints = [pod("10.42.1.1", ready: false, terminating: true), pod("10.42.1.2")]
        },
        Row("all terminate, and one serves", "http 10.42.1.1:8080") {
            $1[0].endpoints = [
                pod("10.42.1.1", ready: false, terminating: true),
                pod("10.42.1.2", ready: false, serving: false, terminating: true),
            ]
        },
        Row("all terminate, and none serves", "no endpoints") {
            $1[0].endpoints = [pod("10.42.1.2", ready: false, serving: false, terminating: true)]
        },
        Row("not ready, serving, not terminating", "no endpoints") {
            $1[0].endpoints = [pod("10.42.1.1", ready: false, serving: true)]
        },
        Row("published without being ready", "http 10.42.1.1:8080") {
            $1[0].endpoints = [pod("10.42.1.1", ready: true, serving: false)]
        },
        Row("one in two slices, ready in one", "http 10.42.1.1:8080") {
            $1[0].endpoints = [pod("10.42.1.1", ready: false)]
            $1.append(slice("b", "10.42.1.1"))
        },
        Row("one in two slices, terminating in the other", "http 10.42.1.1:8080") {
            $1[0].endpoints = [pod("10.42.1.1", ready: false, terminating: true)]
            $1.append(slice("b", "10.42.1.1"))
        },
    ]

    static let families: [Row] = [
        Row("IPv6 alone", "http [fd00:42::1]:8080") { $1 = [slice("b", "fd00:42::1")] },
        Row("both families, by addresses", "http 10.42.1.1:8080") { $1.append(slice("b", "fd00:42::1")) },
        Row("both families, IPv6 first", "http [fd00:42::1]:8080") {
            $0.ipFamilies = [.ipv6, .ipv4]
            $1.append(slice("b", "fd00:42::1"))
        },
        Row("both families, none ready of the first", "http [fd00:42::1]:8080") {
            $1[0].endpoints = [pod("10.42.1.1", ready: false)]
            $1.append(slice("b", "fd00:42::1"))
        },
        Row("both families, one terminating of the first", "http [fd00:42::1]:8080") {
            $1[0].endpoints = [pod("10.42.1.1", ready: false, terminating: true)]
            $1.append(slice("b", "fd00:42::1"))
        },
        Row("a slice of names", "http 10.42.1.1:8080") {
            $1.append(EndpointSlice(metadata: $1[0].metadata, family: nil))
            $1[1].metadata.name = "names"
        },
    ]

    static let schemes: [Row] = [
        Row("port 443", "https 10.42.1.1:8080", to: "a:443", ports: [ServicePort(name: "http", port: 443)]),
        Row("a name that begins with https", "https 10.42.1.1:8080", ports: [ServicePort(name: "https-web", port: 80)])
        {
            $1[0].ports[0].name = "https-web"
        },
        Row("a name with https in it", "http 10.42.1.1:8080", ports: [ServicePort(name: "web-https", port: 80)]) {
            $1[0].ports[0].name = "web-https"
        },
        Row("h2c", "h2c 10.42.1.1:8080", ports: [port("kubernetes.io/h2c")]),
        Row("ws", "http 10.42.1.1:8080", ports: [port("kubernetes.io/ws")]),
        Row("wss", "https 10.42.1.1:8080", ports: [port("kubernetes.io/wss")]),
        Row("https", "https 10.42.1.1:8080", ports: [port("https")]),
        Row("a protocol of somebody", "http 10.42.1.1:8080", ports: [port("example.org/x")]),
        Row("ws at 443", "http 10.42.1.1:8080", to: "a:443", ports: [port("kubernetes.io/ws", 443)]),
        Row("the annotation before the port", "http 10.42.1.1:8080", to: "a:443", ports: [port(nil, 443)]) {
            service,
            _ in
            service.metadata.annotations["traefik.ingress.kubernetes.io/service.serversscheme"] = "http"
        },
        Row("the annotation before the protocol", "https 10.42.1.1:8080", ports: [port("kubernetes.io/h2c")]) {
            service,
            _ in
            service.metadata.annotations["traefik.ingress.kubernetes.io/service.serversscheme"] = "https"
        },
        Row("the annotation h2c", "h2c 10.42.1.1:8080") { service, _ in
            service.metadata.annotations["traefik.ingress.kubernetes.io/service.serversscheme"] = "h2c"
        },
        Row("an annotation that is no scheme", "https 10.42.1.1:8080", to: "a:443", ports: [port(nil, 443)]) {
            service,
            _ in
            service.metadata.annotations["traefik.ingress.kubernetes.io/service.serversscheme"] = "ftp"
        },
    ]

    /// Endpoints of `node-1`, which is this node, and of `node-2`; what is chosen first stands before the bar.
    @Test(arguments: [
        Preference("all are alike", flag: false, "1:2 2:1", wanted: "1 2 |"),
        Preference("one of two", flag: true, "1:2 2:1", wanted: "2 | 1"),
        Preference("the service says so", says: "PreferSameNode", "1:2 2:1", wanted: "2 | 1"),
        Preference("the service says something else", says: "PreferClose", "1:2 2:1", wanted: "1 2 |"),
        Preference("the flag stands over what it says", flag: true, says: "PreferClose", "1:2 2:1", wanted: "2 | 1"),
        Preference("all are here", flag: true, "1:1 1:2", wanted: "1 2 |"),
        Preference("all are elsewhere", flag: true, "2:1 2:2", wanted: "1 2 |"),
        Preference("each part in order", flag: true, "2:1 1:4 2:3 1:2", wanted: "2 4 | 1 3"),
        Preference("the one here is not ready", flag: true, "1:1! 2:2", wanted: "2 |"),
    ])
    func `endpoints of this node`(preference: Preference) throws {
        let row = Row("", "") { service, slices in
            service.trafficDistribution = preference.says
            slices[0].endpoints = preference.pods.split(separator: " ").map { text in
                let parts = text.split(separator: ":")
                let host = parts[1].prefix { $0 != "!" }
                var endpoint = Self.pod("10.42.1.\(host)", ready: !text.hasSuffix("!"))
                endpoint.nodeName = "node-\(parts[0])"
                return endpoint
            }
        }
        var cluster = row.cluster
        cluster.configuration.prefersSameNode = preference.flag
        let backend = try #require(cluster.table.backend("http://x.example/"))
        var hosts = backend.endpoints.map { $0.description.split(separator: ".")[3].prefix { $0 != ":" } }
        // Where all are alike, all stand before the bar.
        hosts.insert("|", at: backend.preferredCount > 0 ? backend.preferredCount : hosts.count)
        #expect(hosts.joined(separator: " ") == preference.wanted)
    }

    struct Preference: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let flag: Bool
        let says: String?
        /// `NODE:HOST`, with `!` for one that is not ready.
        let pods: String
        let wanted: String

        init(_ name: String, flag: Bool = false, says: String? = nil, _ pods: String, wanted: String) {
            testDescription = name
            self.flag = flag
            self.says = says
            self.pods = pods
            self.wanted = wanted
        }
    }

    @Test(arguments: [
        (EndpointTarget.uid(0x0123_4567_89ab_cdef, 1), "01234567-89ab-cdef-0000-000000000001"),
        (.named("shop/a-1"), "shop/a-1"), (nil, "10.42.1.1:8080"),
    ])
    func `an endpoint is known by its pod`(target: EndpointTarget?, wanted: String) {
        let row = Row("", "") {
            $1[0].endpoints[0].target = target
            $1[0].endpoints[0].nodeName = "node-1"
        }
        let endpoint = row.cluster.table.backend("http://x.example/")?.endpoints.first
        #expect(endpoint?.identity == wanted)
        #expect(endpoint?.isLocal == true)
    }

    @Test func `annotations of the service reach its backends`() {
        let row = Row("", "") { service, _ in
            service.metadata.annotations = [
                "traefik.ingress.kubernetes.io/service.passhostheader": "false",
                "traefik.ingress.kubernetes.io/service.sticky.cookie.name": "where",
            ]
        }
        let backend = row.cluster.table.backend("http://x.example/")
        #expect(backend?.passesHost == false)
        #expect(backend?.sticky?.name == "where")
        #expect(backend?.port == 80)
    }

    private static func text(_ table: RouteTable) -> String {
        let (host, path) = (Array("x.example".utf8), Array("/".utf8))
        switch table.route(host: host.span, path: path.span, over: .web)?.outcome {
        case .backend(let backend):
            return ([backend.scheme.rawValue] + backend.endpoints.map(\.description)).joined(separator: " ")
        case .unavailable(.noPort): return "no port"
        case .unavailable(.noEndpoints): return "no endpoints"
        case .unavailable(.external(_, .notAllowed)): return "external"
        case .unavailable(let reason): return "\(reason)"
        case nil: return "no route"
        }
    }

    private static func slice(_ suffix: String, _ text: String, port: UInt16 = 8080) -> EndpointSlice {
        let ports = [EndpointPort(name: "http", port: port)]
        return fixtureSlice(of: "shop/a", suffix: suffix, [fixtureEndpoint(text)], ports: ports)
    }

    private static func pod(
        _ text: String,
        ready: Bool = true,
        serving: Bool = true,
        terminating: Bool = false
    ) -> Endpoint {
        var endpoint = fixtureEndpoint(text, isReady: ready)
        endpoint.isServing = serving
        endpoint.isTerminating = terminating
        return endpoint
    }

    private static func port(_ appProtocol: String?, _ number: UInt16 = 80) -> ServicePort {
        ServicePort(name: "http", port: number, appProtocol: appProtocol)
    }
}
