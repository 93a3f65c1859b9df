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
        ("http://shop.example.org/%7euser%2f//x", "http", "shop.example.org", "/~user%2F//x"),
        ("http://[fd00::1]:80/a", "http", "[fd00::1]", "/a"),
        ("http://192.0.2.1/a", "http", "192.0.2.1", "/a"),
    ])
    func `a URL is read as a request for it is looked up`(
        url: String,
        scheme: String,
        host: String,
        path: String
    ) throws {
        let question = try RouteQuestion(url: url)
        #expect(question.scheme == scheme)
        #expect(question.host == host)
        #expect(question.path == path)
    }

    @Test(arguments: [
        ("", "no scheme"), ("shop.example.org/cart", "no scheme"),
        ("ftp://shop.example.org/", "neither http nor https"),
        ("http://", "no host"), ("http:///cart", "no host"), ("http://?a", "no host"),
        ("http://user@shop.example.org/", "host is malformed"), ("http://shop.example.org:x/", "host is malformed"),
        ("http://a b/", "host is malformed"), ("http://shop.example.org/a b", "path is malformed"),
        ("http://shop.example.org/%zz", "path is malformed"),
    ])
    func `a URL that no request can be for is refused, and why is said`(url: String, reason: String) {
        let error = #expect(throws: RouteQuestionError.self) { try RouteQuestion(url: url) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
