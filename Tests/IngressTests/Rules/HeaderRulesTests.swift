import ClusterState
import HTTPWire
import Testing

@testable import Ingress

/// `spec.headers` and a request → the edits of both heads, or an answer.
@Suite struct HeaderRulesTests {
    static func rules(_ specs: StructuredValue...) throws -> RequestRules {
        RequestRules(
            steps: try specs.map { spec in
                var reader = try SpecReader(spec, at: "spec.headers")
                return .headers(try HeaderRules(&reader))
            }
        )
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let spec: StructuredValue
        let name: String
        let value: String?
        var isSecure = false

        init(_ spec: StructuredValue, _ name: String, _ value: String?, secure: Bool = false) {
            self.spec = spec
            self.name = name
            self.value = value
            isSecure = secure
        }

        var testDescription: String { "\(name): \(value ?? "-")" }
    }

    private static let sts = "Strict-Transport-Security"

    static let responses = [
        Row(["customResponseHeaders": ["X-A": "1"]], "X-A", "1"),
        Row(["customResponseHeaders": ["X-A": 1]], "X-A", "1"),
        Row(["customResponseHeaders": ["X-A": ""]], "X-A", nil),
        Row(["stsSeconds": 60], sts, nil),
        Row(["stsSeconds": 60], sts, "max-age=60", secure: true),
        Row(["stsSeconds": 60, "forceSTSHeader": true], sts, "max-age=60"),
        Row(
            ["stsSeconds": 60, "stsIncludeSubdomains": true, "stsPreload": true],
            sts,
            "max-age=60; includeSubDomains; preload",
            secure: true
        ),
        Row(["stsSeconds": 0], sts, nil, secure: true),
        Row(["stsSeconds": 60, "isDevelopment": true], sts, nil, secure: true),
        Row(["frameDeny": true], "X-Frame-Options", "DENY"),
        Row(["frameDeny": true, "customFrameOptionsValue": "SAMEORIGIN"], "X-Frame-Options", "SAMEORIGIN"),
        Row(["contentTypeNosniff": true], "X-Content-Type-Options", "nosniff"),
        Row(["contentTypeNosniff": false], "X-Content-Type-Options", nil),
        Row(["browserXssFilter": true], "X-XSS-Protection", "1; mode=block"),
        Row(["customBrowserXSSValue": "0"], "X-XSS-Protection", "0"),
        Row(["contentSecurityPolicy": "default-src 'self'"], "Content-Security-Policy", "default-src 'self'"),
        Row(["contentSecurityPolicyReportOnly": "x"], "Content-Security-Policy-Report-Only", "x"),
        Row(["referrerPolicy": "same-origin"], "Referrer-Policy", "same-origin"),
        Row(["permissionsPolicy": "camera=()"], "Permissions-Policy", "camera=()"),
    ]

    @Test(arguments: responses) func `responses are given fields`(row: Row) throws {
        let edits = try Self.rules(row.spec).apply(to: request(isSecure: row.isSecure)).edits
        #expect(edits?.response.value(of: row.name) == row.value)
        #expect(edits?.request == FieldEdits())
    }

    @Test func `requests are given fields, and lose those without a text`() throws {
        let rules = try Self.rules([
            "customRequestHeaders": ["X-Script-Name": "test", "X-Gone": "", "Host": "back.example", "X-Null": nil]
        ])
        let edits = rules.apply(to: request()).edits
        #expect(edits?.request.added == [EditedField("X-Script-Name", "test")])
        for name in ["x-script-name", "x-gone", "x-null"] {
            #expect(edits?.request.removes(Array(name.utf8)) == true)
        }
        #expect(edits?.host == Array("back.example".utf8))
        #expect(edits?.response.isEmpty == true)
    }

    @Test func `an empty text also takes a field off the response`() throws {
        let edits = try Self.rules(["customResponseHeaders": ["Server": ""]]).apply(to: request()).edits
        #expect(edits?.response.removes(Array("server".utf8)) == true)
        #expect(edits?.response.added == [])
    }

    @Test func `the later step has the last word on requests, the earlier one on responses`() throws {
        let rules = try Self.rules(
            ["customRequestHeaders": ["X-A": "1"], "customResponseHeaders": ["X-B": "1"]],
            ["customRequestHeaders": ["x-a": "2"], "customResponseHeaders": ["x-b": "2"]]
        )
        let edits = rules.apply(to: request()).edits
        #expect(edits?.request.value(of: "x-a") == "2")
        #expect(edits?.response.value(of: "x-b") == "1")
    }

    @Test func `answers are edited by the steps before them alone`() throws {
        let headers = try Self.rules(["customResponseHeaders": ["X-A": "1"]]).steps
        let redirect = RequestStep.redirect(SchemeRedirect(scheme: .https))
        #expect(RequestRules(steps: headers + [redirect]).apply(to: request()).answer?.value(of: "X-A") == "1")
        #expect(RequestRules(steps: [redirect] + headers).apply(to: request()).answer?.value(of: "X-A") == nil)
    }

    @Test func `a field that one step sets is what the next one sees`() throws {
        let headers = try Self.rules(["customRequestHeaders": ["X-Key": "one"]]).steps
        let rules = RequestRules(
            steps: headers + [.limit(RateLimit(identity: "l", rate: 1, criterion: .field("x-key")))]
        )
        let memory = RuleMemory()
        #expect(rules.apply(to: request(with: ["X-Key": "a"]), at: .zero, with: memory).edits != nil)
        #expect(rules.apply(to: request(with: ["X-Key": "b"]), at: .zero, with: memory).answer?.status == 429)
    }

