import ClusterState
import NetworkTypes
import Testing

@testable import Ingress

/// What middlewares and cookies do to requests on their way. All go to `lone.example`.
@Suite struct RuleConversationTests {
    private static let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

    /// A conversation whose route has one middleware.
    private func bench(
        _ name: String,
        _ spec: [String: StructuredValue],
        _ others: [ClusterObject] = []
    ) throws -> MachineBench {
        try MachineBench { ingress, _ in
            ingress.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"] = "default-m@kubernetescrd"
            let middleware = Middleware(
                metadata: ObjectMetadata(name: "m", namespace: "default"),
                spec: .object([name: .object(spec)])
            )
            return [.middleware(middleware)] + others
        }
    }

    @Test func `a redirect is answered without an endpoint`() throws {
        let bench = try bench("redirectScheme", ["scheme": .string("https"), "permanent": .boolean(true)])
        bench.client("GET /a?b HTTP/1.1\r\nHost: lone.example\r\n\r\n")
        #expect(bench.statuses == [301])
        #expect(bench.clientText.contains("Location: https://lone.example/a?b\r\n"))
        #expect(bench.upstreams.isEmpty)
    }

    @Test func `a prefix is taken off and told`() throws {
        let bench = try bench("stripPrefix", ["prefixes": .array([.string("/api")])])
        bench.client("GET /api/v1?q=1 HTTP/1.1\r\nHost: lone.example\r\nX-A: 1\r\n\r\n")
        #expect(bench.upstreamText().hasPrefix("GET /v1?q=1 HTTP/1.1\r\nHost: lone.example\r\nX-A: 1\r\n"))
        #expect(bench.upstreamText().contains("X-Forwarded-Prefix: /api\r\n"))
        #expect(bench.upstreamText().contains("X-Forwarded-For: 198.51.100.7\r\n"))
    }

    @Test func `fields of both ways are changed`() throws {
        let bench = try bench(
            "headers",
            [
                "customRequestHeaders": .object(["X-Given": .string("1"), "X-Gone": .string("")]),
                "customResponseHeaders": .object(["X-Back": .string("2"), "X-Hidden": .string("")]),
            ]
        )
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\nX-Gone: 1\r\nX_Gone: 2\r\n\r\n")
        #expect(bench.upstreamText().contains("X-Given: 1\r\n"))
        #expect(!bench.upstreamText().contains("Gone"))
        try bench.upstream("HTTP/1.1 200 OK\r\nX-Hidden: 1\r\nContent-Length: 0\r\n\r\n")
        #expect(bench.clientText.contains("X-Back: 2\r\n"))
        #expect(!bench.clientText.contains("Hidden"))
    }

    @Test func `an address that is not allowed goes nowhere`() throws {
        let bench = try bench("ipAllowList", ["sourceRange": .array([.string("10.0.0.0/8")])])
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n")
        #expect(bench.statuses == [403])
        #expect(bench.upstreams.isEmpty)
    }

    @Test func `a middleware that is missing refuses`() throws {
        let bench = try MachineBench { ingress, _ in
            ingress.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"] = "default-m@kubernetescrd"
            return []
        }
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n")
        #expect(bench.statuses == [503])
    }

    // MARK: - Passwords

    /// The password of `a` is `b`, as crypt(3) has it with a salt of its own.
    private func guarded() throws -> MachineBench {
        var secret = Secret(metadata: ObjectMetadata(name: "users", namespace: "default"))
        secret.data = ["users": Array("a:$apr1$12345678$ISvcGOhsF8qIYOiRcWpC2/\n".utf8)]
        return try bench("basicAuth", ["secret": .string("users")], [.secret(secret)])
    }

    private static let credentials = "Authorization: Basic YTpi\r\n"

    @Test func `who gives no password is asked for one`() throws {
        let bench = try guarded()
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n")
        #expect(bench.statuses == [401])
        #expect(bench.clientText.contains("WWW-Authenticate: Basic realm="))
        #expect(bench.upstreams.isEmpty)
    }

    @Test(arguments: [true, false])
    func `a request waits until its password is compared`(isRight: Bool) throws {
        let bench = try guarded()
        bench.client(
            "POST / HTTP/1.1\r\nHost: lone.example\r\n\(Self.credentials)Content-Length: 3\r\n\r\nabc"
                + "GET /next HTTP/1.1\r\nHost: nobody.example\r\n\r\n"
        )
        #expect(bench.upstreams.isEmpty)
        #expect(bench.toClient.isEmpty)
        bench.passwordIs(isRight)
        guard isRight else {
            #expect(bench.upstreams.isEmpty)
            #expect(bench.statuses == [401, 404])
            return
        }
        #expect(bench.upstreamText().hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(bench.upstreamText().hasSuffix("\r\n\r\nabc"))
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [200, 404])
    }

    @Test func `a password that was right once is not compared again`() throws {
        let bench = try guarded()
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\(Self.credentials)\r\n")
        bench.passwordIs(true)
        try bench.upstream(Self.fine)
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\(Self.credentials)\r\n")
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [200, 200])
    }

    @Test func `a client that leaves while its password is compared is forgotten`() throws {
        let bench = try guarded()
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\(Self.credentials)\r\n")
        bench.clientBreaks()
        bench.passwordIs(true)
        #expect(bench.upstreams.isEmpty)
        #expect(bench.isClientClosed)
    }

    // MARK: - Cookies

    @Test func `a client comes back to the endpoint that its cookie names`() throws {
        var cookies: Set<String> = []
        for _ in 0..<20 {
            let bench = try sticky()
            bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n")
            let endpoint = bench.upstreams[0].endpoint
            try bench.upstream(Self.fine)
            let line = try #require(bench.clientText.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: ") })
            let cookie = try #require(line.dropFirst(12).split(separator: ";").first)
            cookies.insert(String(cookie))
            for _ in 0..<5 {
                let again = try sticky()
                again.client("GET / HTTP/1.1\r\nHost: lone.example\r\nCookie: x=y; \(cookie)\r\n\r\n")
                #expect(again.upstreams[0].endpoint == endpoint)
                try again.upstream(Self.fine)
                #expect(!again.clientText.contains("Set-Cookie"))
            }
        }
        #expect(cookies.count == 2)
    }

    /// Two endpoints, of which the clients keep one.
    private func sticky() throws -> MachineBench {
        try MachineBench { _, service in
            service.metadata.annotations["traefik.ingress.kubernetes.io/service.sticky.cookie"] = "true"
            let slice = EndpointSlice(
                metadata: ObjectMetadata(
                    name: "more",
                    namespace: "default",
                    labels: [EndpointSlice.serviceNameLabel: "lone"]
                ),
                family: .ipv4,
                endpoints: [Endpoint(addresses: [.v4(.init(10, 42, 9, 9))])],
                ports: [EndpointPort(port: 8080)]
            )
            return [.endpointSlice(slice)]
        }
    }
}
