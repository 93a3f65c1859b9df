import ClusterState
import HTTPWire
import SeededNumbers
import Testing

@testable import Ingress

/// Specs and requests of random pieces: whatever somebody writes into either, what comes out can be written into heads.
@Suite struct RuleInvariantTests {
    /// Pieces of all that may be written into a spec, well or badly.
    private static let texts = [
        "", "/", "/a", "/a/", "/..", "https", "http", "8443", "0", "-1", "1s", "1m30s", "*", "https://a.example",
        "X-Key",
        "Host", "Content-Length", "a\r\nb", "a\u{0}b", "ü", "192.0.2.0/24", "::/0", "10.0.0.1", "users", "GET", " x ",
    ]
    private static let names = [
        "scheme", "port", "permanent", "prefixes", "customRequestHeaders", "customResponseHeaders", "frameDeny",
        "accessControlAllowOriginList", "accessControlAllowMethods", "accessControlAllowHeaders", "addVaryHeader",
        "accessControlAllowCredentials", "accessControlMaxAge", "stsSeconds", "forceSTSHeader", "allowedHosts",
        "contentSecurityPolicy", "sourceRange", "ipStrategy", "depth", "excludedIPs", "ipv6Subnet", "average", "burst",
        "period", "sourceCriterion", "requestHeaderName", "requestHost", "secret", "realm", "headerField", "nonsense",
    ]
    private static let kinds = [
        "redirectScheme", "stripPrefix", "headers", "ipAllowList", "rateLimit", "basicAuth", "compress", "chain", "x",
    ]

    private static func value(_ numbers: inout SeededNumbers, depth: Int) -> StructuredValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &numbers) {
        case 0: .boolean(Bool.random(using: &numbers))
        case 1: .integer([-1, 0, 1, 2, 403, .max, .min].randomElement(using: &numbers) ?? 0)
        case 2: [.null, .number(0.5)].randomElement(using: &numbers) ?? .null
        case 3, 4, 5: .string(texts.randomElement(using: &numbers) ?? "")
        case 6: .array((0..<3).map { _ in value(&numbers, depth: depth - 1) })
        case 7: .array((0..<2).map { _ in .string(texts.randomElement(using: &numbers) ?? "") })
        default: object(&numbers, depth: depth)
        }
    }

    private static func object(_ numbers: inout SeededNumbers, depth: Int) -> StructuredValue {
        var fields: [String: StructuredValue] = [:]
        for _ in 0..<Int.random(in: 0...6, using: &numbers) {
            let name =
                Bool.random(using: &numbers)
                ? names.randomElement(using: &numbers) : texts.randomElement(using: &numbers)
            fields[name ?? ""] = value(&numbers, depth: depth - 1)
        }
        return .object(fields)
    }

    private static func path(_ numbers: inout SeededNumbers) -> String {
        let pieces = ["", "a", "api", ".x", "x.", "...", "%2F", ".well-known", "acme-challenge", "~"]
        return "/"
            + (0..<Int.random(in: 0...4, using: &numbers)).map { _ in pieces.randomElement(using: &numbers) ?? "" }
            .joined(separator: "/")
    }

    @Test(arguments: 0..<24) func `what comes out can be written`(seed: Int) {
        var numbers = SeededNumbers(seed: UInt64(seed))
        let memory = RuleMemory()
        let hashes = Secret(
            metadata: ObjectMetadata(name: "users", namespace: "shop"),
            data: ["users": Array("ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=".utf8)]
        )
        var count = 0
        for _ in 0..<200 {
            let kind = Self.kinds.randomElement(using: &numbers) ?? ""
            let spec = StructuredValue.object([kind: Self.object(&numbers, depth: 3)])
            let reading = MiddlewareSpecTests.read(spec, secrets: [hashes])
            #expect(reading.rules.refusal == nil || reading.complaints.contains { $0.effect == .refused })
            let request = request(
                Self.path(&numbers),
                method: [.get, .options, .post].randomElement(using: &numbers) ?? .get,
                isSecure: Bool.random(using: &numbers),
                trusted: Bool.random(using: &numbers),
                with: [
                    "Origin": "https://a.example", "Access-Control-Request-Method": "PUT",
                    "X-Forwarded-For": "192.0.2.1, x", "Authorization": "Basic YW5uOnNlY3JldA==",
                ]
            )
            count += reading.rules.isEmpty ? 0 : 1
            Self.expectWritable(reading.rules.apply(to: request, at: .zero, with: memory), spec)
        }
        #expect(count > 20)
    }

    private static func expectWritable(_ outcome: RuleOutcome, _ spec: StructuredValue) {
        let edits = outcome.edits
        let fields = (outcome.answer?.fields ?? []) + (edits?.request.added ?? []) + (edits?.response.added ?? [])
        for field in fields {
            #expect(FieldSyntax.isName(String(decoding: field.name, as: UTF8.self)), "\(field) of \(spec)")
            #expect(FieldSyntax.isValue(field.value), "\(field) of \(spec)")
            #expect(!FieldSyntax.isFraming(String(decoding: field.name, as: UTF8.self)), "\(field) of \(spec)")
        }
        #expect(outcome.answer.map { (200...599).contains($0.status) } ?? true)
        #expect(edits?.host.map { FieldSyntax.isHost($0) } ?? true, "\(spec)")
        if let path = edits?.path {
            let segments = String(decoding: path, as: UTF8.self).split(separator: "/")
            #expect(path.first == UInt8(ascii: "/") && !segments.contains(".") && !segments.contains(".."), "\(spec)")
        }
    }
}
