import Ingress
import Testing

/// What default backends get.
struct DefaultBackendTests {
    @Test(arguments: rows)
    func `default backends`(row: RouteRow) { row.check() }

    static let rows: [RouteRow] = [
        RouteRow("nothing at all", RouteCluster { _ in }, "http://x.example/ > 404", "http:/// > 404"),
        RouteRow(
            "without rules it is for all hosts",
            RouteCluster(backend: "z"),
            "http://x.example/ > z",
            "https://y.example/a/b > z",
            "http:///a > z"
        ),
        RouteRow(
            "without rules it comes behind all rules",
            {
                $0.add("all", backend: "z")
                $0.add("web", ["Prefix x.example/a > a", "Prefix /b > b"])
            },
            "http://x.example/a > a",
            "http://x.example/b > b",
            "http://x.example/c > z",
            "http://y.example/a > z"
        ),
        RouteRow(
            "the oldest one without rules is for all hosts",
            {
                $0.add("new", backend: "a", age: 1)
                $0.add("old", backend: "b", age: 2)
            },
            "http://x.example/ > b"
        ),
        RouteRow(
            "of those that are as old the first by name",
            {
                $0.add("b/z", backend: "a")
                $0.add("a/z", backend: "b")
                $0.add("a/y", backend: "c")
            },
            "http://x.example/ > c"
        ),
        RouteRow(
            "with rules it is for their hosts",
            {
                $0.add("web", ["Prefix x.example/a > a", "Prefix *.y.example/b > b"], backend: "z")
            },
            "http://x.example/a > a",
            "http://x.example/b > z",
            "http://x.example/ > z",
            "http://1.y.example/b > b",
            "http://1.y.example/c > z",
            "http://y.example/c > 404",
            "http://other/ > 404"
        ),
        RouteRow(
            "with rules for all hosts it is for all hosts",
            RouteCluster("Prefix /a > a", backend: "z"),
            "http://x.example/a > a",
            "http://x.example/b > z"
        ),
        RouteRow(
            "with rules it goes before one without",
            {
                $0.add("all", backend: "z", age: 9)
                $0.add("web", ["Prefix x.example/a > a"], backend: "y")
                $0.add("any", ["Prefix /a > b"], backend: "x")
            },
            "http://x.example/b > y",
            "http://y.example/b > x",
            "http://y.example/a > b"
        ),
        RouteRow(
            "rules of another Ingress for the host go first",
            {
                $0.add("one", ["Prefix x.example/a > a"], backend: "z", age: 9)
                $0.add("two", ["Prefix x.example/b > b", "Prefix x.example/ > c"])
            },
            "http://x.example/a > a",
            "http://x.example/b > b",
            "http://x.example/c > c"
        ),
        RouteRow(
            "a host's default backend goes before rules for all hosts",
            {
                $0.add("one", ["Prefix x.example/a > a"], backend: "z")
                $0.add("two", ["Prefix / > b"])
            },
            "http://x.example/b > z",
            "http://y.example/b > b"
        ),
        RouteRow(
            "the oldest of two for a host",
            {
                $0.add("new", ["Prefix x.example/a > a"], backend: "y", age: 1)
                $0.add("old", ["Prefix x.example/b > b"], backend: "z", age: 2)
            },
            "http://x.example/c > z",
            "http://x.example/a > a"
        ),
        RouteRow(
            "a rule without paths is for all of the host",
            RouteCluster("x.example", "Prefix y.example/ > a", backend: "z"),
            "http://x.example/ > z",
            "http://x.example/a/b > z",
            "http://y.example/b > a",
            "http://other/ > 404"
        ),
        RouteRow(
            "a rule without paths comes behind those with",
            RouteCluster("x.example", "Prefix x.example/a > a", backend: "z"),
            "http://x.example/a > a",
            "http://x.example/b > z"
        ),
        RouteRow(
            "a rule without paths in an Ingress without a default backend leads to that of all hosts",
            {
                $0.add("one", ["x.example"])
                $0.add("two", ["Prefix / > a", "Prefix *.example/ > b"])
                $0.add("all", backend: "z")
            },
            "http://x.example/ > z",
            "http://y.example/ > b",
            "http://other/ > a"
        ),
        RouteRow(
            "and to nothing where there is none",
            {
                $0.add("one", ["x.example"])
                $0.add("two", ["Prefix / > a"])
            },
            "http://x.example/ > 404",
            "http://y.example/ > a"
        ),
        RouteRow(
            "a wildcard without paths",
            RouteCluster("*.example", backend: "z"),
            "http://x.example/ > z",
            "http://example/ > 404"
        ),
        RouteRow(
            "a resource",
            RouteCluster(backend: "resource"),
            "http://x.example/ > 503"
        ),
        RouteRow(
            "a resource for a host",
            RouteCluster("Prefix x.example/a > a", backend: "resource"),
            "http://x.example/a > a",
            "http://x.example/b > 503",
            "http://y.example/b > 404"
        ),
        RouteRow(
            "one that is missing",
            RouteCluster(backend: "missing"),
            "http://x.example/ > 503"
        ),
        RouteRow(
            "one that only one entry point leads to",
            {
                $0.add("all", backend: "z", ["router.entrypoints": "websecure"])
                $0.add("other", backend: "y", ["router.entrypoints": "web"])
            },
            "http://x.example/ > y",
            "https://x.example/ > z"
        ),
        RouteRow(
            "of another class",
            { $0.add("all", backend: "z", class: "nginx") },
            "http://x.example/ > 404"
        ),
    ]
}
