import ClusterState
import Ingress
import Testing

/// Whose Ingresses are served. All rows ask for `http://x.example/`, which one Ingress leads to `a`.
struct ClassTests {
    @Test(arguments: rows)
    func `classes`(row: RouteRow) { row.check() }

    static let rows: [RouteRow] = [
        row("our own class", "a", class: "linnet"),
        row("a class of k3s", "a", class: "traefik"),
        row("another class", "404", class: "nginx"),
        row("a class in capitals", "404", class: "Linnet"),
        row("another class that exists", "404", class: "nginx") { $0.add(class: "nginx") },
        row("our class, which need not exist", "a", class: "linnet") { $0.add(class: "nginx") },
        row("our class by name, with somebody's controller", "a", class: "traefik") {
            $0.add(class: "traefik", controller: "traefik.io/ingress-controller")
        },
        row("no class, and there is none", "a", class: nil),
        row("an empty class, and there is none", "a", class: ""),
        row("no class, and there is another one", "404", class: nil) { $0.add(class: "nginx") },
        row("no class, and ours is there", "404", class: nil) { $0.add(class: "linnet") },
        row("no class, and ours is the default", "a", class: nil) { $0.add(class: "linnet", isDefault: true) },
        row("no class, and another one is the default", "404", class: nil) {
            $0.add(class: "linnet")
            $0.add(class: "nginx", isDefault: true)
        },
        row("an empty class, and another one is the default", "404", class: "") {
            $0.add(class: "nginx", isDefault: true)
        },
        row("our class, and another one is the default", "a", class: "linnet") {
            $0.add(class: "nginx", isDefault: true)
        },
        row("of two defaults the newer one, which is ours", "a", class: nil) {
            $0.add(class: "linnet", isDefault: true, createdAt: 2)
            $0.add(class: "nginx", isDefault: true, createdAt: 1)
        },
        row("of two defaults the newer one, which is not ours", "404", class: nil) {
            $0.add(class: "linnet", isDefault: true, createdAt: 1)
            $0.add(class: "nginx", isDefault: true, createdAt: 2)
        },
        row("of two defaults as old the first by name", "a", class: nil) {
            $0.add(class: "nginx", isDefault: true, createdAt: 1)
            $0.add(class: "linnet", isDefault: true, createdAt: 1)
        },
        row("a class that the configuration names", "a", class: "nginx") { $0.configuration.classes = ["nginx"] },
        row("no class at all in the configuration", "404", class: "linnet") { $0.configuration.classes = [] },
    ]

    private static func row(
        _ name: String,
        _ wanted: String,
        class className: String?,
        _ change: (inout RouteCluster) -> Void = { _ in }
    ) -> RouteRow {
        RouteRow(
            name,
            { cluster in
                cluster.add("web", ["Prefix x.example/ > a"], class: className)
                change(&cluster)
            },
            "http://x.example/ > \(wanted)"
        )
    }

    @Test func `an Ingress that is not ours is not spoken of`() {
        let cluster = RouteCluster {
            $0.add("web", ["Prefix */ > missing"], class: "nginx", ["router.entrypoints": "none"])
        }
        #expect(cluster.table.said.isEmpty)
    }
}
