import Ingress
import Testing

/// How the paths of rules are compared with those of requests.
struct PathTests {
    /// Each row: the rules of a host, to `a`, `b`, … in order; a path; who answers.
    @Test(arguments: exact + prefix + both + several + escapes)
    func `a path takes`(rules: [String], path: String, wanted: String) {
        let backends = ["a", "b", "c", "d"]
        let cluster = RouteCluster { cluster in
            let texts = zip(rules, backends).map { rule, backend in
                let parts = rule.split(separator: " ", omittingEmptySubsequences: false)
                return "\(parts[0]) x.example\(parts[1]) > \(backend)"
            }
            cluster.add("web", texts)
        }
        #expect(cluster.table.answer("http://x.example\(path)") == wanted)
    }

    static let exact: [([String], String, String)] = [
        (["Exact /foo"], "/foo", "a"),
        (["Exact /foo"], "/bar", "404"),
        (["Exact /foo"], "/foo/", "404"),
        (["Exact /foo"], "/foo/bar", "404"),
        (["Exact /foo"], "/fo", "404"),
        (["Exact /foo"], "/fooo", "404"),
        (["Exact /foo"], "/FOO", "404"),
        (["Exact /foo"], "/", "404"),
        (["Exact /foo/"], "/foo", "404"),
        (["Exact /foo/"], "/foo/", "a"),
        (["Exact /"], "/", "a"),
        (["Exact /"], "/foo", "404"),
        (["Exact /a/b/c"], "/a/b/c", "a"),
        (["Exact /a/b/c"], "/a/b", "404"),
        (["Exact /a/b/c"], "/a/b/c/d", "404"),
    ]

    static let prefix: [([String], String, String)] = [
        (["Prefix /"], "/", "a"),
        (["Prefix /"], "/any/path/at/all", "a"),
        (["Prefix /"], "/any/", "a"),
        (["Prefix /foo"], "/foo", "a"),
        (["Prefix /foo"], "/foo/", "a"),
        (["Prefix /foo"], "/foo/bar", "a"),
        (["Prefix /foo"], "/foobar", "404"),
        (["Prefix /foo"], "/fo", "404"),
        (["Prefix /foo"], "/FOO", "404"),
        (["Prefix /foo"], "/", "404"),
        (["Prefix /foo/"], "/foo", "a"),
        (["Prefix /foo/"], "/foo/", "a"),
        (["Prefix /foo/"], "/foo/bar", "a"),
        (["Prefix /foo/"], "/foobar", "404"),
        (["Prefix /aaa/bb"], "/aaa/bbb", "404"),
        (["Prefix /aaa/bbb"], "/aaa/bbb", "a"),
        (["Prefix /aaa/bbb"], "/aaa/bbb/", "a"),
        (["Prefix /aaa/bbb"], "/aaa/bbb/ccc", "a"),
        (["Prefix /aaa/bbb"], "/aaa/bbbxyz", "404"),
        (["Prefix /aaa/bbb"], "/aaa/ccc", "404"),
        (["Prefix /aaa/bbb"], "/aaa", "404"),
        (["Prefix /aaa/bbb/"], "/aaa/bbb", "a"),
        (["Prefix /aaa/bbb/"], "/aaa/bbb/ccc", "a"),
        (["Prefix /aaa"], "/aaaccc", "404"),
        (["Prefix /v1"], "/v11", "404"),
    ]

    static let both: [([String], String, String)] = [
        (["Prefix /foo", "Exact /foo"], "/foo", "b"),
        (["Prefix /foo", "Exact /foo"], "/foo/", "a"),
        (["Prefix /foo", "Exact /foo"], "/foo/bar", "a"),
        (["Prefix /foo/", "Exact /foo"], "/foo", "b"),
        (["Prefix /foo/", "Exact /foo"], "/foo/", "a"),
        (["Prefix /foo/", "Exact /foo/"], "/foo/", "b"),
        (["Prefix /foo/", "Exact /foo/"], "/foo", "a"),
        (["Exact /foo", "Prefix /foo"], "/foo", "a"),
        (["Exact /foo", "Prefix /"], "/foo", "a"),
        (["Exact /foo", "Prefix /"], "/foo/", "b"),
        (["Exact /", "Prefix /"], "/", "a"),
        (["Exact /", "Prefix /"], "/x", "b"),
        (["Any /foo", "Exact /foo"], "/foo", "b"),
        (["Any /foo", "Exact /foo"], "/foo/x", "a"),
    ]

