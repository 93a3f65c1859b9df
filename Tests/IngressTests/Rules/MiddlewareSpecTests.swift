import ClusterFixtures
import ClusterState
import Testing

@testable import Ingress

/// Specs of middlewares → the step that they make, or what is wrong with them.
@Suite struct MiddlewareSpecTests {
    static func read(_ spec: StructuredValue, secrets: [Secret] = []) -> RulesReading {
        let metadata = ObjectMetadata(name: "m", namespace: "shop")
        return RulesReading(
            of: NamespacedName(namespace: "shop", name: "web"),
            [MiddlewareReference("shop-m@kubernetescrd")],
            in: RuleSources(
                middleware: { $0.name == "m" ? Middleware(metadata: metadata, spec: spec) : nil },
                secret: { name in secrets.first { $0.metadata.namespacedName == name } }
            )
        )
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let spec: StructuredValue
        let steps: [RequestStep]
        /// Places with parts of what is said of them.
        let complaints: [(String, String)]

        init(_ spec: StructuredValue, _ steps: RequestStep..., complaints: [(String, String)] = []) {
            self.spec = spec
            self.steps = steps
            self.complaints = complaints
        }

        var testDescription: String { "\(spec)" }
    }

    private static func limit(
        _ rate: Double,
        burst: Int = 1,
        _ criterion: RateLimit.Criterion = .address(.peer())
    ) -> RequestStep {
        .limit(RateLimit(identity: "shop/web shop/m", rate: rate, burst: burst, criterion: criterion))
    }

    private static func allow(_ networks: [String], _ source: AddressSource = .peer(), _ status: UInt16 = 403)
        -> RequestStep
    {
        .allow(AddressAllowance(networks: networks.map { network($0) }, source: source, rejection: status))
    }

    static let rows = [
        Row(["redirectScheme": ["scheme": "https"]], .redirect(SchemeRedirect(scheme: .https))),
        Row(
            ["redirectScheme": ["scheme": "https", "port": "8443", "permanent": true]],
            .redirect(SchemeRedirect(scheme: .https, port: 8_443, isPermanent: true))
        ),
        Row(
            ["redirectScheme": ["scheme": "http", "port": 8080]],
            .redirect(SchemeRedirect(scheme: .http, port: 8_080))
        ),
        Row(["redirectScheme": ["scheme": "https", "port": ""]], .redirect(SchemeRedirect(scheme: .https))),
        Row(
            ["redirectScheme": ["scheme": "https", "host": "x"]],
            .redirect(SchemeRedirect(scheme: .https)),
            complaints: [("spec.redirectScheme.host", "does not know this field")]
        ),
        Row(
            ["stripPrefix": ["prefixes": [" /a ", "/b"]]],
            .strip(PrefixStrip(prefixes: [Array("/a".utf8), Array("/b".utf8)]))
        ),
        Row(
            ["stripPrefix": ["prefixes": ["/caf\u{e9}", "/caf%c3%a9/%7eb", "/a%2"]]],
            .strip(PrefixStrip(prefixes: ["/caf%C3%A9", "/caf%C3%A9/~b", "/a%252"].map { Array($0.utf8) }))
        ),
        Row(
            ["stripPrefix": ["prefixes": ["/a"], "forceSlash": true]],
            .strip(PrefixStrip(prefixes: [Array("/a".utf8)])),
            complaints: [("spec.stripPrefix.forceSlash", "going away")]
        ),
        Row(
            ["stripPrefix": [:]],
            .strip(PrefixStrip(prefixes: [])),
            complaints: [("spec.stripPrefix.prefixes", "nothing is stripped")]
        ),
        Row(["ipAllowList": ["sourceRange": ["192.0.2.1", "10.1.2.3/8"]]], allow(["192.0.2.1/32", "10.0.0.0/8"])),
        Row(["ipWhiteList": ["sourceRange": ["2001:db8::/32"]]], allow(["2001:db8::/32"])),
        Row(["ipAllowList": ["sourceRange": ["::ffff:192.0.2.1"]]], allow(["192.0.2.1/32"])),
        Row(
            ["ipAllowList": ["sourceRange": ["192.0.2.1"], "rejectStatusCode": 404]],
            allow(["192.0.2.1/32"], .peer(), 404)
        ),
        Row(
            ["ipAllowList": ["sourceRange": ["192.0.2.1"], "ipStrategy": ["depth": 2, "excludedIPs": ["10.0.0.1"]]]],
            allow(["192.0.2.1/32"], .depth(2))
        ),
        Row(
            ["ipAllowList": ["sourceRange": ["192.0.2.1"], "ipStrategy": ["excludedIPs": ["10.0.0.1"]]]],
            allow(["192.0.2.1/32"], .excluding([network("10.0.0.1/32")]))
        ),
        Row(
            ["ipAllowList": ["sourceRange": ["192.0.2.1"], "ipStrategy": ["ipv6Subnet": 64, "deep": 1]]],
            allow(["192.0.2.1/32"], .peer(subnetBits: 64)),
            complaints: [("spec.ipAllowList.ipStrategy.deep", "does not know this field")]
        ),
        Row(["rateLimit": ["average": 100]], limit(100)),
        Row(["rateLimit": ["average": 100, "burst": 50]], limit(100, burst: 50)),
        Row(["rateLimit": ["average": 6, "period": "1m"]], limit(0.1)),
        Row(["rateLimit": ["average": 6, "period": 60]], limit(0.1)),
        Row(["rateLimit": ["average": 6, "period": "0"]], limit(6)),
        Row(["rateLimit": ["average": 6, "burst": 0]], limit(6)),
        Row(["rateLimit": ["average": 6, "sourceCriterion": [:]]], limit(6)),
        Row(["rateLimit": ["average": 6, "sourceCriterion": ["requestHost": true]]], limit(6, .host)),
        Row(
            ["rateLimit": ["average": 6, "sourceCriterion": ["requestHeaderName": "X-Key"]]],
            limit(6, .field("x-key"))
        ),
        Row(
            ["rateLimit": ["average": 6, "sourceCriterion": ["ipStrategy": ["depth": 1]]]],
            limit(6, .address(.depth(1)))
        ),
        Row(["rateLimit": ["average": 0]], complaints: [("spec.rateLimit.average", "sets no limit")]),
        Row(
            ["rateLimit": ["average": 6, "redis": ["endpoints": ["x"]]]],
            limit(6),
            complaints: [("spec.rateLimit.redis", "each node counts on its own")]
        ),
        Row(
            ["headers": [:]],
            .headers(HeaderRules()),
            complaints: [("spec.headers", "nothing is set")]
        ),
        Row(
            ["headers": ["customRequestHeaders": ["Content-Length": "3"]]],
            .headers(HeaderRules()),
            complaints: [("spec.headers.customRequestHeaders.Content-Length", "only the proxy writes it")]
        ),
        Row(
            ["headers": ["customResponseHeaders": ["transfer-encoding": ""]]],
            .headers(HeaderRules()),
            complaints: [("spec.headers.customResponseHeaders.transfer-encoding", "only the proxy writes it")]
        ),
        Row(
            ["headers": ["customRequestHeaders": ["Host": ""]]],
            .headers(HeaderRules()),
            complaints: [("spec.headers.customRequestHeaders.Host", "need a host")]
        ),
        Row(
            ["headers": ["sslRedirect": true, "publicKey": "x", "frameDenied": true]],
            .headers(HeaderRules()),
            complaints: [
                ("spec.headers.sslRedirect", "redirectScheme"), ("spec.headers.publicKey", "given up"),
                ("spec.headers.frameDenied", "does not know this field"),
            ]
        ),
        Row(
            ["headers": ["accessControlAllowOriginListRegex": ["x"]]],
            .headers(HeaderRules()),
            complaints: [("spec.headers.accessControlAllowOriginListRegex", "list the origins")]
        ),
        Row(["compress": ["minResponseBodyBytes": 1]], complaints: [("spec.compress", "leaves it out")]),
        Row(["retry": ["attempts": 4]], complaints: [("spec.retry", "leaves it out")]),
    ]

