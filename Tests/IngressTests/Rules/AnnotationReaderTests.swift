import ClusterState
import Testing

@testable import Ingress

/// Traefik's annotations → what they ask for, and what is said of those that cannot be read.
@Suite struct AnnotationReaderTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let annotations: [String: String]
        /// Part of each complaint, in the order of the annotations' names.
        let complaints: [String]
        let ingress: @Sendable (inout IngressAnnotations) -> Void
        let service: @Sendable (inout ServiceAnnotations) -> Void

        init(
            _ annotations: [String: String],
            complaints: [String] = [],
            ingress: @escaping @Sendable (inout IngressAnnotations) -> Void = { _ in },
            service: @escaping @Sendable (inout ServiceAnnotations) -> Void = { _ in }
        ) {
            self.annotations = annotations
            self.complaints = complaints
            self.ingress = ingress
            self.service = service
        }

        var testDescription: String {
            annotations.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ")
        }

        /// The annotations with Traefik's prefix.
        var metadata: ObjectMetadata {
            let prefixed = annotations.map { ("traefik.ingress.kubernetes.io/\($0.key)", $0.value) }
            return ObjectMetadata(
                name: "web",
                namespace: "shop",
                annotations: Dictionary(uniqueKeysWithValues: prefixed)
            )
        }
    }

    static let ingresses = [
        Row([:]),
        Row(["router.entrypoints": "websecure"], ingress: { $0.entryPoints = [.websecure] }),
        Row(["router.entrypoints": " web , websecure "]),
        Row(["router.entryPoints": "web"], ingress: { $0.entryPoints = [.web] }),
        Row(["router.entrypoints": ""]),
        Row(
            ["router.entrypoints": "web,metrics"],
            complaints: ["no entry point 'metrics'"],
            ingress: { $0.entryPoints = [.web] }
        ),
        Row(["router.entrypoints": "internal"], complaints: ["no entry point"], ingress: { $0.entryPoints = [] }),
        Row(["router.tls": "true"], ingress: { $0.requiresTLS = true }),
        Row(["router.tls": "T"], ingress: { $0.requiresTLS = true }),
        Row(["router.tls": "false"]),
        Row(["router.tls": "yes"], complaints: ["neither true nor false"], ingress: { $0.requiresTLS = true }),
        Row(
            ["router.tls.certresolver": "le"],
            complaints: ["spec.tls"],
            ingress: { $0.requiresTLS = true }
        ),
        Row(
            ["router.tls.domains.0.main": "a.example", "router.tls": "false"],
            complaints: ["spec.tls"],
            ingress: { $0.requiresTLS = true }
        ),
        Row(["router.tls.options": "x@file"], complaints: ["remove this"], ingress: { $0.requiresTLS = true }),
        Row(["router.priority": "42"], ingress: { $0.priority = 42 }),
        Row(["router.priority": "-1"], ingress: { $0.priority = -1 }),
        Row(["router.priority": "0"]),
        Row(["router.priority": "high"], complaints: ["no whole number"]),
        Row(["router.pathmatcher": "Path"], ingress: { $0.pathMatch = .exact }),
        Row(["router.pathmatcher": "PathPrefix"]),
        Row(["router.pathmatcher": "PathRegexp"], complaints: ["PathRegexp"]),
        Row(
            ["router.middlewares": "shop-a@kubernetescrd, shop-b@kubernetescrd,"],
            ingress: {
                $0.middlewares = ["shop-a@kubernetescrd", "shop-b@kubernetescrd"].map { MiddlewareReference($0) }
            }
        ),
        Row(["router.middlewares": ""]),
        Row(["router.rulesyntax": "v2"], complaints: ["one syntax"]),
        Row(["router.observability.accesslogs": "true"], complaints: ["whole node"]),
        Row(["router.entrypoint": "web"], complaints: ["does not know"]),
        Row(["service.serversscheme": "https"], complaints: ["for the Service"]),
        Row(["frobnicate": "1"], complaints: ["does not know"]),
    ]

    @Test(arguments: ingresses) func `an Ingress's annotations are read`(row: Row) {
        let (read, complaints) = AnnotationReader.read(ClusterState.Ingress(metadata: row.metadata))
        var wanted = IngressAnnotations()
        row.ingress(&wanted)
        #expect(read == wanted)
        Self.expect(complaints, of: .ingress, row)
    }

    static let services = [
        Row([:]),
        Row(["service.serversscheme": "h2c"], service: { $0.scheme = .h2c }),
        Row(["service.serversscheme": "https"], service: { $0.scheme = .https }),
        Row(["service.serversScheme": "http"], service: { $0.scheme = .http }),
        Row(["service.serversscheme": "grpc"], complaints: ["not by 'grpc'"]),
        Row(["service.passhostheader": "false"], service: { $0.passesHost = false }),
        Row(["service.passhostheader": "nope"], complaints: ["neither true nor false"]),
        Row(["service.sticky.cookie": "true"], service: { $0.sticky = .init() }),
        Row(["service.sticky.cookie": "false"]),
        Row(["service.sticky.cookie.name": "seat"], service: { $0.sticky = .init(name: "seat") }),
        Row(["service.sticky.cookie.name": "a b;ü"], service: { $0.sticky = .init(name: "a_b__") }),
        Row(["service.sticky.cookie.secure": "true"], service: { $0.sticky = .init(isSecure: true) }),
        Row(["service.sticky.cookie.httponly": "true"], service: { $0.sticky = .init(isHTTPOnly: true) }),
        Row(["service.sticky.cookie.samesite": "lax"], service: { $0.sticky = .init(sameSite: .lax) }),
        Row(
            ["service.sticky.cookie.samesite": "maybe"],
            complaints: ["none of none, lax and strict"],
            service: { $0.sticky = .init() }
        ),
        Row(["service.sticky.cookie.maxage": "3600"], service: { $0.sticky = .init(maxAge: 3_600) }),
        Row(["service.sticky.cookie.maxage": "1h"], complaints: ["seconds"], service: { $0.sticky = .init() }),
        Row(["service.sticky.cookie.path": "/app"], service: { $0.sticky = .init(path: "/app") }),
        Row(["service.sticky.cookie.path": "/; x"], complaints: ["no cookie"], service: { $0.sticky = .init() }),
        Row(["service.sticky.cookie.domain": "a.example"], service: { $0.sticky = .init(domain: "a.example") }),
        Row(["service.sticky.cookie.colour": "red"], complaints: ["does not know"]),
        Row(["service.nativelb": "true"], complaints: ["cluster IP"]),
        Row(["service.nativelb": "false"]),
        Row(["service.nodeportlb": "true"], complaints: ["node ports"]),
        Row(["service.serverstransport": "shop-x@kubernetescrd"], complaints: ["ServersTransports"]),
        Row(
            ["service.middlewares": "shop-a@kubernetescrd"],
            service: { $0.middlewares = [MiddlewareReference("shop-a@kubernetescrd")] }
        ),
        Row(["router.tls": "true"], complaints: ["for the Ingress"]),
        Row(["service.weight": "3"], complaints: ["does not know"]),
    ]

    @Test(arguments: services) func `a service's annotations are read`(row: Row) {
        let (read, complaints) = AnnotationReader.read(Service(metadata: row.metadata))
        var wanted = ServiceAnnotations()
        row.service(&wanted)
        #expect(read == wanted)
        Self.expect(complaints, of: .service, row)
    }

    private static func expect(_ complaints: [RuleComplaint], of kind: ObjectKind, _ row: Row) {
        #expect(complaints.count == row.complaints.count, "\(complaints)")
        for (complaint, part) in zip(complaints, row.complaints) {
            #expect(complaint.message.contains(part))
            #expect(complaint.effect == .ignored)
            #expect(complaint.object == ObjectKey(kind, namespace: "shop", name: "web"))
            #expect(row.metadata.annotations.keys.contains(complaint.place))
        }
    }

    @Test func `annotations of others are nobody's business here`() {
        let metadata = ObjectMetadata(name: "web", annotations: ["nginx.ingress.kubernetes.io/app-root": "/x"])
        #expect(AnnotationReader.read(ClusterState.Ingress(metadata: metadata)).complaints == [])
    }

    @Test func `a route over TLS alone is not served by HTTP`() {
        var annotations = IngressAnnotations()
        #expect(annotations.isServed(over: .web) && annotations.isServed(over: .websecure))
        annotations.requiresTLS = true
        #expect(!annotations.isServed(over: .web) && annotations.isServed(over: .websecure))
        annotations.entryPoints = [.web]
        #expect(!annotations.isServed(over: .web) && !annotations.isServed(over: .websecure))
    }
}

extension StickyCookie.Settings {
    init(
        name: String? = nil,
        isSecure: Bool = false,
        isHTTPOnly: Bool = false,
        sameSite: SameSite? = nil,
        maxAge: Int = 0,
        path: String = "/",
        domain: String? = nil
    ) {
        self.init()
        self.name = name
        self.isSecure = isSecure
        self.isHTTPOnly = isHTTPOnly
        self.sameSite = sameSite
        self.maxAge = maxAge
        self.path = path
        self.domain = domain
    }
}
