import ClusterState
import Testing

@testable import Ingress

/// References of annotations → the rules that are made of them, or the refusal.
@Suite struct RulesReadingTests {
    /// All middlewares of the tests, by namespace and name.
    static let middlewares: [String: StructuredValue] = [
        "shop/secure": ["redirectScheme": ["scheme": "https"]],
        "shop/strip": ["stripPrefix": ["prefixes": ["/api"]]],
        "shop/both": ["chain": ["middlewares": [["name": "secure"], ["name": "strip"]]]],
        "shop/nested": ["chain": ["middlewares": [["name": "both"], ["name": "list", "namespace": "other"]]]],
        "shop/loop": ["chain": ["middlewares": [["name": "loop"]]]],
        "shop/pit": ["chain": ["middlewares": [["name": "gone"]]]],
        "shop/nameless": ["chain": ["middlewares": [["namespace": "shop"]]]],
        "shop/odd-chain": ["chain": ["middlewares": [["name": "strip", "weight": 3]]]],
        "shop/smaller": ["compress": [:]],
        "shop/gate": ["forwardAuth": ["address": "http://auth"]],
        "shop/plug": ["plugin": ["x": [:]]],
        "shop/two": ["compress": [:], "stripPrefix": ["prefixes": ["/api"]]],
        "shop/nothing": [:],
        "shop/torn": ["redirectScheme": ["scheme": 1]],
        "other/list": ["ipAllowList": ["sourceRange": ["192.0.2.0/24"]]],
        "a/b-c": ["redirectScheme": ["scheme": "https"]],
        "a-b/c": ["redirectScheme": ["scheme": "http"]],
        "shop-a/x": ["redirectScheme": ["scheme": "http"]],
        "shop/a-x": ["redirectScheme": ["scheme": "https"]],
    ]

    static let sources = RuleSources(
        middleware: { name in
            middlewares[name.description].map {
                Middleware(metadata: ObjectMetadata(name: name.name, namespace: name.namespace), spec: $0)
            }
        },
        secret: { _ in nil }
    )

    static func read(_ references: [String], service: [String] = []) -> RulesReading {
        RulesReading(
            of: NamespacedName(namespace: "shop", name: "web"),
            references.map { MiddlewareReference($0) },
            service: NamespacedName(namespace: "shop", name: "back"),
            service.map { MiddlewareReference($0) },
            in: sources
        )
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let references: [String]
        let steps: [String]
        let complaints: [String]

        init(_ references: [String], _ steps: [String], complaints: [String] = []) {
            self.references = references
            self.steps = steps
            self.complaints = complaints
        }

        var testDescription: String { references.joined(separator: ",") }
    }

    static let rows = [
        Row([], []),
        Row(["shop-secure@kubernetescrd"], ["redirect"]),
        Row(["shop-secure@kubernetescrd", "shop-strip@kubernetescrd"], ["redirect", "strip"]),
        Row(["shop-strip@kubernetescrd", "shop-secure@kubernetescrd"], ["strip", "redirect"]),
        Row(["other-list@kubernetescrd"], ["allow"]),
        Row(["shop-both@kubernetescrd"], ["redirect", "strip"]),
        Row(["shop-nested@kubernetescrd"], ["redirect", "strip", "allow"]),
        Row(["shop-both@kubernetescrd", "shop-both@kubernetescrd"], ["redirect", "strip", "redirect", "strip"]),
        Row(["shop-a-x@kubernetescrd"], ["redirect"]),
        // What the route can do without.
        Row(["shop-smaller@kubernetescrd"], [], complaints: ["leaves it out"]),
        Row(["shop-odd-chain@kubernetescrd"], ["strip"], complaints: ["does not know this field"]),
        // What it cannot do without.
        Row(["shop-gone@kubernetescrd"], ["refuse"], complaints: ["there is no Middleware 'shop-gone@kubernetescrd'"]),
        Row(["shop-secure@kubernetescrd", "shop-gone@kubernetescrd"], ["refuse"], complaints: ["there is no"]),
        Row(["secure@kubernetescrd"], ["refuse"], complaints: ["there is no"]),
        Row(["shop-secure"], ["refuse"], complaints: ["shop-secure@kubernetescrd"]),
        Row(["auth@file"], ["refuse"], complaints: ["of a provider"]),
        Row(["a-b-c@kubernetescrd"], ["refuse"], complaints: ["may be a/b-c and a-b/c"]),
        Row(["shop-loop@kubernetescrd"], ["refuse"], complaints: ["shop/loop → shop/loop"]),
        Row(["shop-pit@kubernetescrd"], ["refuse"], complaints: ["there is no Middleware shop/gone"]),
        Row(["shop-nameless@kubernetescrd"], ["refuse"], complaints: ["name of a Middleware is missing"]),
        Row(["shop-gate@kubernetescrd"], ["refuse"], complaints: ["take the middleware off the route"]),
        Row(["shop-plug@kubernetescrd"], ["refuse"], complaints: ["take the middleware off the route"]),
        Row(["shop-two@kubernetescrd"], ["refuse"], complaints: ["exactly one kind"]),
        Row(["shop-nothing@kubernetescrd"], ["refuse"], complaints: ["exactly one kind"]),
        Row(["shop-torn@kubernetescrd"], ["refuse"], complaints: ["write http or https"]),
        Row(
            ["shop-torn@kubernetescrd", "shop-gate@kubernetescrd"],
            ["refuse"],
            complaints: ["write http or https", "take the middleware off"]
        ),
    ]

