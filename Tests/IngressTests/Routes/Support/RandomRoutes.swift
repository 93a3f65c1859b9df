import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes
import SeededNumbers

/// Changes of few objects in few forms, so that the same ones come, go and compete again and again.
enum RandomRoutes {
    static let hosts = [nil, "x.example", "y.example", "*.example", "a.x.example", "*.x.example", "*"]
    static let paths = ["/", "/a", "/a/", "/a/b", "/a/b/", "/b", "/b/c", "/B", "/a//", "/a//b", "//"]
    static let middlewares = ["strip", "deny", "list"]

    static func change(using random: inout SeededNumbers) -> ClusterChange {
        let object = object(using: &random)
        return random.oneIn(4) ? .remove(object.key) : .set(object)
    }

    /// What is known of names, of which services stand for two.
    static func names(using random: inout SeededNumbers) -> [ExternalName: ExternalNameFinding] {
        var names: [ExternalName: ExternalNameFinding] = [:]
        for name in ["outside.example", "other.example", "unwanted.example"].compactMap(ExternalName.init) {
            let addresses = ["127.0.0.1", "10.43.0.1", "10.42.1.1", "198.51.100.1", "2001:db8::1"].map { address($0) }
            let chosen = addresses.filter { _ in random.oneIn(2) }
            let nothing = random.pick([ExternalNameFinding.nothing("gone"), .failed("silence"), nil])
            names[name] = chosen.isEmpty ? nothing : random.oneIn(4) ? .remembered(chosen) : .addresses(chosen)
        }
        return names
    }

    /// A request that may have a route, in the form in which it is looked up.
    static func request(mergingSlashes: Bool, using random: inout SeededNumbers) -> String {
        let host = random.pick(["x.example", "y.example", "z.example", "a.x.example", "b.a.x.example", "example", ""])
        let path = random.pick(paths + ["/a/b/c", "/ab", "/c", "/a/b/c/d/e"])
        if mergingSlashes, path.contains("//") { return request(mergingSlashes: true, using: &random) }
        return "\(random.pick(["http", "https"]))://\(host)\(path)"
    }

    private static func object(using random: inout SeededNumbers) -> ClusterObject {
        switch Int.random(in: 0..<22, using: &random) {
        case 0..<9: .ingress(ingress(using: &random))
        case 9..<12: .service(service(using: &random))
        case 12..<17: .endpointSlice(slice(using: &random))
        case 17: .ingressClass(ingressClass(using: &random))
        case 18: .middleware(middleware(using: &random))
        case 19, 20: .node(node(using: &random))
        default:
            .secret(
                Secret(metadata: ObjectMetadata(name: random.pick(["tls-1", "tls-2"]), namespace: namespace(&random)))
            )
        }
    }

    private static func namespace(_ random: inout SeededNumbers) -> String { random.pick(["shop", "store"]) }

