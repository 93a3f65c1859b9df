import ClusterFixtures
import Ingress
import Testing

/// URLs whose way is asked for.
struct RouteQuestionTests {
    @Test(arguments: [
        ("http://shop.example.org/cart", "http", "shop.example.org", "/cart"),
        ("HTTPS://Shop.Example.ORG.:8443/Cart?id=/1#top", "https", "shop.example.org", "/Cart"),
        ("http://shop.example.org", "http", "shop.example.org", "/"),
        ("http://shop.example.org?a=b", "http", "shop.example.org", "/"),
        ("http://shop.example.org#top", "http", "shop.example.org", "/"),
        ("http://shop.example.org/a/./b/../c", "http", "shop.example.org", "/a/c"),
        ("http://shop.example.org/%7euser%2f//x", "http", "shop.example.org", "/~user%2F/x"),
        ("http://shop.example.org/a//../b", "http", "shop.example.org", "/b"),
        ("http://[fd00::1]:80/a", "http", "[fd00::1]", "/a"),
        ("http://192.0.2.1/a", "http", "192.0.2.1", "/a"),
    ])
    func `a URL is read as a request for it is looked up`(
        url: String,
        scheme: String,
        host: String,
        path: String
    ) throws {
        let question = try RouteQuestion(url: url, for: Self.configuration())
        #expect(question.scheme == scheme)
        #expect(question.host == host)
        #expect(question.path == path)
    }

    private static func configuration(mergesSlashes: Bool = true, allowsNonASCII: Bool = false) -> RouteConfiguration {
        RouteConfiguration(
            classes: ["linnet"],
            node: nodeName("n"),
            mergesSlashes: mergesSlashes,
            allowsNonASCIIPaths: allowsNonASCII
        )
    }

    /// What becomes of a path by default, where slashes are not merged, where other octets than ASCII may be, and if
    /// nobody knows; nil where it is refused.
    @Test(arguments: [
        ("/a//b", ["/a/b", "/a//b", "/a/b", "/a//b"]), ("/a//../b", ["/b", "/a/b", "/b", "/a/b"]),
        ("//..", [nil, "/", nil, "/"]), ("//../..", [nil, nil, nil, nil]),
        ("/caf\u{e9}", [nil, nil, "/caf%C3%A9", "/caf%C3%A9"]), ("/?caf\u{e9}", [nil, nil, "/", "/"]),
        ("/#caf\u{e9}", ["/", "/", "/", "/"]), ("/\u{301}a", [nil, nil, "/%CC%81a", "/%CC%81a"]),
        ("/caf%c3%a9", ["/caf%C3%A9", "/caf%C3%A9", "/caf%C3%A9", "/caf%C3%A9"]),
    ])
    func `a path is read as the agent that runs reads it`(path: String, wanted: [String?]) {
        let configurations = [
            Self.configuration(), Self.configuration(mergesSlashes: false), Self.configuration(allowsNonASCII: true),
            nil,
        ]
        let paths = configurations.map { try? RouteQuestion(url: "http://shop.example.org\(path)", for: $0).path }
        #expect(paths == wanted)
    }

    @Test(arguments: [
        ("", "no scheme"), ("shop.example.org/cart", "no scheme"),
        ("ftp://shop.example.org/", "neither http nor https"),
        ("http://", "no host"), ("http:///cart", "no host"), ("http://?a", "no host"),
        ("http://user@shop.example.org/", "host is malformed"), ("http://shop.example.org:x/", "host is malformed"),
        ("http://a b/", "host is malformed"), ("http://shop.example.org/a b", "path is malformed"),
        ("http://shop.example.org/%zz", "path is malformed"), ("http://caf\u{e9}.example/", "host is malformed"),
    ])
    func `a URL that no request can be for is refused, and why is said`(url: String, reason: String) {
        let error = #expect(throws: RouteQuestionError.self) {
            try RouteQuestion(url: url, for: Self.configuration())
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