    @Test(arguments: rows) func `what can be read becomes a step`(row: Row) {
        let reading = Self.read(row.spec)
        #expect(reading.rules.steps == row.steps)
        #expect(reading.complaints.map(\.place) == row.complaints.map(\.0))
        for (complaint, (_, part)) in zip(reading.complaints, row.complaints) {
            #expect(complaint.message.contains(part), "\(complaint)")
            #expect(complaint.effect == .ignored)
            #expect(complaint.object == ObjectKey(.middleware, namespace: "shop", name: "m"))
        }
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        let spec: StructuredValue
        let place: String
        let message: String

        init(_ spec: StructuredValue, _ place: String, _ message: String) {
            self.spec = spec
            self.place = place
            self.message = message
        }

        var testDescription: String { "\(spec)" }
    }

    static let faults = [
        Fault("compress", "spec", "as a map"),
        Fault(["redirectScheme": "https"], "spec.redirectScheme", "as a map"),
        Fault(["redirectScheme": [:]], "spec.redirectScheme.scheme", "http or https"),
        Fault(["redirectScheme": ["scheme": "ftp"]], "spec.redirectScheme.scheme", "http or https"),
        Fault(["redirectScheme": ["scheme": "https", "port": "x"]], "spec.redirectScheme.port", "1 to 65535"),
        Fault(["redirectScheme": ["scheme": "https", "port": 0]], "spec.redirectScheme.port", "1 to 65535"),
        Fault(
            ["redirectScheme": ["scheme": "https", "permanent": "yes"]],
            "spec.redirectScheme.permanent",
            "true or false"
        ),
        Fault(["stripPrefix": ["prefixes": "/a"]], "spec.stripPrefix.prefixes", "a list"),
        Fault(["stripPrefix": ["prefixes": ["a"]]], "spec.stripPrefix.prefixes", "no beginning of a path"),
        Fault(["stripPrefix": ["prefixes": ["/a b"]]], "spec.stripPrefix.prefixes", "no beginning of a path"),
        Fault(["stripPrefix": ["prefixes": [["a"]]]], "spec.stripPrefix.prefixes", "list of texts"),
        Fault(["ipAllowList": [:]], "spec.ipAllowList.sourceRange", "it is empty"),
        Fault(["ipAllowList": ["sourceRange": ["all"]]], "spec.ipAllowList.sourceRange", "neither an address"),
        Fault(["ipAllowList": ["sourceRange": ["10.0.0.0/33"]]], "spec.ipAllowList.sourceRange", "neither"),
        Fault(
            ["ipAllowList": ["sourceRange": ["192.0.2.1"], "rejectStatusCode": 200]],
            "spec.ipAllowList.rejectStatusCode",
            "400 to 599"
        ),
        Fault(
            ["ipAllowList": ["sourceRange": ["192.0.2.1"], "ipStrategy": ["depth": -1]]],
            "spec.ipAllowList.ipStrategy.depth",
            "1 or more"
        ),
        Fault(
            ["ipAllowList": ["sourceRange": ["192.0.2.1"], "ipStrategy": ["ipv6Subnet": 129]]],
            "spec.ipAllowList.ipStrategy.ipv6Subnet",
            "1 to 128"
        ),
        Fault(["rateLimit": ["average": "many"]], "spec.rateLimit.average", "whole number"),
        Fault(["rateLimit": [:]], "spec.rateLimit.average", "is missing"),
        Fault(["rateLimit": ["avarage": 5]], "spec.rateLimit.average", "is missing"),
        Fault(["rateLimit": ["average": -1]], "spec.rateLimit.average", "number of requests"),
        Fault(["rateLimit": ["average": 1, "period": "soon"]], "spec.rateLimit.period", "1m30s"),
        Fault(["rateLimit": ["average": 1, "period": "-1s"]], "spec.rateLimit.period", "1m30s"),
        Fault(
            ["rateLimit": ["average": 1, "sourceCriterion": ["requestHost": true, "requestHeaderName": "X"]]],
            "spec.rateLimit.sourceCriterion",
            "exclude each other"
        ),
        Fault(
            ["rateLimit": ["average": 1, "sourceCriterion": ["requestHeaderName": "a b"]]],
            "spec.rateLimit.sourceCriterion.requestHeaderName",
            "no field"
        ),
        Fault(["headers": ["customRequestHeaders": ["a b": "x"]]], "spec.headers.customRequestHeaders", "'a b'"),
        Fault(
            ["headers": ["customRequestHeaders": ["X-A": "a\r\nX-B: c"]]],
            "spec.headers.customRequestHeaders.X-A",
            "line break"
        ),
        Fault(["headers": ["customResponseHeaders": ["X-A": []]]], "spec.headers.customResponseHeaders.X-A", "a text"),
        Fault(
            ["headers": ["customRequestHeaders": ["Host": "http://a.example/"]]],
            "spec.headers.customRequestHeaders.Host",
            "is no host"
        ),
        Fault(["headers": ["contentSecurityPolicy": "a\nb"]], "spec.headers.contentSecurityPolicy", "line break"),
        Fault(["headers": ["stsSeconds": -1]], "spec.headers.stsSeconds", "number of seconds"),
        Fault(["headers": ["frameDeny": 1]], "spec.headers.frameDeny", "true or false"),
        Fault(
            ["headers": ["accessControlAllowMethods": [""]]],
            "spec.headers.accessControlAllowMethods",
            "no word"
        ),
        Fault(["basicAuth": [:]], "spec.basicAuth.secret", "is missing"),
        Fault(["basicAuth": ["secret": "gone"]], "spec.basicAuth.secret", "there is no Secret shop/gone"),
        Fault(["forwardAuth": ["address": "x"]], "spec.forwardAuth", "take the middleware off"),
        Fault(["replacePath": ["path": "/x"]], "spec.replacePath", "take the middleware off"),
        Fault(["chain": ["middlewares": "x"]], "spec.chain.middlewares", "a list"),
        Fault(["chain": [:]], "spec.chain.middlewares", "no Middleware is named"),
        Fault(["chain": ["middlewares": []]], "spec.chain.middlewares", "no Middleware is named"),
        Fault(["chain": ["middleware": [["name": "strip"]]]], "spec.chain.middlewares", "no Middleware is named"),
        Fault(["chain": ["middlewares": [["name": "gone"]]]], "spec.chain.middlewares[0].name", "shop/gone"),
    ]

    @Test(arguments: faults) func `what cannot be read is a refusal`(row: Fault) {
        let reading = Self.read(row.spec)
        #expect(reading.rules.refusal?.contains(row.message) == true, "\(reading.rules)")
        #expect(reading.rules.steps.count == 1)
        #expect(reading.complaints.map(\.place) == [row.place])
        #expect(reading.complaints.map(\.effect) == [.refused])
    }
}
