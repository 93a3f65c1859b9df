import Ingress
import Testing

/// Which hosts a rule is for, and in which order hosts go.
struct HostTests {
    @Test(arguments: rows)
    func `hosts`(row: RouteRow) { row.check() }

    static let rows: [RouteRow] = [
        RouteRow(
            "one host",
            RouteCluster("Prefix foo.example/ > a"),
            "http://foo.example/ > a",
            "https://foo.example/ > a",
            "http://bar.example/ > 404",
            "http://x.foo.example/ > 404",
            "http:///x > 404"
        ),
        RouteRow("a host in capitals", RouteCluster("Prefix FOO.Example/ > a"), "http://foo.example/ > a"),
        RouteRow(
            "a wildcard stands for exactly one label",
            RouteCluster("Prefix *.foo.example/ > a"),
            "http://bar.foo.example/ > a",
            "http://baz.bar.foo.example/ > 404",
            "http://foo.example/ > 404",
            "http://.foo.example/ > 404",
            "http://example/ > 404",
            "http://xfoo.example/ > 404"
        ),
        RouteRow(
            "no host stands for all",
            RouteCluster("Prefix / > a"),
            "http://foo.example/ > a",
            "http://192.0.2.1/ > a",
            "http:///x > a"
        ),
        RouteRow(
            "exact before wildcard before none",
            RouteCluster("Prefix / > a", "Prefix *.example/ > b", "Prefix x.example/ > c"),
            "http://x.example/ > c",
            "http://y.example/ > b",
            "http://x.y.example/ > a",
            "http://example/ > a"
        ),
        RouteRow(
            "the more specific host goes first, however long the path of another one",
            RouteCluster("Prefix /a/b/c > a", "Prefix *.example/a/b > b", "Prefix x.example/a > c"),
            "http://x.example/a/b/c > c",
            "http://y.example/a/b/c > b",
            "http://z/a/b/c > a"
        ),
        RouteRow(
            "what no path of a host is for goes to the wildcard, then to rules for all hosts",
            RouteCluster("Prefix / > a", "Prefix *.example/b > b", "Prefix x.example/c > c"),
            "http://x.example/c > c",
            "http://x.example/b > b",
            "http://x.example/d > a",
            "http://y.example/c > a"
        ),
        RouteRow(
            "an exact path of a wildcard does not beat a host",
            RouteCluster("Exact *.example/a > a", "Prefix x.example/ > b"),
            "http://x.example/a > b",
            "http://y.example/a > a"
        ),
        RouteRow(
            "many hosts that end alike",
            RouteCluster("Prefix a.b.example/ > a", "Prefix b.example/ > b", "Prefix *.b.example/ > c"),
            "http://a.b.example/ > a",
            "http://b.example/ > b",
            "http://c.b.example/ > c"
        ),
        RouteRow(
            "one host in several Ingresses",
            {
                $0.add("one", ["Prefix x.example/a > a"])
                $0.add("two", ["Prefix x.example/b > b"])
            },
            "http://x.example/a > a",
            "http://x.example/b > b",
            "http://x.example/ > 404"
        ),
        RouteRow(
            "several hosts in one Ingress",
            RouteCluster("Prefix x.example/ > a", "Prefix y.example/ > b"),
            "http://x.example/ > a",
            "http://y.example/ > b"
        ),
    ]

    /// What no host can be is left out, and the rest is served.
    @Test(arguments: [
        ("*", "leave the host out"), ("*.*.example", "write a DNS name"), ("a.*.example", "write a DNS name"),
        ("*example", "write a DNS name"), ("x.example:80", "without a port"), ("192.0.2.1", "an address"),
        ("2001:db8::1", "an address"), ("x_y.example", "write a DNS name"), ("b\u{fc}ro.example", "write a DNS name"),
        ("x..example", "write a DNS name"), ("x.example.", "write a DNS name"), ("-x.example", "write a DNS name"),
        ("*.", "write a DNS name"), (String(repeating: "a", count: 64) + ".example", "write a DNS name"),
    ])
    func `a host that none can be is complained of`(host: String, remedy: String) {
        let table = RouteCluster("Prefix \(host)/ > a", "Prefix x.example/ > b").table
        #expect(table.answer("http://x.example/") == "b")
        #expect(table.answer("http://other/") == "404")
        #expect(table.said.count == 1)
        #expect(table.said.first?.hasPrefix("web: InvalidRule: spec.rules[0].host: '\(host)' is no host") == true)
        #expect(table.said.first?.contains(remedy) == true, "\(table.said)")
    }
}