    static let several: [([String], String, String)] = [
        (["Prefix /", "Prefix /aaa"], "/aaa/ccc", "b"),
        (["Prefix /", "Prefix /aaa"], "/aaaccc", "a"),
        (["Prefix /", "Prefix /aaa"], "/ccc", "a"),
        (["Prefix /aaa", "Prefix /aaa/bbb"], "/aaa/bbb", "b"),
        (["Prefix /aaa", "Prefix /aaa/bbb"], "/aaa/bbbb", "a"),
        (["Prefix /aaa", "Prefix /aaa/bbb"], "/aaa", "a"),
        (["Prefix /", "Prefix /aaa", "Prefix /aaa/bbb"], "/aaa/bbb/c", "c"),
        (["Prefix /", "Prefix /aaa", "Prefix /aaa/bbb"], "/aaa/b", "b"),
        (["Prefix /", "Prefix /aaa", "Prefix /aaa/bbb"], "/bbb", "a"),
        (["Prefix /a/b/c", "Prefix /a"], "/a/b", "b"),
        (["Prefix /a/b/c", "Prefix /a"], "/a/b/c/", "a"),
        // The longer text has both, wherever it stands.
        (["Prefix /foo", "Prefix /foo/"], "/foo", "b"),
        (["Prefix /foo", "Prefix /foo/"], "/foo/", "b"),
        (["Prefix /foo/", "Prefix /foo"], "/foo", "a"),
        (["Prefix /foo/", "Prefix /foo"], "/foo/bar", "a"),
        // The first of two that are the same.
        (["Prefix /foo", "Prefix /foo"], "/foo", "a"),
        (["Any /foo", "Prefix /foo"], "/foo", "a"),
        (["Any /foo"], "/foo/bar", "a"),
        (["Any /foo"], "/foobar", "404"),
        (["Any "], "/", "a"),
        (["Any "], "/x/y", "a"),
        (["Any ", "Any /x"], "/x/y", "b"),
        (["Any ", "Prefix /"], "/x/y", "a"),
    ]

    /// Requests are looked up in normal form, so rules are taken to it.
    static let escapes: [([String], String, String)] = [
        (["Prefix /%7Euser"], "/~user/x", "a"),
        (["Prefix /~user"], "/~user", "a"),
        (["Exact /a%2fb"], "/a%2Fb", "a"),
        (["Exact /a%2Fb"], "/a/b", "404"),
        (["Prefix /a%2Fb"], "/a%2Fb/c", "a"),
        (["Exact /caf\u{e9}"], "/caf%C3%A9", "a"),
        (["Exact /caf%c3%a9"], "/caf%C3%A9", "a"),
        (["Exact /100%"], "/100%25", "a"),
        (["Exact /a%zz"], "/a%25zz", "a"),
        (["Exact /q?x"], "/q%3Fx", "a"),
        (["Exact /a//b"], "/a/b", "a"),
        (["Prefix //"], "/x", "a"),
        (["Exact /a;b=c,d"], "/a;b=c,d", "a"),
        (["Prefix /.well-known/acme-challenge"], "/.well-known/acme-challenge/token", "a"),
    ]

    @Test(arguments: ["", "*", "foo", "?x"])
    func `what does not begin with a slash takes nothing`(path: String) {
        let table = RouteCluster("Prefix x.example/ > a", "Prefix / > b", backend: "c").table
        let (host, octets) = (Array("x.example".utf8), Array(path.utf8))
        let route = table.route(host: host.span, path: octets.span, over: .web)
        #expect(route == nil)
    }

    @Test(arguments: [
        (["Exact /a//b"], "/a//b", "a"), (["Exact /a//b"], "/a/b", "404"), (["Prefix /a"], "/a//b", "a"),
        (["Prefix /a//b"], "/a//b/c", "a"), (["Prefix /a/"], "/a//", "a"), (["Prefix /a//"], "/a/", "404"),
        (["Prefix /a//", "Prefix /a"], "/a//", "a"), (["Prefix /a//", "Prefix /a"], "/a/b", "b"),
        (["Exact //"], "/", "404"), (["Exact //"], "//", "a"), (["Exact /"], "//", "404"), (["Prefix /"], "//", "a"),
        // An empty element is one like any other.
        (["Prefix /a/b"], "/a//b", "404"), (["Prefix /a/b", "Prefix /a"], "/a//b", "b"), (["Prefix /a"], "//a", "404"),
        (["Prefix /a", "Prefix /"], "//a", "b"), (["Prefix //"], "//a", "a"), (["Prefix //"], "/a", "404"),
        (["Prefix /a//b"], "/a/b", "404"), (["Prefix /a//b"], "/a///b", "404"), (["Prefix /a//"], "/a///b", "a"),
        (["Prefix /a//", "Prefix /a/"], "/a", "b"), (["Exact /a/"], "/a//", "404"), (["Exact /a//"], "/a//", "a"),
        (["Exact /a"], "/a//", "404"), (["Prefix /a/b"], "/a/b//", "a"), (["Any /a"], "/a//b", "a"),
    ])
    func `where slashes are not merged a path takes`(rules: [String], path: String, wanted: String) {
        var cluster = RouteCluster { cluster in
            let texts = zip(rules, ["a", "b"]).map { rule, backend in
                let parts = rule.split(separator: " ")
                return "\(parts[0]) x.example\(parts[1]) > \(backend)"
            }
            cluster.add("web", texts)
        }
        cluster.configuration.mergesSlashes = false
        #expect(cluster.table.answer("http://x.example\(path)") == wanted)
    }
}
