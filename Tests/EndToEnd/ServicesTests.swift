import Foundation
import Testing

extension Nodes {
    /// Services between two nodes whose agents run, and from a machine of the LAN. Services are in 10.43.0.0/16 and
    /// fd00:43::/112, pods of north in 10.42.1.0/24 and fd00:42:0:1::/64, of south in 10.42.2.0/24 and fd00:42:0:2::/64;
    /// the LAN is 192.168.77.0/24 and fd00:77::/64, its machine .254 and ::fe.
    @Suite struct ServicesTests {
        /// The load balancers have port 80, which is the ingress's where there is one.
        private static let withoutIngress = ["--disable", "traefik"]

        /// Answers each connection with its name and the address that it sees.
        private static let server = """
            import socket, sys, threading
            name = sys.argv[1].encode()
            server = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            server.bind(("::", 8080))
            server.listen(64)
            print("listening", flush=True)
            while True:
                client, address = server.accept()
                client.sendall(name + b" " + address[0].removeprefix("::ffff:").encode())
                client.close()
            """

        private static let client = """
            import socket, sys
            connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3)
            print(connection.makefile().read())
            """

        private static func service(_ type: String, _ policy: String) -> String {
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              type: \(type)
              externalTrafficPolicy: \(policy)
              clusterIPs: [10.43.0.80, "fd00:43::80"]
              ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}]
            """
        }

        private static func slice(_ suffix: String, _ endpoints: [(address: String, node: String)]) -> String {
            let list = endpoints.map { "  - {addresses: [\"\($0.address)\"], nodeName: \($0.node)}\n" }.joined()
            let type = endpoints.contains { $0.address.contains(":") } ? "IPv6" : "IPv4"
            return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-\(suffix), namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: \(type)
                ports: [{name: http, port: 8080}]
                endpoints:
                \(list)
                """
        }

        private func serve(_ pod: Pod) async throws -> Monitor {
            let server = try Monitor(
                ["python3", "-c", Self.server, pod.name],
                in: pod.namespace,
                on: pod.node
            )
            try await eventually("\(pod.name) listens", shows: "listening") { server.text }
            return server
        }

        private func ask(_ address: String, _ port: Int, from namespace: String) async throws -> String {
            let result = try await Tool.run(
                ["ip", "netns", "exec", namespace, "python3", "-c", Self.client, address, "\(port)"]
            )
            return result.succeeded ? result.output.trimmingCharacters(in: .whitespacesAndNewlines) : result.errors
        }

        @Test func `a service is reached from pods, nodes and the LAN, and endpoints see clients by their address`()
            async throws
        {
            try await Cluster.with { cluster, nodes in
                let (north, south) = (nodes[0], nodes[1])
                try cluster.write(Self.service("LoadBalancer", "Cluster"), to: "service.yaml")
                for node in nodes {
                    try node.rememberNoKubeProxy()
                    _ = try await cluster.start(node, Self.withoutIngress)
                }
                let near = try await cluster.attachPod("near", on: north)
                let far = try await cluster.attachPod("far", on: south)
                let other = try await cluster.attachPod("other", on: north)
                let servers = [try await serve(near), try await serve(far)]
                defer { for server in servers { server.stop() } }
                for family in ["-4", "-6"] {
                    let isOld = family == "-4"
                    let (here, there) = (try await near.address(family), try await far.address(family))
                    try cluster.write(
                        Self.slice(isOld ? "a" : "b", [(here, "north"), (there, "south")]),
                        to: "slice\(family).yaml"
                    )
                    let address = isOld ? "10.43.0.80" : "fd00:43::80"
                    let own = isOld ? "192.168.77.1" : "fd00:77::1"
                    let tunnel = isOld ? "10.42.1.0" : "fd00:42:0:1::"
                    let lan = isOld ? "192.168.77.254" : "fd00:77::fe"
                    let pod = try await other.address(family)
                    try await eventually("the cluster address is served") {
                        try await ask(address, 80, from: other.namespace).contains(pod)
                    }
                    // Who asks, where, and what each of the two endpoints sees.
                    let rows: [(from: String, address: String, port: Int, near: String, far: String)] = [
                        (other.namespace, address, 80, pod, pod),
                        (north.namespace, address, 80, own, tunnel),
                        (other.namespace, own, 80, pod, pod),
                        (cluster.lanNamespace, own, 80, lan, tunnel),
                        (cluster.lanNamespace, own, 30080, lan, tunnel),
                    ]
                    for row in rows {
                        var seen: Set<String> = []
                        try await eventually("both endpoints answer \(row)") {
                            seen.insert(try await ask(row.address, row.port, from: row.from))
                            return seen.count > 1
                        }
                        #expect(seen == ["near \(row.near)", "far \(row.far)"], "\(row)")
                    }
                }
                #expect(try await ask("10.43.0.80", 81, from: other.namespace).contains("refused"))
                #expect(try await ask("10.43.0.99", 80, from: other.namespace).contains("refused"))

                try cluster.write(Self.service("LoadBalancer", "Local"), to: "service.yaml")
                try await eventually("south sends nobody to north, and knows the client") {
                    var seen: Set<String> = []
                    for _ in 1...8 { seen.insert(try await ask("192.168.77.2", 80, from: cluster.lanNamespace)) }
                    return seen == ["far 192.168.77.254"]
                }
            }
        }

        @Test func `a health check says whether endpoints are here, at addresses of both families`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let service = Self.service("LoadBalancer", "Local") + "\n  healthCheckNodePort: 32080"
                try cluster.write(service, to: "service.yaml")
                try node.rememberNoKubeProxy()
                _ = try await cluster.start(node, Self.withoutIngress)
                for (endpoints, status) in [
                    (0, "503 Service Unavailable"), (2, "200 OK"), (0, "503 Service Unavailable"),
                ] {
                    let here = (0..<endpoints).map { (address: "10.42.1.\(5 + $0)", node: "north") }
                    try cluster.write(Self.slice("a", here + [("10.42.2.5", "south")]), to: "slice.yaml")
                    for address in ["192.168.77.1", "[fd00:77::1]"] {
                        func answer() async throws -> String {
                            let curl = ["curl", "-s", "-i", "-m", "3", "http://\(address):32080/healthz"]
                            let words = ["ip", "netns", "exec", cluster.lanNamespace] + curl
                            return try await Tool.run(words).output.replacing("\r\n", with: "\n")
                        }
                        try await eventually("it follows the endpoints", shows: "Endpoints\": \(endpoints),") {
                            try await answer()
                        }
                        let (head, body) = try await answer().halves
                        #expect(head.hasPrefix("HTTP/1.1 \(status)\n"))
                        for field in [
                            "Content-Type: application/json", "X-Content-Type-Options: nosniff",
                            "X-Load-Balancing-Endpoint-Weight: \(endpoints)",
                        ] { #expect(head.contains("\n\(field)"), "\(head)") }
                        let name = "\t\"service\": {\n\t\t\"namespace\": \"shop\",\n\t\t\"name\": \"web\"\n\t},\n"
                        let count = "\t\"localEndpoints\": \(endpoints),\n\t\"serviceProxyHealthy\": true\n"
                        #expect(body == "{\n\(name)\(count)}")
                    }
                }
            }
        }

        @Test(arguments: [SIGTERM, SIGKILL])
        func `services are there while no agent runs, and a start changes nothing`(signal: Int32) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.service("ClusterIP", "Cluster"), to: "service.yaml")
                try node.rememberNoKubeProxy()
                let agent = try await cluster.start(node, Self.withoutIngress)
                let pod = try await cluster.attachPod("near", on: node)
                let client = try await cluster.attachPod("other", on: node)
                let server = try await serve(pod)
                defer { server.stop() }
                try cluster.write(Self.slice("a", [(try await pod.address("-4"), "north")]), to: "slice.yaml")
                try await eventually("it is served", shows: "near") {
                    try await ask("10.43.0.80", 80, from: client.namespace)
                }
                try await expectSilence(of: node) {
                    agent.signal(signal)
                    _ = try await agent.ended()
                    #expect(try await ask("10.43.0.80", 80, from: client.namespace).hasPrefix("near"))
                    let second = try await cluster.start(node, Self.withoutIngress)
                    try await eventually("it is in step") { try await node.state(of: "services") == "ready" }
                    #expect(try await second.stop() == 0)
                }
                #expect(try await ask("10.43.0.80", 80, from: client.namespace).hasPrefix("near"))
            }
        }

        @Test func `beside kube-proxy load balancers alone are served, and the rest once it is gone`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.service("LoadBalancer", "Cluster"), to: "service.yaml")
                try cluster.write(Self.slice("a", [("10.42.1.9", "north")]), to: "slice.yaml")
                try node.rememberNoKubeProxy()
                _ = try await cluster.start(node, Self.withoutIngress)
                func frontends() async throws -> [String] {
                    let maps = ["services-v4", "node-services-v4"]
                    var found: [String] = []
                    for map in maps {
                        let list = try await node.text("nft list map inet linnet \(map)")
                        for frontend in ["10.43.0.80 . tcp . 80 ", "tcp . 80 ", "tcp . 30080 "]
                        where list.contains(" \(frontend)comment")
                            && !(map == "services-v4" && frontend.hasPrefix("tcp"))
                        {
                            found.append(frontend)
                        }
                    }
                    return found.sorted()
                }
                let all = ["10.43.0.80 . tcp . 80 ", "tcp . 30080 ", "tcp . 80 "]
                try await eventually("all is served") { try await frontends() == all }
                try await node.run("nft", "add", "table", "ip", "kube-proxy")
                try await eventually("only the load balancer is", within: .seconds(20)) {
                    try await frontends() == ["tcp . 80 "]
                }
                try await eventually(
                    "what was left behind is told",
                    shows: "nft delete table ip kube-proxy",
                    within: .seconds(50)
                ) {
                    try await node.linnet("status").output
                }
                try await node.run("nft", "delete", "table", "ip", "kube-proxy")
                try await eventually("all is again", within: .seconds(50)) { try await frontends() == all }
            }
        }

        @Test func `a port that a program has is left to it, and its name is told`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let program = try Monitor(
                    ["python3", "-m", "http.server", "80"],
                    in: node.namespace,
                    on: node
                )
                defer { program.stop() }
                try await eventually("it listens") {
                    try await node.text("ss -Hltn sport = 80").contains(":80")
                }
                try cluster.write(Self.service("LoadBalancer", "Cluster"), to: "service.yaml")
                try cluster.write(Self.slice("a", [("10.42.1.9", "north")]), to: "slice.yaml")
                try node.rememberNoKubeProxy()
                _ = try await cluster.start(node, Self.withoutIngress)
                try await eventually("the node port is served", shows: "tcp . 30080") {
                    try await node.text("nft list map inet linnet node-services-v4")
                }
                #expect(try await !node.text("nft list map inet linnet node-services-v4").contains("tcp . 80 "))
                try await eventually("status names the program", shows: "python3") {
                    try await node.linnet("status").output
                }
                program.stop()
                try await eventually(
                    "it is served when the port was free for a while",
                    shows: "tcp . 80 ",
                    within: .seconds(60)
                ) {
                    try await node.text("nft list map inet linnet node-services-v4")
                }
            }
        }

        @Test(arguments: ["flush ruleset", "delete table inet linnet", "flush map inet linnet services-v4"])
        func `what others take from services is back at once`(command: String) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.service("ClusterIP", "Cluster"), to: "service.yaml")
                try cluster.write(Self.slice("a", [("10.42.1.9", "north")]), to: "slice.yaml")
                try node.rememberNoKubeProxy()
                _ = try await cluster.start(node, Self.withoutIngress)
                func isServed() async throws -> Bool {
                    try await node.text("nft list map inet linnet services-v4").contains("shop/web:http")
                }
                try await eventually("it is served") { try await isServed() }
                let before = try await node.text("nft list table inet linnet")
                try await node.run("nft", command)
                try await eventually("it is again") { try await isServed() }
                let after = try await node.text("nft list table inet linnet")
                #expect(after.split(separator: "\n").count == before.split(separator: "\n").count)
            }
        }
    }
}

extension String {
    /// What is before and behind the first empty line.
    fileprivate var halves: (head: String, body: String) {
        guard let gap = firstRange(of: "\n\n") else { return (self, "") }
        return (String(self[..<gap.lowerBound]), String(self[gap.upperBound...]))
    }
}
