import Foundation
import HTTPPeers
import Testing

extension Nodes {
    /// WebSocket over HTTP/2 (RFC 8441), by libraries that its users have.
    @Suite struct IngressWebSocketTests {
        private static let seen = [
            "offered 1", "status 200 b", "text word", "pong there?", "large True", "close 1000", "ended",
        ]

        private static let middlewares = "traefik.ingress.kubernetes.io/router.middlewares"
        private static let office = """

            ---
            apiVersion: traefik.io/v1alpha1
            kind: Middleware
            metadata: {name: office, namespace: shop}
            spec: {ipAllowList: {sourceRange: [203.0.113.0/24]}}
            """

        @Test(arguments: ["http", "kubernetes.io/h2c"])
        func `a client of HTTP 2 has a WebSocket of a server of HTTP 1`(protocolName: String) async throws {
            try await ScriptedIngress.with(["--ingress-access-log", "clf", "--metrics-address", "127.0.0.1:9477"]) {
                ingress in
                try ingress.cluster.write(
                    IngressManifests.route.replacing("port: 80,", with: "appProtocol: \(protocolName), port: 80,"),
                    to: "route.yaml"
                )
                let server = try ingress.webSocketServer()
                defer { server.stop() }
                try await eventually("the server is ready", shows: "ready") { server.text }
                #expect(try await ingress.webSocket("/c?d") == Self.seen)
                #expect(server.text.contains("/c?d https 13 https://web.test\n"), "\(server.text)")
                try await eventually("the server sees it closed", shows: "closed 1000") { server.text }
                try await eventually("it is logged as one request") {
                    ingress.agent.logText.contains(#""GET /c?d HTTP/2.0" 101 "#)
                }
                let metrics = try await ingress.node.text("curl -s http://127.0.0.1:9477/metrics")
                let labels = #"code="101",method="GET",protocol="websocket",entrypoint="websecure""#
                #expect(metrics.contains("traefik_entrypoint_requests_total{\(labels)} 1"), "\(metrics)")
                #expect(
                    try await ingress.webSocket("/denied") == ["offered 1", "status 403 None", "body not you"]
                )
            }
        }

        @Test func `middlewares have their say before a WebSocket`() async throws {
            try await ScriptedIngress.with { ingress in
                try ingress.cluster.write(
                    IngressManifests.route.replacing(
                        "metadata: {name: web, namespace: shop}\nspec:\n  ingress",
                        with: """
                            metadata:
                              name: web
                              namespace: shop
                              annotations: {\(Self.middlewares): shop-office@kubernetescrd}
                            spec:
                              ingress
                            """
                    ) + Self.office,
                    to: "route.yaml"
                )
                try await eventually("nobody has it") {
                    try await ingress.curl(["-o", "/dev/null", "-w", "%{http_code}", "https://web.test/"]).output
                        == "403"
                }
                #expect(try await ingress.webSocket("/").prefix(2) == ["offered 1", "status 403 None"])
            }
        }
    }
}

extension ScriptedIngress {
    fileprivate func webSocketServer() throws -> Monitor {
        try WebSocketPeers.server(on: Self.backend, port: 8080, in: cluster.lanNamespace, on: node)
    }

    fileprivate func webSocket(_ path: String) async throws -> [String] {
        try await WebSocketPeers.call("192.168.77.1", host: IngressManifests.host, path: path, in: cluster.lanNamespace)
    }
}