    @Test(arguments: [("shop.example", nil, true), ("other.example", nil, false), ("alt.example", 8_080, true)])
    func `only allowed hosts are served`(host: String, port: UInt16?, isAllowed: Bool) throws {
        let rules = try Self.rules(["allowedHosts": ["Shop.example", "alt.example:8080"]])
        let outcome = rules.apply(to: request(host: host, port: port))
        #expect((outcome.edits != nil) == isAllowed)
        #expect(outcome.answer?.status == (isAllowed ? nil : 403))
    }

    struct Cross: CustomTestStringConvertible, Sendable {
        let spec: StructuredValue
        let origin: String?
        let isPreflight: Bool
        /// Fields that are there, by the name behind `Access-Control-`; `Vary` by its own.
        let fields: [String: String]

        init(_ spec: StructuredValue, from origin: String?, preflight: Bool = false, _ fields: [String: String]) {
            self.spec = spec
            self.origin = origin
            isPreflight = preflight
            self.fields = fields
        }

        var testDescription: String { "\(origin ?? "-") \(fields.sorted { $0.key < $1.key })" }
    }

    private static let listed: StructuredValue = ["accessControlAllowOriginList": ["https://a.example"]]
    private static let any: StructuredValue = ["accessControlAllowOriginList": ["*"]]

    static let crosses = [
        Cross(listed, from: "https://a.example", ["Allow-Origin": "https://a.example", "Vary": "Origin"]),
        Cross(listed, from: "https://b.example", ["Vary": "Origin"]),
        Cross(listed, from: nil, ["Vary": "Origin"]),
        Cross(any, from: "https://b.example", ["Allow-Origin": "*"]),
        Cross(any, from: nil, ["Allow-Origin": "*"]),
        Cross(
            ["accessControlAllowOriginList": ["*"], "accessControlAllowCredentials": true],
            from: "https://b.example",
            ["Allow-Origin": "https://b.example", "Allow-Credentials": "true", "Vary": "Origin"]
        ),
        Cross(["addVaryHeader": true], from: "https://b.example", ["Vary": "Origin"]),
        Cross(["accessControlExposeHeaders": ["X-A", "X-B"]], from: nil, ["Expose-Headers": "X-A,X-B"]),
        Cross(
            ["accessControlExposeHeaders": ["*"], "accessControlAllowCredentials": true],
            from: nil,
            ["Allow-Credentials": "true"]
        ),
        // Browsers that ask first.
        Cross(listed, from: "https://b.example", preflight: true, ["Vary": "Origin"]),
        Cross(
            [
                "accessControlAllowOriginList": ["https://a.example"], "accessControlAllowMethods": ["GET", "PUT"],
                "accessControlAllowHeaders": ["X-A"], "accessControlMaxAge": 600,
            ],
            from: "https://a.example",
            preflight: true,
            [
                "Allow-Origin": "https://a.example", "Allow-Methods": "GET,PUT", "Allow-Headers": "X-A",
                "Max-Age": "600", "Vary": "Origin",
            ]
        ),
        Cross(
            [
                "accessControlAllowOriginList": ["*"], "accessControlAllowMethods": ["*"],
                "accessControlAllowHeaders": ["*"], "accessControlAllowCredentials": true,
            ],
            from: "https://a.example",
            preflight: true,
            [
                "Allow-Origin": "https://a.example", "Allow-Methods": "DELETE", "Allow-Headers": "X-Asked",
                "Allow-Credentials": "true", "Vary": "Origin",
            ]
        ),
        Cross(
            ["accessControlAllowMethods": ["*"], "accessControlMaxAge": 0],
            from: "https://a.example",
            preflight: true,
            ["Allow-Methods": "*", "Max-Age": "0"]
        ),
    ]

    @Test(arguments: crosses) func `browsers are told what other sites may do`(row: Cross) throws {
        var fields: [(String, String)] = row.origin.map { [("Origin", $0)] } ?? []
        if row.isPreflight {
            fields += [("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "X-Asked")]
        }
        let method: HTTPMethod = row.isPreflight ? .options : .get
        let outcome = try Self.rules(row.spec).apply(to: request(method: method, with: NamedFields(fields)))
        let added = row.isPreflight ? outcome.answer?.fields : outcome.edits?.response.added
        var found: [String: String] = [:]
        for field in added ?? [] {
            let name = String(decoding: field.name, as: UTF8.self).replacing("Access-Control-", with: "")
            found[name] = String(decoding: field.value, as: UTF8.self)
        }
        #expect(found == row.fields)
        #expect(outcome.answer?.status == (row.isPreflight ? 200 : nil))
        #expect(outcome.answer?.body == (row.isPreflight ? [] : nil))
    }

    @Test func `OPTIONS without the question of a browser goes to the backend`() throws {
        let rules = try Self.rules(Self.listed)
        #expect(rules.apply(to: request(method: .options)).edits != nil)
        let asked = request(method: .options, with: ["Access-Control-Request-Method": "PUT"])
        #expect(rules.apply(to: asked).edits != nil)
    }
}
