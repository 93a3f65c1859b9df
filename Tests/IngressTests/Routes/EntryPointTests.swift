import Ingress
import Testing

/// What annotations do to routes.
struct EntryPointTests {
    @Test(arguments: rows + priorities)
    func `annotations`(row: RouteRow) { row.check() }

    static let rows: [RouteRow] = [
        row("none", [:], web: "a", websecure: "a"),
        row("web", ["router.entrypoints": "web"], web: "a", websecure: "404"),
        row("websecure", ["router.entrypoints": "websecure"], web: "404", websecure: "a"),
        row("both", ["router.entrypoints": "web,websecure"], web: "a", websecure: "a"),
        row("with blanks", ["router.entrypoints": " web , websecure "], web: "a", websecure: "a"),
        row("one of them unknown", ["router.entrypoints": "web,metrics"], web: "a", websecure: "404"),
        row("all of them unknown", ["router.entrypoints": "metrics"], web: "404", websecure: "404"),
        row("TLS", ["router.tls": "true"], web: "404", websecure: "a"),
        row("no TLS", ["router.tls": "false"], web: "a", websecure: "a"),
        row("web with TLS", ["router.entrypoints": "web", "router.tls": "true"], web: "404", websecure: "404"),
        RouteRow(
            "what one entry point does not take goes to the other rule",
            {
                $0.add("one", ["Prefix x.example/a > a"], age: 2, ["router.entrypoints": "websecure"])
                $0.add("two", ["Prefix x.example/ > b"], age: 1)
            },
            "http://x.example/a > b",
            "https://x.example/a > a"
        ),
        RouteRow(
            "the older one has its entry point, the newer one the rest",
            {
                $0.add("one", ["Prefix x.example/a > a"], age: 2, ["router.entrypoints": "websecure"])
                $0.add("two", ["Prefix x.example/a > b"], age: 1)
            },
            "http://x.example/a > b",
            "https://x.example/a > a"
        ),
        RouteRow(
            "an exact path of another entry point",
            {
                $0.add("one", ["Exact x.example/a > a"], ["router.entrypoints": "web"])
                $0.add("two", ["Prefix x.example/a > b"])
            },
            "http://x.example/a > a",
            "https://x.example/a > b",
            "http://x.example/a/ > b"
        ),
        RouteRow(
            "a host of another entry point",
            {
                $0.add("one", ["Prefix x.example/ > a"], ["router.entrypoints": "web"])
                $0.add("two", ["Prefix *.example/ > b"])
            },
            "http://x.example/a > a",
            "https://x.example/a > b"
        ),
        RouteRow(
            "paths of ImplementationSpecific that are exact",
            { $0.add("one", ["Any x.example/a > a", "Any x.example > b"], ["router.pathmatcher": "Path"]) },
            "http://x.example/a > a",
            "http://x.example/a/b > b"
        ),
        RouteRow(
            "paths of Prefix are not",
            { $0.add("one", ["Prefix x.example/a > a"], ["router.pathmatcher": "Path"]) },
            "http://x.example/a/b > a"
        ),
    ]

    static let priorities: [RouteRow] = [
        priority("the older one", old: nil, new: nil, wanted: "a"),
        priority("a greater number", old: nil, new: "1000", wanted: "b"),
        priority("a number below the length of the rule", old: nil, new: "1", wanted: "a"),
        priority("the older one with a number below the length of the rule", old: "1", new: nil, wanted: "b"),
        priority("two numbers", old: "5", new: "6", wanted: "b"),
        priority("one number", old: "6", new: "6", wanted: "a"),
        priority("below zero", old: "-1", new: "-2", wanted: "a"),
        priority("zero is none", old: nil, new: "0", wanted: "a"),
        priority("no number", old: nil, new: "high", wanted: "a"),
        RouteRow(
            "a number orders no other paths",
            {
                $0.add("one", ["Prefix x.example/ > a"], ["router.priority": "1000"])
                $0.add("two", ["Prefix x.example/a > b"])
            },
            "http://x.example/a > b",
            "http://x.example/ > a"
        ),
    ]

    private static func row(_ name: String, _ annotations: [String: String], web: String, websecure: String) -> RouteRow
    {
        RouteRow(
            name,
            { $0.add("web", ["Prefix x.example/ > a"], annotations) },
            "http://x.example/ > \(web)",
            "https://x.example/ > \(websecure)"
        )
    }

    private static func priority(_ name: String, old: String?, new: String?, wanted: String) -> RouteRow {
        RouteRow(
            name,
            { cluster in
                for (ingress, age, backend, text) in [("old", 2, "a", old), ("new", 1, "b", new)] {
                    let annotations = text.map { ["router.priority": $0] } ?? [:]
                    cluster.add(ingress, ["Prefix x.example/p > \(backend)"], age: Int64(age), annotations)
                }
            },
            "http://x.example/p > \(wanted)"
        )
    }
}