    private static func ingress(using random: inout SeededNumbers) -> ClusterState.Ingress {
        var metadata = ObjectMetadata(
            name: "i\(Int.random(in: 1...4, using: &random))",
            namespace: namespace(&random),
            createdAt: random.pick([nil, 1, 2, 3])
        )
        let annotations: [(String, [String])] = [
            ("router.entrypoints", ["web", "websecure", "web,websecure", "other", "web,other"]),
            ("router.tls", ["true", "false"]), ("router.priority", ["1", "100", "-5", "0", "x"]),
            ("router.middlewares", ["shop-strip@kubernetescrd", "store-list@kubernetescrd,shop-deny@kubernetescrd"]),
            ("router.pathmatcher", ["Path", "PathPrefix"]), ("router.unknown", ["1"]),
        ]
        for (name, values) in annotations where random.oneIn(6) {
            metadata.annotations["traefik.ingress.kubernetes.io/\(name)"] = random.pick(values)
        }
        var ingress = ClusterState.Ingress(metadata: metadata)
        ingress.className = random.pick(["linnet", "linnet", "traefik", "nginx", nil, nil, ""])
        if random.oneIn(3) { ingress.defaultBackend = backend(&random) }
        ingress.rules = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            IngressRule(
                host: random.pick(hosts),
                paths: (0..<Int.random(in: 0...4, using: &random)).map { _ in path(&random) }
            )
        }
        if random.oneIn(3) {
            ingress.tls = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                IngressTLS(
                    hosts: random.pick([[], ["x.example"], ["*.example", "y.example"], ["*.x.example"]]),
                    secretName: random.pick([nil, "tls-1", "tls-2"])
                )
            }
        }
        return ingress
    }

    private static func path(_ random: inout SeededNumbers) -> IngressPath {
        let match = random.pick(IngressPath.Match.allCases)
        let path = match == .implementationSpecific && random.oneIn(4) ? "" : random.pick(paths)
        return IngressPath(path: path, match: match, backend: backend(&random))
    }

    private static func backend(_ random: inout SeededNumbers) -> IngressBackend {
        guard !random.oneIn(12) else { return .resource(kind: "Bucket", name: "files") }
        return .service(
            name: "s\(Int.random(in: 1...4, using: &random))",
            port: random.pick([.number(80), .number(443), .name("http"), .name("https")])
        )
    }

    private static func service(using random: inout SeededNumbers) -> Service {
        if random.oneIn(8) { return fixtureService("default/kubernetes", [random.pick(["10.43.0.1", "10.43.0.2"])]) }
        var service = fixtureService("\(namespace(&random))/s\(Int.random(in: 1...4, using: &random))", ["10.43.0.1"])
        service.ports = [
            ServicePort(name: random.pick(["http", ""]), transport: random.oneIn(8) ? .udp : .tcp, port: 80),
            ServicePort(name: "https", port: 443, appProtocol: random.pick([nil, "kubernetes.io/h2c", "http"])),
        ].filter { _ in !random.oneIn(6) }
        if random.oneIn(4) { service.trafficDistribution = "PreferSameNode" }
        if random.oneIn(8) {
            service.type = .externalName
            service.externalName = random.pick([
                "outside.example", "Other.example.", "198.51.100.1", "127.0.0.1", "no name", nil,
            ])
        }
        let annotations: [(String, [String])] = [
            ("serversscheme", ["h2c", "ftp"]), ("passhostheader", ["false", "maybe"]), ("sticky.cookie", ["true"]),
            ("middlewares", ["shop-strip@kubernetescrd"]),
        ]
        for (name, values) in annotations where random.oneIn(6) {
            service.metadata.annotations["traefik.ingress.kubernetes.io/service.\(name)"] = random.pick(values)
        }
        return service
    }

    /// A slice may change its service, and hold what another slice holds too.
    private static func slice(using random: inout SeededNumbers) -> EndpointSlice {
        let isSecond = random.oneIn(4)
        let endpoints = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            let number = Int.random(in: 1...4, using: &random)
            var endpoint = fixtureEndpoint(isSecond ? "fd00:42::\(number)" : "10.42.1.\(number)")
            if random.oneIn(3) {
                endpoint.isReady = false
                endpoint.isTerminating = random.oneIn(2)
                endpoint.isServing = random.oneIn(2)
            }
            endpoint.nodeName = random.pick([nil, "node-1", "node-2"])
            endpoint.target = random.pick([nil, .named("shop/p-\(number)"), .uid(1, UInt64(number))])
            return endpoint
        }
        let ports: [EndpointPort] = [
            EndpointPort(name: "http", port: random.pick([nil, 8080, 9090])),
            EndpointPort(name: "https", transport: random.oneIn(8) ? .udp : .tcp, port: 8443), EndpointPort(port: 80),
        ]
        let isAPIServer = random.oneIn(8)
        let service =
            isAPIServer ? "default/kubernetes" : "\(namespace(&random))/s\(Int.random(in: 1...4, using: &random))"
        var slice = fixtureSlice(of: service, endpoints, ports: ports.filter { _ in !random.oneIn(5) })
        slice.metadata.name = "slice-\(Int.random(in: 1...5, using: &random))"
        if random.oneIn(8) { slice.metadata.labels = [:] }
        return slice
    }

    /// A node that may have what names come to.
    private static func node(using random: inout SeededNumbers) -> Node {
        var node = fixtureNode(Int.random(in: 1...3, using: &random))
        if random.oneIn(2) { node.externalAddresses.v4 = address("198.51.100.1") }
        if random.oneIn(3) { node.podCIDRs = PerFamily() }
        node.labels = ["form": random.pick(["a", "b"])]
        return node
    }

    private static func ingressClass(using random: inout SeededNumbers) -> IngressClass {
        var metadata = ObjectMetadata(name: random.pick(["linnet", "nginx"]), createdAt: random.pick([nil, 1, 2]))
        if random.oneIn(2) { metadata.annotations[IngressClass.defaultAnnotation] = "true" }
        return IngressClass(metadata: metadata, controller: random.pick(["a/b", "c/d"]))
    }

    private static func middleware(using random: inout SeededNumbers) -> Middleware {
        let spec: StructuredValue = random.pick([
            .object(["stripPrefix": .object(["prefixes": .array([.string("/a")])])]),
            .object(["ipAllowList": .object(["sourceRange": .array([.string("10.0.0.0/8")])])]), .object([:]),
        ])
        let name = random.pick(middlewares)
        return Middleware(metadata: ObjectMetadata(name: name, namespace: namespace(&random)), spec: spec)
    }
}

extension SeededNumbers {
    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &self)]
    }
}
