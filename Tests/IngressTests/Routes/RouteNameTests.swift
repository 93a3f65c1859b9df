import ClusterState
import Ingress
import Testing

/// Traefik's names, which metrics and logs keep.
struct RouteNameTests {
    @Test(
        arguments: [
            ("Prefix x.example/api > web", [:], "web-shop-web-x-example-api@kubernetes", "shop-web-80@kubernetes"),
            ("Prefix /api > web:http", [:], "web-shop-web-api@kubernetes", "shop-web-http@kubernetes"),
            ("Prefix / > web", [:], "web-shop-web@kubernetes", "shop-web-80@kubernetes"),
            ("Exact *.example/a/b/ > web", [:], "web-shop-web-example-a-b@kubernetes", "shop-web-80@kubernetes"),
            (
                "Prefix x.example/a_b > web", ["router.entrypoints": "web"], "shop-web-x-example-a-b@kubernetes",
                "shop-web-80@kubernetes"
            ),
        ] as [(String, [String: String], String, String)]
    )
    func `routers and services`(rule: String, annotations: [String: String], router: String, service: String) throws {
        let table = RouteCluster { $0.add("web", [rule], annotations) }.table
        let path = rule.split(separator: " ")[1].drop { $0 != "/" }
        let (host, octets) = (Array("x.example".utf8), Array(path.utf8))
        let found = table.route(host: host.span, path: octets.span, over: .web)
        let route = try #require(found)
        #expect(route.routerName(over: .web) == router)
        #expect(route.serviceName == service)
    }

    @Test func `the default backend of all hosts`() throws {
        let table = RouteCluster(backend: "z").table
        let (host, path) = (Array("x".utf8), Array("/".utf8))
        let found = table.route(host: host.span, path: path.span, over: .websecure)
        let route = try #require(found)
        #expect(route.routerName(over: .websecure) == "websecure-default-router@kubernetes")
        #expect(route.serviceName == "default-backend@kubernetes")
    }
}
