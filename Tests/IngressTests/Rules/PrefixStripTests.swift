import Testing

@testable import Ingress

/// Path → what is left of it and what X-Forwarded-Prefix says.
@Suite struct PrefixStripTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let prefixes: [String]
        let path: String
        /// Nil if the request is refused.
        let rest: String?
        let prefix: String?

        init(_ prefixes: [String], _ path: String, _ rest: String?, _ prefix: String? = nil) {
            self.prefixes = prefixes
            self.path = path
            self.rest = rest
            self.prefix = prefix
        }

        var testDescription: String { "\(prefixes) \(path)" }
    }

    static let rows = [
        Row(["/api"], "/api/x", "/x", "/api"),
        Row(["/api"], "/api", "/", "/api"),
        Row(["/api"], "/api/", "/", "/api"),
        Row(["/api/"], "/api/x", "/x", "/api/"),
        Row(["/api/"], "/api", "/api"),
        Row(["/api"], "/apis", "/s", "/api"),
        Row(["/api"], "/other", "/other"),
        Row(["/API"], "/api/x", "/api/x"),
        Row(["/a", "/a/b"], "/a/b/c", "/b/c", "/a"),
        Row(["/a/b", "/a"], "/a/b/c", "/c", "/a/b"),
        Row([], "/a", "/a"),
        Row(["/api"], "/api/a%2Fb", "/a%2Fb", "/api"),
        Row(["/api"], "/api//x", "//x", "/api"),
        Row(["/api"], "/api///x", "///x", "/api"),
        Row(["/api/"], "/api//x", "/x", "/api/"),
        Row(["/api"], "//api/x", "//api/x"),
        Row(["/"], "//a", "/a", "/"),
        Row(["/api"], "/api..//x", nil),
        Row(["/"], "/a", "/a", "/"),
        // Normal before, and not behind.
        Row(["/api"], "/api..", nil),
        Row(["/api"], "/api../x", nil),
        Row(["/api"], "/api.", nil),
        Row(["/api"], "/api./x", nil),
        Row(["/api/."], "/api/.x/../y", nil),
        Row(["/api"], "/api...", "/...", "/api"),
        Row(["/api"], "/api..x", "/..x", "/api"),
    ]

    @Test(arguments: rows) func `prefixes are taken off`(row: Row) {
        let strip = PrefixStrip(prefixes: row.prefixes.map { Array($0.utf8) })
        let outcome = RequestRules(steps: [.strip(strip)]).apply(to: request(row.path))
        if let rest = row.rest {
            #expect(outcome.edits.map { String(decoding: $0.path ?? Array(row.path.utf8), as: UTF8.self) } == rest)
            #expect(outcome.edits?.request.value(of: "X-Forwarded-Prefix") == row.prefix)
            #expect((outcome.edits?.path == nil) == (row.prefix == nil))
        } else {
            #expect(outcome.answer?.status == 400)
        }
    }

    @Test func `two steps strip one after the other and tell of both`() {
        let steps = ["/a", "/b"].map { RequestStep.strip(PrefixStrip(prefixes: [Array($0.utf8)])) }
        let edits = RequestRules(steps: steps).apply(to: request("/a/b/c")).edits
        #expect(edits?.path == Array("/c".utf8))
        #expect(edits?.request.value(of: "X-Forwarded-Prefix") == "/a | /b")
    }
}
