import ClusterState
import Ingress
import Testing

/// Routes that lead to nobody: they answer 503, and nothing less specific takes their place.
struct UnavailableTests {
    @Test(arguments: rows)
    func `routes to nobody`(row: RouteRow) { row.check() }

    static let rows: [RouteRow] = [
        RouteRow(
            "a service that is missing",
            RouteCluster("Prefix x.example/ > a", "Prefix x.example/b > missing", "Prefix / > c"),
            "http://x.example/a > a",
            "http://x.example/b/c > 503"
        ),
        RouteRow(
            "a service that is missing, at the only path",
            RouteCluster("Prefix x.example/b > missing", "Prefix / > c"),
            "http://x.example/b > 503",
            "http://x.example/c > c"
        ),
        RouteRow(
            "an exact path to a service that is missing",
            RouteCluster("Exact x.example/b > missing", "Prefix x.example/b > c"),
            "http://x.example/b > 503",
            "http://x.example/b/ > c"
        ),
        RouteRow(
            "a port that is missing",
            RouteCluster("Prefix x.example/ > a", "Prefix x.example/b > b:81"),
            "http://x.example/b > 503"
        ),
        RouteRow("a port name", RouteCluster("Prefix x.example/ > a:http"), "http://x.example/ > a"),
        RouteRow("a port name that is missing", RouteCluster("Prefix x.example/ > a:https"), "http://x.example/ > 503"),
        RouteRow(
            "no endpoints",
            RouteCluster("Prefix x.example/ > a", "Prefix x.example/b > empty"),
            "http://x.example/b > 503",
            "http://x.example/c > a"
        ),
        RouteRow(
            "a resource",
            RouteCluster("Prefix x.example/ > a", "Prefix x.example/b > resource"),
            "http://x.example/b > 503"
        ),
        RouteRow(
            "an older Ingress to nobody",
            {
                $0.add("old", ["Prefix x.example/ > missing"], age: 2)
                $0.add("new", ["Prefix x.example/ > b"], age: 1)
            },
            "http://x.example/ > 503"
        ),
        RouteRow(
            "a service of the same name in another namespace",
            {
                $0.add("shop/a", ["Prefix x.example/ > web"])
                $0.add("store/a", ["Prefix y.example/ > missing"])
            },
            "http://x.example/ > web",
            "http://y.example/ > 503"
        ),
    ]

    @Test(
        arguments: [
            (
                "missing",
                "web: BackendUnavailable: spec.rules[0].http.paths[0]: requests are answered with 503, since there is no "
                    + "Service shop/missing: create it, or name another one"
            ),
            (
                "a:81",
                "web: BackendUnavailable: spec.rules[0].http.paths[0]: requests are answered with 503, since the Service "
                    + "shop/a has no TCP port 81: name one of its ports, by number or by name"
            ),
            (
                "resource",
                "web: BackendUnavailable: spec.rules[0].http.paths[0]: requests are answered with 503, since its backend "
                    + "is the Bucket files, which is no Service: name a Service"
            ),
            ("empty", nil), ("a", nil),
        ] as [(String, String?)]
    )
    func `what is to be mended is said`(backend: String, wanted: String?) {
        #expect(RouteCluster("Prefix x.example/ > \(backend)").table.said == [wanted].compactMap(\.self))
    }

    @Test func `reports are events of the Ingress`() {
        let table = RouteCluster("Prefix x.example/ > missing").table
        let event = table.reports[NamespacedName(namespace: "shop", name: "web")]?.events.first
        #expect(event?.severity == .warning)
        #expect(event?.reason == "BackendUnavailable")
        #expect(event?.object == ObjectKey(.ingress, namespace: "shop", name: "web"))
    }
}
