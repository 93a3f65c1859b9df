import Foundation
import Testing

extension Nodes {
    /// What is answered on `--metrics-address`, asked by curl inside the node.
    @Suite struct MetricsTests {
        private static let services = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec: {clusterIPs: [10.43.0.20, "fd00:43::20"], ports: [{name: http, port: 80}]}
            """

        /// The status code and the body; empty while nobody answers.
        private func get(_ path: String, on node: Node, at address: String = "127.0.0.1:9477") async throws -> String {
            try await node.text("curl -s -w %{http_code} http://\(address)\(path)")
        }

        @Test func `before the first snapshot the agent lives and is not ready, and after it is`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.services, to: "services.yaml")
                try cluster.moveManifests(leaving: false)
                _ = try cluster.launch(node, ["--metrics-address", "127.0.0.1:9477,[::1]:9477"])
                try await eventually("cluster DNS waits", shows: "kubernetes503") {
                    try await get("/ready", on: node)
                }
                #expect(try await get("/health", on: node) == "OK200")
                #expect(try await get("/healthz", on: node) == "ok\n200")
                let unready = try await get("/readyz", on: node)
                #expect(unready.hasSuffix("503") && unready.contains("overlay: starting\n"), "\(unready)")
                let early = try await get("/metrics", on: node)
                #expect(early.contains("\nlinnet_coredns_ready 0\n"), "\(early)")
                #expect(early.contains("\nlinnet_source_kinds_complete 0\n"), "\(early)")

                try cluster.returnManifests()
                try await eventually("cluster DNS is ready", shows: "OK200") { try await get("/ready", on: node) }
                try await eventually("all is ready", shows: "ok\n200") { try await get("/readyz", on: node) }
                let metrics = try await get("/metrics", on: node, at: "[::1]:9477")
                for line in ["linnet_overlay_ready 1", "linnet_coredns_ready 1", "linnet_overlay_restarts_total 0"] {
                    #expect(metrics.contains("\n\(line)\n"), "\(metrics)")
                }
                #expect(metrics.contains(/\nlinnet_overlay_generation [1-9]/), "\(metrics)")
                #expect(metrics.contains(/\nprocess_resident_memory_bytes [1-9][0-9]{6,}\n/), "\(metrics)")
                #expect(try await get("/nothing", on: node) == "not found\n404")
            }
        }

        @Test func `queries are counted under CoreDNS' names`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.services, to: "services.yaml")
                _ = try await cluster.start(node)
                try await eventually("cluster DNS is ready", shows: "OK200") { try await get("/ready", on: node) }
                let name = "web.default.svc.cluster.local"
                for question in [
                    "@10.43.0.10 \(name) A", "@fd00:43::a +tcp +dnssec \(name) AAAA", "@10.43.0.10 x\(name) A",
                ] {
                    try await node.run("sh", "-c", "dig +tries=1 +time=5 \(question)")
                }
                let metrics = try await get("/metrics", on: node)
                let place = #"server="dns://:53",zone=".",view="""#
                for line in [
                    "dns_requests_total{\(place),proto=\"udp\",family=\"1\",type=\"A\"} 2",
                    "dns_requests_total{\(place),proto=\"tcp\",family=\"2\",type=\"AAAA\"} 1",
                    "dns_responses_total{\(place),rcode=\"NOERROR\",plugin=\"errors\"} 2",
                    "dns_responses_total{\(place),rcode=\"NXDOMAIN\",plugin=\"errors\"} 1",
                    "dns_do_requests_total{\(place)} 1",
                    "dns_request_duration_seconds_count{\(place)} 3",
                    "dns_request_duration_seconds_bucket{\(place),le=\"+Inf\"} 3",
                    "dns_response_size_bytes_count{\(place),proto=\"tcp\"} 1",
                    "cache_entries{server=\"dns://:53\",type=\"success\",zones=\".\",view=\"\"} 0",
                    "cache_misses_total{server=\"dns://:53\",zones=\".\",view=\"\"} 0",
                    "plugin_enabled{\(place),name=\"kubernetes\"} 1", "panics_total 0",
                ] {
                    #expect(metrics.contains("\ncoredns_\(line)\n"), "\(line)\n\(metrics)")
                }
                #expect(metrics.contains(/\nlinnet_coredns_generation [1-9]/), "\(metrics)")
            }
        }

        @Test func `a changed slice counts with the time since its cause`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.services, to: "services.yaml")
                _ = try await cluster.start(node)
                try await eventually("cluster DNS is ready", shows: "OK200") { try await get("/ready", on: node) }
                let early = try await get("/metrics", on: node)
                #expect(!early.contains("programming_duration"), "\(early)")
                for line in ["reload_failed_total 0", "health_request_failures_total 0"] {
                    #expect(early.contains("\ncoredns_\(line)\n"), "\(early)")
                }
                let time = Date(timeIntervalSinceNow: -5).formatted(.iso8601)
                let slice = """
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata:
                      name: web-a
                      namespace: default
                      labels: {kubernetes.io/service-name: web}
                      annotations: {endpoints.kubernetes.io/last-change-trigger-time: "\(time)"}
                    addressType: IPv4
                    endpoints: [{addresses: [10.42.1.7]}]
                    ports: [{name: http, port: 80}]
                    """
                try cluster.write(slice, to: "slice.yaml")
                let name = "coredns_kubernetes_dns_programming_duration_seconds"
                let label = #"{service_kind="cluster_ip""#
                try await eventually("the change is counted", shows: "\n\(name)_count\(label)} 1\n") {
                    try await get("/metrics", on: node)
                }
                let metrics = try await get("/metrics", on: node)
                #expect(metrics.contains("\n\(name)_bucket\(label),le=\"4.096\"} 0\n"), "\(metrics)")
            }
        }

        @Test func `queries are logged in CoreDNS' form, and upstream failures always`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.services, to: "services.yaml")
                let resolver = node.home.appendingPathComponent("resolv.conf")
                // Where no route leads.
                try "nameserver 203.0.113.1\n".write(to: resolver, atomically: true, encoding: .utf8)
                let agent = try await cluster.start(node, ["--resolv-conf", resolver.path, "--dns-log", "success"])
                try await eventually("cluster DNS is ready", shows: "OK200") { try await get("/ready", on: node) }
                let name = "web.default.svc.cluster.local"
                try await node.run(
                    "dig",
                    "@10.43.0.10",
                    "+nocookie",
                    "+bufsize=1232",
                    "WEB.default.svc.cluster.local",
                    "A"
                )
                try await eventually("the query is logged") {
                    let pattern = try Regex(
                        #"\[INFO\] 10\.43\.0\.10:[0-9]+ - [0-9]+ "A IN web\.default\.svc\.cluster\.local\. udp 58 false 1232" "#
                            + #"NOERROR qr,aa,rd,ra [0-9]+ 0\.[0-9]+s\n"#
                    )
                    return node.logText.contains(pattern)
                }
                try await node.run("dig", "@10.43.0.10", "x\(name)", "A")
                try await node.run("dig", "@10.43.0.10", "www.example.com", "A")
                try await eventually("the failure is told", shows: "[ERROR] plugin/errors: 2 www.example.com. A: ") {
                    node.logText
                }
                #expect(!node.logText.contains("NXDOMAIN"), "only what is asked for is logged")
                #expect(try await agent.stop() == 0)
            }
        }

        @Test func `who holds the address is named, the rest goes on, and it is taken when it is free`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let program =
                    "use Socket; socket(S,PF_INET,SOCK_STREAM,6); bind(S,sockaddr_in(9477,INADDR_ANY)); listen(S,1); sleep 100"
                let holder = try Monitor(["perl", "-e", program], on: node)
                try await eventually("the port is held", shows: ":9477 ") { try await node.text("ss -Hltn") }
                _ = try await cluster.start(node)
                let text = "127.0.0.1:9477 is held by process"
                try await eventually("the holder is named", shows: text, "(perl") { try await node.statusText() }
                #expect(try await node.state(of: "metrics") == "degraded")
                holder.stop()
                try await eventually("the port is taken", shows: "ok\n200", within: .seconds(30)) {
                    try await get("/healthz", on: node)
                }
                #expect(try await node.state(of: "metrics") == "ready")
            }
        }
    }
}
