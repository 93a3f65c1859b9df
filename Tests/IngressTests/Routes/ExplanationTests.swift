import ClusterFixtures
import ClusterState
import Ingress
import Testing

/// What is said of the way of a request.
struct ExplanationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let url: String
        let wanted: String
        let cluster: RouteCluster

        init(_ name: String, _ url: String, _ wanted: String, describe: (inout RouteCluster) -> Void) {
            testDescription = name
            self.url = url
            self.wanted = wanted
            cluster = RouteCluster(describe)
        }
    }

    @Test(arguments: rows)
    func `explanations`(row: Row) {
        let parts = row.url.split(separator: "://").map(String.init)
        let slash = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
        let explanation = row.cluster.table.explain(
            scheme: parts[0],
            host: String(parts[1][..<slash]),
            path: String(parts[1][slash...])
        )
        #expect(explanation.description == row.wanted)
    }

    static let rows: [Row] = [
        Row(
            "nothing",
            "http://x.example/a",
            """
            http://x.example/a (entry point web)
              takes no rule and is answered with 404
            """
        ) { _ in },
        Row(
            "one rule, with port and query",
            "https://X.Example.:8443/a/b?c=d",
            """
            https://x.example/a/b (entry point websecure)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/a
              goes to Service shop/a, port http (80), by http
                10.42.1.1:8080 on this node
            """
        ) {
            $0.add("web", ["Prefix x.example/a > a:http"])
            $0.slices[0].endpoints[0].nodeName = "node-1"
        },
        Row(
            "a path that is another one",
            "http://x.example/b",
            """
            http://x.example/b (entry point web)
              takes no rule and is answered with 404
            not taken:
              Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/a: its path is another one
            """
        ) { $0.add("web", ["Prefix x.example/a > a"]) },
        Row(
            "all that can keep a rule from being taken",
            "http://x.example/a",
            """
            http://x.example/a (entry point web)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Exact x.example/a
              goes to Service shop/a, port 80, by http
                10.42.1.1:8080
            not taken:
              Ingress shop/young, spec.rules[0].http.paths[0], Exact x.example/a: the other one goes first, which is older
              Ingress shop/web, spec.rules[1].http.paths[0], Prefix x.example/a: the other one goes first, whose path is exact
              Ingress shop/web, spec.rules[2].http.paths[0], Prefix x.example/: the other one goes first, whose path is exact
              Ingress shop/web, spec.defaultBackend, the default backend of x.example: the other one goes first, whose path \
            is exact
              Ingress shop/wild, spec.rules[0].http.paths[0], Exact *.example/a: the other one goes first, whose host is \
            more specific
              Ingress shop/any, spec.rules[0].http.paths[0], Prefix */: the other one goes first, whose host is more specific
              Ingress shop/all, spec.defaultBackend, the default backend of *: the other one goes first, whose host is more \
            specific
              Ingress shop/nginx, spec.rules[0].http.paths[0], Exact x.example/a: its class 'nginx' is not served here
              Ingress shop/secure, spec.rules[0].http.paths[0], Exact x.example/a: it takes requests from websecure alone
              Ingress shop/web, spec.rules[3].http.paths[0], Prefix x.example/other: its path is another one
            """
        ) {
            let rules = [
                "Exact x.example/a > a", "Prefix x.example/a > b", "Prefix x.example/ > c",
                "Prefix x.example/other > d",
            ]
            $0.add("web", rules, backend: "z", age: 5)
            $0.add("young", ["Exact x.example/a > a"], age: 1)
            $0.add("wild", ["Exact *.example/a > a"])
            $0.add("any", ["Prefix / > a"])
            $0.add("all", backend: "z")
            $0.add("nginx", ["Exact x.example/a > a", "Exact x.example/b > a"], age: 7, class: "nginx")
            $0.add("secure", ["Exact x.example/a > a"], age: 6, ["router.entrypoints": "websecure"])
        },
        Row(
            "no class",
            "http://x.example/a",
            """
            http://x.example/a (entry point web)
              takes no rule and is answered with 404
            not taken:
              Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/: it names no class, and the default class \
            is not served here
            """
        ) {
            $0.add(class: "nginx", isDefault: true)
            $0.add("web", ["Prefix x.example/ > a"], class: nil)
        },
        Row(
            "no entry point at all",
            "http://x.example/a",
            """
            http://x.example/a (entry point web)
              takes no rule and is answered with 404
            not taken:
              Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/: it takes requests from no entry point
            """
        ) { $0.add("web", ["Prefix x.example/ > a"], ["router.entrypoints": "x"]) },
        Row(
            "a service that is missing",
            "http://x.example/",
            """
            http://x.example/ (entry point web)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/
              is answered with 503: there is no Service shop/missing
            """
        ) { $0.add("web", ["Prefix x.example/ > missing"]) },
        Row(
            "no endpoints",
            "http://x.example/",
            """
            http://x.example/ (entry point web)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/
              is answered with 503: no endpoint of the Service shop/empty is ready for port 80
            """
        ) { $0.add("web", ["Prefix x.example/ > empty"]) },
        Row(
            "a name outside the cluster",
            "http://x.example/",
            """
            http://x.example/ (entry point web)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/
              goes to Service shop/a, port 80, by http, which stands for outside.example
                198.51.100.1:80
                not 127.0.0.1 (it is the node itself)
            """
        ) {
            $0.add("web", ["Prefix x.example/ > a"])
            $0.services = [fixtureAlias("shop/a", of: "outside.example")]
            $0.configuration.allowsExternalNames = true
            let addresses = [address("127.0.0.1"), address("198.51.100.1")]
            if let name = ExternalName("outside.example") { $0.names[name] = .addresses(addresses) }
        },
        Row(
            "a name of which only that is known which an earlier run knew",
            "http://x.example/",
            """
            http://x.example/ (entry point web)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/
              goes to Service shop/a, port 80, by http, which stands for outside.example (known from before the start, and asked for again)
                198.51.100.1:80
            """
        ) {
            $0.add("web", ["Prefix x.example/ > a"])
            $0.services = [fixtureAlias("shop/a", of: "outside.example")]
            $0.configuration.allowsExternalNames = true
            if let name = ExternalName("outside.example") { $0.names[name] = .remembered([address("198.51.100.1")]) }
        },
        Row(
            "a rule that leads to the default backend of all hosts",
            "http://x.example/",
            """
            http://x.example/ (entry point web)
              takes Ingress shop/all, spec.defaultBackend, the default backend of *
              goes to Service shop/z, port 80, by http
                10.42.1.1:8080
            not taken:
              Ingress shop/web, spec.rules[0], the default backend of x.example: it leads to the default backend of all hosts
            """
        ) {
            $0.add("all", backend: "z")
            $0.add("web", ["x.example"])
        },
        Row(
            "middlewares on the way",
            "http://x.example/",
            """
            http://x.example/ (entry point web)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/
              passes redirectScheme, stripPrefix
              goes to Service shop/a, port 80, by http
                10.42.1.1:8080
            """
        ) {
            let specs: [String: StructuredValue] = [
                "secure": ["redirectScheme": ["scheme": "https"]], "strip": ["stripPrefix": ["prefixes": ["/x"]]],
            ]
            $0.others = specs.map { name, spec in
                .middleware(Middleware(metadata: ObjectMetadata(name: name, namespace: "shop"), spec: spec))
            }
            let names = "shop-secure@kubernetescrd, shop-strip@kubernetescrd"
            $0.add("web", ["Prefix x.example/ > a"], ["router.middlewares": names])
        },
        Row(
            "a middleware that is missing",
            "http://x.example/",
            """
            http://x.example/ (entry point web)
              takes Ingress shop/web, spec.rules[0].http.paths[0], Prefix x.example/
              is answered with 503: Ingress shop/web: there is no Middleware 'shop-gone@kubernetescrd'; create it, or \
            correct the name
            """
        ) { $0.add("web", ["Prefix x.example/ > a"], ["router.middlewares": "shop-gone@kubernetescrd"]) },
    ]
}