    @Test(arguments: rows) func `references become steps or a refusal`(row: Row) {
        let reading = Self.read(row.references)
        #expect(reading.rules.steps.map(\.word) == row.steps)
        #expect(reading.rules.isEmpty == row.steps.isEmpty)
        #expect((reading.rules.refusal != nil) == (row.steps == ["refuse"]))
        #expect(reading.complaints.count == row.complaints.count, "\(reading.complaints)")
        for (complaint, part) in zip(reading.complaints, row.complaints) {
            #expect(complaint.message.contains(part), "\(complaint)")
            #expect((complaint.effect == .refused) == (row.steps == ["refuse"]))
        }
    }

    @Test func `the Ingress's own namespace goes before another that fits`() {
        let steps = Self.read(["shop-a-x@kubernetescrd"]).rules.steps
        #expect(steps == [.redirect(SchemeRedirect(scheme: .https))])
    }

    @Test func `the service's middlewares come after the Ingress's`() {
        let reading = Self.read(["shop-strip@kubernetescrd"], service: ["shop-secure@kubernetescrd"])
        #expect(reading.rules.steps.map(\.word) == ["strip", "redirect"])
    }

    @Test func `a fault of the service's is told of the service`() {
        let reading = Self.read([], service: ["shop-gone@kubernetescrd"])
        #expect(reading.complaints.map(\.object) == [ObjectKey(.service, namespace: "shop", name: "back")])
        #expect(reading.complaints.map(\.place) == ["traefik.ingress.kubernetes.io/service.middlewares"])
    }

    @Test func `what was looked for in vain is a dependency too`() {
        let reading = Self.read(["shop-a-b@kubernetescrd", "shop-both@kubernetescrd"])
        let wanted = [("shop", "a-b"), ("shop-a", "b"), ("shop", "both"), ("shop", "secure"), ("shop", "strip")]
        #expect(reading.dependencies == Set(wanted.map { ObjectKey(.middleware, namespace: $0.0, name: $0.1) }))
    }

    @Test func `rules without end are refused`() {
        let reading = Self.read(Array(repeating: "shop-both@kubernetescrd", count: 33))
        #expect(reading.rules.refusal?.contains("one too many") == true)
        #expect(reading.complaints.count == 1)
    }

    /// Each chain names the next one twice: read to the end they would be 2^40 middlewares.
    @Test func `chains of chains are read no further than anybody could`() {
        let sources = RuleSources(
            middleware: { name in
                let next = StructuredValue.string("\((Int(name.name) ?? 0) + 1)")
                let spec: StructuredValue = ["middlewares": [["name": next], ["name": next]]]
                return Middleware(
                    metadata: ObjectMetadata(name: name.name, namespace: name.namespace),
                    spec: name.name == "40" ? ["stripPrefix": ["prefixes": ["/x"]]] : ["chain": spec]
                )
            },
            secret: { _ in nil }
        )
        let owner = NamespacedName(namespace: "shop", name: "web")
        let reading = RulesReading(of: owner, [MiddlewareReference("shop-0@kubernetescrd")], in: sources)
        #expect(reading.rules.refusal?.contains("one too many") == true)
        #expect(reading.complaints.count == 1)
    }

    @Test func `a reference that is longer than names can be is not taken apart`() {
        let reading = Self.read([String(repeating: "-a", count: 100_000) + "@kubernetescrd"])
        #expect(reading.rules.refusal?.contains("there is no Middleware") == true)
        #expect(reading.dependencies == [])
    }
}

extension RequestStep {
    var word: String {
        switch self {
        case .redirect: "redirect"
        case .strip: "strip"
        case .headers: "headers"
        case .authenticate: "authenticate"
        case .allow: "allow"
        case .limit: "limit"
        case .refuse: "refuse"
        }
    }
}
