import ClusterFixtures
import ClusterState
import Ingress
import Testing

/// Who has what several Ingresses want, and what the others are told.
struct ConflictTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cluster: RouteCluster
        let answer: String
        let said: [String]

        init(_ name: String, _ answer: String, _ said: String..., describe: (inout RouteCluster) -> Void) {
            testDescription = name
            self.answer = answer
            self.said = said
            cluster = RouteCluster(describe)
        }
    }

    /// Each row: who answers `http://x.example/p`, and what is said.
    @Test(arguments: rows)
    func `conflicts`(row: Row) {
        let table = row.cluster.table
        #expect(table.answer("http://x.example/p") == row.answer)
        #expect(table.said == row.said)
        // Whatever the order in which they come.
        var reversed = row.cluster
        reversed.ingresses.reverse()
        let isSame = reversed.table == table
        #expect(isSame)
    }

    static let rows: [Row] = [
        Row("one", "a") { $0.add("one", ["Prefix x.example/p > a"]) },
        Row(
            "the older one",
            "a",
            "new: RouteConflict: spec.rules[0].http.paths[0]: requests for Prefix x.example/p go to Ingress shop/old, "
                + "spec.rules[0].http.paths[0], which is older: take one of the two away, or give it another host or path"
        ) {
            $0.add("old", ["Prefix x.example/p > a"], age: 2)
            $0.add("new", ["Prefix x.example/p > b"], age: 1)
        },
        Row(
            "the first by namespace",
            "a",
            conflict("z", "Prefix x.example/p", "a/z", "which is as old and comes first by name")
        ) {
            $0.add("b/z", ["Prefix x.example/p > b"])
            $0.add("a/z", ["Prefix x.example/p > a"])
        },
        Row(
            "the first by name",
            "a",
            conflict("two", "Exact x.example/p", "shop/one", "which is as old and comes first by name")
        ) {
            $0.add("two", ["Exact x.example/p > b"], age: 1)
            $0.add("one", ["Exact x.example/p > a"], age: 1)
        },
        Row("one without an age is the newest", "a", conflict("a", "Prefix x.example/p", "shop/b", "which is older")) {
            $0.add("a", ["Prefix x.example/p > b"])
            $0.add("b", ["Prefix x.example/p > a"], age: 1)
        },
        Row(
            "the first in an Ingress",
            "a",
            "one: RouteConflict: spec.rules[1].http.paths[0]: requests for Prefix x.example/p go to "
                + "spec.rules[0].http.paths[0], which stands before it: take one of the two away, or give it another "
                + "host or path"
        ) { $0.add("one", ["Prefix x.example/p > a", "Prefix x.example/p > b"]) },
        Row(
            "a greater priority",
            "a",
            conflict("old", "Prefix x.example/p", "shop/new", "which has a greater priority")
        ) {
            $0.add("old", ["Prefix x.example/p > b"], age: 2)
            $0.add("new", ["Prefix x.example/p > a"], age: 1, ["router.priority": "1000"])
        },
        Row("a longer path", "a", conflict("old", "Prefix x.example/p", "shop/new", "whose path is longer")) {
            $0.add("old", ["Prefix x.example/p > b"], age: 2)
            $0.add("new", ["Prefix x.example/p/ > a"], age: 1)
        },
        Row("Exact and Prefix are no conflict", "b") {
            $0.add("old", ["Prefix x.example/p > a"], age: 2)
            $0.add("new", ["Exact x.example/p > b"], age: 1)
        },
        Row(
            "ImplementationSpecific and Prefix are one",
            "a",
            conflict("new", "Prefix x.example/p", "shop/old", "which is older")
        ) {
            $0.add("old", ["Any x.example/p > a"], age: 2)
            $0.add("new", ["Prefix x.example/p > b"], age: 1)
        },
        Row("other hosts are no conflict", "a") {
            $0.add("one", ["Prefix x.example/p > a"])
            $0.add("two", ["Prefix y.example/p > b"])
        },
        Row("other paths are no conflict", "a") {
            $0.add("one", ["Prefix x.example/p > a"])
            $0.add("two", ["Prefix x.example/ > b"])
        },
        Row("other entry points are no conflict", "a") {
            $0.add("one", ["Prefix x.example/p > a"], ["router.entrypoints": "web"])
            $0.add("two", ["Prefix x.example/p > b"], ["router.entrypoints": "websecure"])
        },
        Row(
            "one entry point of two",
            "a",
            "two: RouteConflict: spec.rules[0].http.paths[0]: requests for Prefix x.example/p over web go to Ingress "
                + "shop/one, spec.rules[0].http.paths[0], which is older: take one of the two away, or give it another "
                + "host or path"
        ) {
            $0.add("one", ["Prefix x.example/p > a"], age: 2, ["router.entrypoints": "web"])
            $0.add("two", ["Prefix x.example/p > b"], age: 1)
        },
        Row("another class is no conflict", "b") {
            $0.add("one", ["Prefix x.example/p > a"], age: 2, class: "nginx")
            $0.add("two", ["Prefix x.example/p > b"], age: 1)
        },
        Row(
            "two default backends for a host",
            "a",
            "new: RouteConflict: spec.defaultBackend: requests for what no path of x.example is for go to Ingress "
                + "shop/old, spec.defaultBackend, which is older: take one of the two away, or give it another host or path"
        ) {
            $0.add("old", ["Prefix x.example/a > b"], backend: "a", age: 2)
            $0.add("new", ["Prefix x.example/b > b"], backend: "c", age: 1)
        },
        Row(
            "two default backends for all hosts",
            "a",
            "new: RouteConflict: spec.defaultBackend: requests for what no path of * is for go to Ingress shop/old, "
                + "spec.defaultBackend, which is older: take one of the two away, or give it another host or path"
        ) {
            $0.add("old", backend: "a", age: 2)
            $0.add("new", backend: "c", age: 1)
        },
        Row(
            "neither rules nor a default backend",
            "404",
            "one: InvalidRule: spec: it has neither rules nor a default backend, so that nothing leads anywhere: write one"
        ) { $0.add("one") },
        Row(
            "a path that no request has",
            "a",
            "one: InvalidRule: spec.rules[0].http.paths[0]: no request comes with the path '/a/../p': elements '.' and "
                + "'..' are resolved before; write the path without them"
        ) { $0.add("one", ["Prefix x.example/a/../p > b", "Prefix x.example/p > a"]) },
        Row(
            "no entry point",
            "404",
            "one: InvalidAnnotation: traefik.ingress.kubernetes.io/router.entrypoints: there is no entry point 'x'; write "
                + "web, websecure or both",
            "one: NoEntryPoint: its annotations leave no entry point, so that nothing of it is served: name web or "
                + "websecure"
        ) { $0.add("one", ["Prefix x.example/p > a"], ["router.entrypoints": "x"]) },
    ]

    private static func conflict(_ loser: String, _ what: String, _ winner: String, _ why: String) -> String {
        "\(loser): RouteConflict: spec.rules[0].http.paths[0]: requests for \(what) go to Ingress \(winner), "
            + "spec.rules[0].http.paths[0], \(why): take one of the two away, or give it another host or path"
    }

    @Test func `who lost has it when the other one goes`() {
        var live = LiveRoutes(
            RouteCluster {
                $0.add("old", ["Prefix x.example/p > a"], age: 2)
                $0.add("new", ["Prefix x.example/p > b"], age: 1)
            }
        )
        live.update()
        #expect(live.table.answer("http://x.example/p") == "a")
        #expect(live.table.said.count == 1)
        live.store.apply(.remove(ObjectKey(.ingress, namespace: "shop", name: "old")), confirmedAt: 0)
        live.update()
        #expect(live.table.answer("http://x.example/p") == "b")
        #expect(live.table.said.isEmpty)
    }
}
