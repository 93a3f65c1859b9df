import Foundation
import Testing

extension Nodes {
    /// Cluster DNS on 10.43.0.10 and fd00:43::a, asked by dig from pods, the node and the LAN.
    @Suite struct ClusterDNSTests {
        private static let services = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec: {clusterIPs: [10.43.0.20, "fd00:43::20"], ports: [{name: http, port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: db, namespace: default}
            spec: {clusterIPs: [None], ports: [{name: sql, port: 5432}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: db-1, namespace: default, labels: {kubernetes.io/service-name: db}}
            addressType: IPv4
            ports: [{name: sql, port: 5432}]
            endpoints: [{addresses: [10.42.1.7], hostname: db-0}]
            """

        /// What dig says, in short; the server's address first.
        private func dig(_ server: String, _ question: String, in namespace: String) async throws -> String {
            let words = ["ip", "netns", "exec", namespace, "dig", "@\(server)", "+short", "+tries=1", "+time=2"]
            let result = try await Tool.run(words + question.split(separator: " ").map(String.init))
            return result.output.split(separator: "\n").joined(separator: " ")
        }

        @Test func `pods and the node resolve the cluster's names in both families over UDP and TCP`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                _ = try await cluster.start(node)
                let pod = try await cluster.attachPod("one", on: node)
                let rows: [(question: String, answer: String)] = [
                    ("web.default.svc.cluster.local A", "10.43.0.20"),
                    ("web.default.svc.cluster.local AAAA", "fd00:43::20"),
                    ("WEB.default.SVC.cluster.local A", "10.43.0.20"),
                    ("_http._tcp.web.default.svc.cluster.local SRV", "0 50 80 web.default.svc.cluster.local."),
                    ("db.default.svc.cluster.local A", "10.42.1.7"),
                    ("db-0.db.default.svc.cluster.local A", "10.42.1.7"),
                    ("-x 10.43.0.20", "web.default.svc.cluster.local."),
                    ("-x 10.42.1.7", "db-0.db.default.svc.cluster.local."),
                    ("north A", "192.168.77.1"),
                    ("1-2-3-4.default.pod.cluster.local A", "1.2.3.4"),
                    ("nothing.default.svc.cluster.local A", ""),
                ]
                for namespace in [pod.namespace, node.namespace] {
                    for server in ["10.43.0.10", "fd00:43::a"] {
                        try await eventually("\(namespace) reaches \(server)", shows: "10.43.0.20") {
                            try await dig(server, "web.default.svc.cluster.local A", in: namespace)
                        }
                        for transport in ["+notcp", "+tcp"] {
                            for row in rows {
                                let answer = try await dig(server, "\(transport) \(row.question)", in: namespace)
                                #expect(answer == row.answer, "\(row.question) \(transport) \(server) in \(namespace)")
                            }
                        }
                    }
                }
            }
        }

        @Test func `what changes is answered at once, and a restart keeps the address`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                let agent = try await cluster.start(node)
                let question = "web.default.svc.cluster.local A"
                try await eventually("it answers", shows: "10.43.0.20") {
                    try await dig("10.43.0.10", question, in: node.namespace)
                }
                try cluster.write(Self.services.replacing("10.43.0.20", with: "10.43.0.21"), to: "services.yaml")
                try await eventually("the change is answered", shows: "10.43.0.21") {
                    try await dig("10.43.0.10", question, in: node.namespace)
                }
                let monitor = try Monitor(["ip", "-4", "monitor", "address"], on: node)
                #expect(try await agent.stop() == 0)
                #expect(try await node.text("ip -4 address show dev lo").contains("10.43.0.10/32"))
                _ = try await cluster.start(node)
                try await eventually("it answers again", shows: "10.43.0.21") {
                    try await dig("10.43.0.10", question, in: node.namespace)
                }
                #expect(!monitor.text.contains("10.43.0.10"), "\(monitor.text)")
                monitor.stop()
                try await node.run("ip", "address", "delete", "10.43.0.10/32", "dev", "lo")
                try await eventually("the address is back", shows: "10.43.0.10/32") {
                    try await node.text("ip -4 address show dev lo")
                }
            }
        }

        @Test func `a line of NodeHosts that cannot be read is named at once, and forgotten at once`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                func write(_ line: String) throws {
                    try cluster.write(
                        """
                        apiVersion: v1
                        kind: ConfigMap
                        metadata: {name: coredns, namespace: kube-system}
                        data: {NodeHosts: "192.0.2.9 nine\\n\(line)\\n"}
                        """,
                        to: "hosts.yaml"
                    )
                }
                _ = try await cluster.start(node)
                for round in 1...3 {
                    try write("192.0.2.300 broken-\(round)")
                    try await eventually("it is named", shows: "NodeHosts: line 2 cannot be read", within: .seconds(3))
                    {
                        try await node.statusText()
                    }
                    try write("192.0.2.10 ten")
                    try await eventually("it is forgotten", within: .seconds(3)) {
                        try await node.state(of: "coredns") == "ready"
                    }
                }
                #expect(try await dig("10.43.0.10", "nine A", in: node.namespace) == "192.0.2.9")
            }
        }

        @Test func `a start without the source answers what was saved for a second, and says so`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                let question = "+noshort +noall +answer web.default.svc.cluster.local A"
                let record = {
                    try await dig("10.43.0.10", question, in: node.namespace).split(whereSeparator: \.isWhitespace)
                        .dropFirst().joined(separator: " ")
                }
                let agent = try await cluster.start(node)
                try await eventually("it answers", shows: "5 IN A 10.43.0.20") { try await record() }
                #expect(try await agent.stop() == 0)
                try cluster.moveManifests(leaving: false)
                _ = try await cluster.start(node)
                try await eventually("it answers from disk", shows: "1 IN A 10.43.0.20") { try await record() }
                try await eventually("status says so", shows: "from disk, for a second each", "s old") {
                    try await node.linnet("status").output
                }
                try cluster.returnManifests()
                try await eventually("the source confirms it", shows: "5 IN A 10.43.0.20") { try await record() }
            }
        }

        @Test func `pods may ask NodeLocal DNSCache's address`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                let agent = try await cluster.start(node, ["--localip", "169.254.20.10,10.43.0.10,fd00:90::a"])
                let pod = try await cluster.attachPod("one", on: node)
                for server in ["169.254.20.10", "fd00:90::a", "10.43.0.10"] {
                    try await eventually("\(server) answers", shows: "10.43.0.20") {
                        try await dig(server, "web.default.svc.cluster.local A", in: pod.namespace)
                    }
                    #expect(try await dig(server, "+tcp ns.dns.cluster.local A", in: pod.namespace) == "10.43.0.10")
                    #expect(try await dig(server, "ns.dns.cluster.local AAAA", in: node.namespace) == "fd00:43::a")
                }
                #expect(try await agent.stop() == 0)
                #expect(try await node.text("ip address show dev lo").contains("169.254.20.10/32"))
                // That a reset takes it away is seen at the end of each test.
            }
        }

        @Test func `strangers are refused, and off leaves no address`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                let agent = try await cluster.start(node)
                let lan = cluster.lanNamespace
                try await Tool.output(["ip", "-n", lan, "route", "add", "10.43.0.10/32", "via", "192.168.77.1"])
                try await eventually("a stranger is refused", shows: "REFUSED") {
                    try await Tool.run([
                        "ip", "netns", "exec", lan, "dig", "@10.43.0.10", "+tries=1", "+time=2",
                        "web.default.svc.cluster.local",
                    ]).output
                }
                #expect(try await agent.stop() == 0)
                _ = try cluster.launch(node, ["--disable", "coredns"])
                try await eventually("no address is left") {
                    try await !node.text("ip address show dev lo").contains("43")
                }
                try await eventually("status says so") { try await node.state(of: "coredns") == "disabled" }
            }
        }

        @Test func `who holds the port is named, and it is taken when it is free`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                let program =
                    "use Socket; socket(S,PF_INET,SOCK_DGRAM,17); bind(S,sockaddr_in(53,INADDR_ANY)); sleep 100"
                let holder = try Monitor(["perl", "-e", program], on: node)
                try await eventually("the port is held", shows: ":53 ") { try await node.text("ss -Hlun") }
                _ = try await cluster.start(node, ["--metrics-address", "127.0.0.1:9477"])
                try await eventually("the holder is named", shows: "10.43.0.10 udp port 53 is held by process", "(perl")
                {
                    try await node.statusText()
                }
                // What others do not hold is served.
                let question = "+tcp web.default.svc.cluster.local A"
                #expect(try await dig("10.43.0.10", question, in: node.namespace) == "10.43.0.20")
                #expect(try await node.text("curl -s http://127.0.0.1:9477/ready") == "coredns")
                holder.stop()
                try await eventually("the port is taken", shows: "10.43.0.20", within: .seconds(40)) {
                    try await dig("10.43.0.10", "web.default.svc.cluster.local A", in: node.namespace)
                }
                #expect(try await node.text("curl -s http://127.0.0.1:9477/ready") == "OK")
            }
        }
    }
}
