import Foundation
import HTTPPeers
import Testing

extension Nodes {
    /// What the ingress tells of a request: before it comes, in metrics, and in its log.
    @Suite struct IngressObservationTests {
        private static func ingress(_ name: String, age: Int, class className: String, _ path: String) -> String {
            """
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: \(name), namespace: shop, creationTimestamp: "20\(30 - age)-01-01T00:00:00Z"}
            spec:
              ingressClassName: \(className)
              rules:
              - host: shop.test
                http: {paths: [{path: \(path), pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}

            """
        }

        /// What asks for a host that has no rule.
        private static let nobody = ["-H", "Host: nobody.test", "http://web.test/"]

        @Test func `status says who has a request, where it goes, and why the others have it not`() async throws {
            try await ScriptedIngress.with { ingress in
                let manifest = [
                    Self.ingress("old", age: 9, class: "linnet", "/cart"),
                    Self.ingress("young", age: 1, class: "linnet", "/cart"),
                    Self.ingress("rest", age: 5, class: "traefik", "/"),
                    Self.ingress("foreign", age: 8, class: "nginx", "/cart"),
                ]
                try ingress.cluster.write(manifest.joined(), to: "shop.yaml")
                let node = ingress.node
                func explain(_ url: String, _ extra: String...) async throws -> ToolResult {
                    try await node.linnet("status", ["--route", url] + extra)
                }
                let wanted = """
                    http://shop.test/cart/7 (entry point web)
                      takes Ingress shop/old, spec.rules[0].http.paths[0], Prefix shop.test/cart
                      goes to Service shop/web, port 80, by http
                        192.168.77.254:8080
                    not taken:
                      Ingress shop/young, spec.rules[0].http.paths[0], Prefix shop.test/cart: the other one goes first, \
                    which is older
                      Ingress shop/rest, spec.rules[0].http.paths[0], Prefix shop.test/: the other one goes first, whose \
                    path is longer
                      Ingress shop/foreign, spec.rules[0].http.paths[0], Prefix shop.test/cart: its class 'nginx' is not \
                    served here
                    """
                try await eventually("the way is told", shows: wanted) {
                    try await explain("http://Shop.Test/cart/./7?id=1").output
                }
                let data = Data(try await explain("https://shop.test/", "--json").output.utf8)
                let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                #expect("\(object)".contains("shop/rest"), "\(object)")
                let nobody = try await explain("http://nobody.test/")
                #expect(nobody.succeeded && nobody.output.contains("takes no rule and is answered with 404"))
                #expect(try await explain("shop.test/cart").status == 78)
                #expect(try await ingress.agent.stop() == 0)
                #expect(try await explain("http://shop.test/").status == 69)
            }
        }

        @Test func `requests are counted under Traefik's names`() async throws {
            try await ScriptedIngress.withEcho(["--metrics-address", "127.0.0.1:9477"]) { ingress in
                for words in [["http://web.test/a"], ["-d", "body", "https://web.test/a"], Self.nobody] {
                    _ = try await ingress.curl(words)
                }
                let metrics = try await ingress.node.text("curl -s http://127.0.0.1:9477/metrics")
                let service = #"service="shop-web-http@kubernetes""#
                let counted = [
                    #"entrypoint_requests_total{code="200",method="GET",protocol="http",entrypoint="web"} 1"#,
                    #"entrypoint_requests_total{code="404",method="GET",protocol="http",entrypoint="web"} 1"#,
                    #"entrypoint_requests_total{code="200",method="POST",protocol="http",entrypoint="websecure"} 1"#,
                    #"entrypoint_requests_bytes_total{code="200",method="POST",protocol="http",entrypoint="websecure"} 4"#,
                    #"entrypoint_responses_bytes_total{code="404",method="GET",protocol="http",entrypoint="web"} 19"#,
                    #"service_requests_total{code="200",method="GET",protocol="http",\#(service)} 1"#,
                    #"service_requests_bytes_total{code="200",method="POST",protocol="http",\#(service)} 4"#,
                    #"service_request_duration_seconds_count{code="200",method="GET",protocol="http",\#(service)} 1"#,
                    #"service_server_up{\#(service),url="http://192.168.77.254:8080"} 1"#,
                ]
                for line in counted { #expect(metrics.contains("\ntraefik_\(line)\n"), "\(line)\n\(metrics)") }
                #expect(metrics.contains(/\ntraefik_entrypoint_requests_tls_total\{tls_version="1.3",.*\} 1\n/))
                #expect(metrics.contains(/\ntraefik_config_reloads_total [1-9]/))
                #expect(metrics.contains(/\ntraefik_tls_certs_not_after\{cn="linnet-default.invalid",/))
                #expect(metrics.contains("\nlinnet_traefik_ready 1\n"))
                #expect(metrics.contains("\nlinnet_traefik_routes 1\n"))
            }
        }

        private static let post = ["-A", "browser", "-H", "X-Request-ID: 7f3a", "-d", "body"]

        @Test func `a request is a line of the log, as Traefik writes it`() async throws {
            try await ScriptedIngress.withEcho(["--ingress-access-log", "clf"]) { ingress in
                _ = try await ingress.curl(Self.post + ["http://web.test/a?b"])
                let pattern = try Regex(
                    #"192\.168\.77\.254 - - \[[^\]]*\+0000\] "POST /a\?b HTTP/1\.1" 200 [1-9][0-9]+ "-" "browser" 1 "#
                        + #""web-shop-web-web-test@kubernetes" "http://192\.168\.77\.254:8080" [0-9]+ms"#
                )
                try await eventually("it is logged") { ingress.node.logText.contains(pattern) }
            }
        }

        @Test func `a request is an object of the log, with its identifier, sizes and times`() async throws {
            try await ScriptedIngress.withEcho(["--ingress-access-log", "json"]) { ingress in
                _ = try await ingress.curl(Self.post + ["--http2", "https://web.test/a?b"])
                func entry() -> [String: Any]? {
                    let line = ingress.node.logText.split(separator: "\n").first { $0.contains("\"RequestMethod\"") }
                    guard let line, let start = line.firstIndex(of: "{") else { return nil }
                    return try? JSONSerialization.jsonObject(with: Data(line[start...].utf8)) as? [String: Any]
                }
                try await eventually("it is logged") { entry() != nil }
                let object = try #require(entry())
                let members: [String: String] = [
                    "ClientHost": "192.168.77.254", "RequestMethod": "POST", "RequestPath": "/a?b",
                    "RequestHost": "web.test", "RequestProtocol": "HTTP/2.0", "RequestScheme": "https",
                    "RequestContentSize": "4", "DownstreamStatus": "200", "OriginStatus": "200",
                    "RouterName": "websecure-shop-web-web-test@kubernetes", "ServiceName": "shop-web-http@kubernetes",
                    "ServiceURL": "http://192.168.77.254:8080", "KubernetesIngressName": "shop/web",
                    "entryPointName": "websecure", "TLSVersion": "1.3", "RetryAttempts": "0",
                    "request_User-Agent": "browser", "request_X-Request-Id": "7f3a",
                ]
                for (name, value) in members { #expect(object[name].map { "\($0)" } == value, "\(name): \(object)") }
                func number(_ name: String) throws -> Int { try #require(object[name] as? Int, "\(name)") }
                #expect(try number("Duration") == number("OriginDuration") + number("Overhead"))
                #expect(try number("DownstreamContentSize") > 100)
                #expect(object["Reason"] == nil)
            }
        }
    }
}
