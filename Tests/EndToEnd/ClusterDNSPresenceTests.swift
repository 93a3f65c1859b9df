import Foundation
import Testing

extension Nodes {
    /// Queries to the cluster DNS address are answered by somebody, whatever becomes of the agent. The peer is a DNS server
    /// in the LAN, which says 10.99.99.99.
    @Suite struct ClusterDNSPresenceTests {
        private static let services = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec: {clusterIPs: [10.43.0.20], ports: [{name: http, port: 80}]}
            """

        /// As kube-proxy writes it in nftables mode, for Service kube-dns with one endpoint.
        private static let serviceTranslation = """
            table ip kube-proxy {
              map service-ips {
                type ipv4_addr . inet_proto . inet_service : verdict
                elements = {
                  10.43.0.10 . udp . 53 : goto service-dns-udp,
                  10.43.0.10 . tcp . 53 : goto service-dns-tcp,
                }
              }
              chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
              chain nat-output { type nat hook output priority -100; jump services; }
              chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }
              chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
              chain service-dns-udp { ip saddr != 10.42.0.0/16 jump mark-for-masquerade; goto endpoint-udp; }
              chain service-dns-tcp { ip saddr != 10.42.0.0/16 jump mark-for-masquerade; goto endpoint-tcp; }
              chain endpoint-udp { meta l4proto udp dnat to 192.168.77.254:53; }
              chain endpoint-tcp { meta l4proto tcp dnat to 192.168.77.254:53; }
              chain mark-for-masquerade { meta mark set meta mark or 0x4000; }
              chain masquerading { meta mark and 0x4000 != 0 masquerade fully-random; }
            }
            """

        /// The same for the agent's own translation.
        private static let peerService = """
            apiVersion: v1
            kind: Service
            metadata: {name: kube-dns, namespace: kube-system}
            spec:
              clusterIPs: [10.43.0.10]
              ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: kube-dns-a, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
            addressType: IPv4
            ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
            endpoints: [{addresses: [192.168.77.254]}]
            """

        /// Who translates the address of Service kube-dns to its endpoints.
        enum Translation: CaseIterable {
            case kubeProxy, linnet
        }

        private func peer(in cluster: Cluster, on node: Node) throws -> Monitor {
            try Monitor(
                [
                    "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv",
                    "--no-hosts", "--log-queries", "--listen-address=192.168.77.254", "--bind-interfaces",
                    "--address=/web.default.svc.cluster.local/10.99.99.99",
                ],
                in: cluster.lanNamespace,
                on: node
            )
        }

        private func dig(in namespace: String, _ options: [String] = [], patience: Int = 1) async throws -> String {
            let result = try await Tool.run(
                ["ip", "netns", "exec", namespace, "dig", "@10.43.0.10", "+short", "+tries=1", "+time=\(patience)"]
                    + options + ["web.default.svc.cluster.local", "A"]
            )
            return result.output.trimmingCharacters(in: .newlines)
        }

        private func answering(_ node: Node) async throws -> String {
            try await node.text("nft list set inet linnet dns-answering-v4")
        }

        /// A node that answers, one pod, and the peer that service translation leads to.
        private func withPeer(
            by translation: Translation = .kubeProxy,
            _ body: (Cluster, Node, Pod, Monitor, Agent) async throws -> Void
        ) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                if translation == .linnet {
                    try cluster.write(Self.peerService, to: "kube-dns.yaml")
                    try node.rememberNoKubeProxy()
                }
                let agent = try await cluster.start(node)
                let pod = try await cluster.attachPod("one", on: node)
                let peer = try peer(in: cluster, on: node)
                if translation == .kubeProxy {
                    try await Tool.output(
                        ["ip", "netns", "exec", node.namespace, "nft", "-f", "-"],
                        input: Self.serviceTranslation
                    )
                }
                try await eventually("the peer answers", shows: "10.99.99.99") {
                    try await Tool.run([
                        "ip", "netns", "exec", node.namespace, "dig", "@192.168.77.254", "+short", "+tries=1",
                        "+time=1", "web.default.svc.cluster.local",
                    ]).output
                }
                try await eventually("the address counts as answered", shows: "10.43.0.10") {
                    try await answering(node)
                }
                try await body(cluster, node, pod, peer, agent)
                peer.stop()
            }
        }

        @Test func `a host without IPv6 on lo answers by IPv4, and says what it lacks`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                try await node.run("sysctl", "-qw", "net.ipv6.conf.lo.disable_ipv6=1")
                _ = try await cluster.start(node)
                try await eventually("the address counts as answered", shows: "10.43.0.10") {
                    try await answering(node)
                }
                #expect(try await dig(in: node.namespace) == "10.43.0.20")
                let status = try await node.statusText()
                #expect(status.contains("the host does not take fd00:43::a"), "\(status)")
                try await node.run("sysctl", "-qw", "net.ipv6.conf.lo.disable_ipv6=0")
                try await eventually("the other one is held, too", shows: "fd00:43::a", within: .seconds(40)) {
                    try await node.text("ip -6 address show dev lo")
                }
            }
        }

        @Test(arguments: Translation.allCases)
        func `after a kill queries go to a peer once nobody renews, and come back with the agent`(
            translation: Translation
        ) async throws {
            try await withPeer(by: translation) { cluster, node, pod, peer, agent in
                try await node.run("conntrack", "-F")
                let seen = peer.text.count
                for namespace in [pod.namespace, node.namespace] {
                    for transport in ["+notcp", "+tcp"] {
                        #expect(try await dig(in: namespace, [transport]) == "10.43.0.20")
                    }
                }
                #expect(try await node.text("conntrack -L -d 10.43.0.10") == "")
                #expect(peer.text.count == seen)
                agent.signal(SIGKILL)
                _ = try await agent.ended()
                for namespace in [pod.namespace, node.namespace] {
                    for transport in ["+notcp", "+tcp"] {
                        try await eventually("the peer answers", shows: "10.99.99.99", within: .seconds(45)) {
                            try await dig(in: namespace, [transport])
                        }
                    }
                }
                _ = try await cluster.start(node)
                for namespace in [pod.namespace, node.namespace] {
                    try await eventually("the agent answers again", shows: "10.43.0.20") {
                        try await dig(in: namespace)
                    }
                }
            }
        }

        @Test func `when one thread hangs queries go to a peer, and come back when it goes on`() async throws {
            try await withPeer { _, node, pod, _, agent in
                func worker() throws -> Int? {
                    try StoppedThread.threads(of: agent.processIdentifier, named: "ln-coredns", in: "epoll_wait").first
                }
                try await eventually("a worker waits for queries") { try worker() != nil }
                let stopped = try await StoppedThread(try #require(try worker()), on: node)
                defer { stopped.release() }
                try await eventually("status says so", shows: "threads are stuck", within: .seconds(30)) {
                    try await node.statusText()
                }
                try await eventually("the address lapses", within: .seconds(45)) {
                    try await !answering(node).contains("10.43.0.10")
                }
                // Whichever thread they would have come to.
                for number in 1...10 {
                    let transport = number.isMultiple(of: 2) ? "+tcp" : "+notcp"
                    #expect(try await dig(in: pod.namespace, [transport]) == "10.99.99.99", "\(transport)")
                }
                stopped.release()
                try await eventually("it is renewed", shows: "10.43.0.10 timeout 30s", within: .seconds(30)) {
                    try await answering(node)
                }
                #expect(try await dig(in: pod.namespace) == "10.43.0.20")
                try await eventually("status is well again") { try await node.state(of: "coredns") != "degraded" }
            }
        }

        @Test func `an agent that stops leaves three seconds, and one that starts renews`() async throws {
            try await withPeer { cluster, node, pod, _, agent in
                #expect(try await answering(node).contains("timeout 30s"))
                #expect(try await agent.stop() == 0)
                #expect(try await !answering(node).contains("timeout 30s"))
                try await eventually("the peer answers", shows: "10.99.99.99", within: .seconds(10)) {
                    try await dig(in: pod.namespace)
                }
                _ = try await cluster.start(node)
                try await eventually("it is renewed", shows: "10.43.0.10 timeout 30s") { try await answering(node) }
                #expect(try await dig(in: pod.namespace) == "10.43.0.20")
            }
        }

        @Test(arguments: ["delete table inet linnet", "flush set inet linnet dns-answering-v4"])
        func `what others take from the table is back before it would be renewed`(command: String) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node)
                try await eventually("the address counts as answered", shows: "10.43.0.10") {
                    try await answering(node)
                }
                try await node.run("nft", command)
                try await eventually("it does again", shows: "10.43.0.10 timeout 30s", within: .seconds(5)) {
                    try await answering(node)
                }
            }
        }

        @Test(arguments: [SIGTERM, SIGKILL])
        func `what is asked while no agent runs is answered by the next one`(signal: Int32) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(Self.services, to: "services.yaml")
                let node = nodes[0]
                let kept = try KeptDescriptors()
                defer { kept.close() }
                let agent = try cluster.launch(node, environment: kept.environment)
                try await eventually("it answers", shows: "10.43.0.20") { try await dig(in: node.namespace) }
                try await eventually("its sockets are kept") {
                    let names = kept.names
                    return ["dns.udp.10-43-0-10.0", "dns.tcp.10-43-0-10.0", "dns.udp.fd00-43--a.0", "status"]
                        .allSatisfy(names.contains)
                }
                agent.signal(signal)
                _ = try await agent.ended()
                async let datagram = dig(in: node.namespace, ["+notcp"], patience: 20)
                async let stream = dig(in: node.namespace, ["+tcp"], patience: 20)
                try await eventually("the questions wait") {
                    let sockets = try await node.text("ss -Hlntu src 10.43.0.10")
                    let waiting = sockets.split(separator: "\n").filter { $0.split(separator: " ")[2] != "0" }
                    return Set(waiting.map { $0.prefix(3) }).count == 2
                }
                let names = kept.names
                _ = try cluster.launch(node, environment: kept.environment, through: kept.wrapper)
                #expect(try await [datagram, stream] == ["10.43.0.20", "10.43.0.20"])
                try await eventually("the surplus is looked for") { try await node.state(of: "status") == "ready" }
                #expect(kept.names == names)
                if signal == SIGTERM {
                    try await node.logs(["queries waited in the sockets over the restart"], within: .seconds(5))
                }
            }
        }

        @Test func `how long nobody answered is told where no sockets are kept`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let agent = try await cluster.start(nodes[0])
                #expect(try await agent.stop() == 0)
                _ = try await cluster.start(nodes[0])
                try await nodes[0].logs(["nobody answered queries over the restart"], within: .seconds(5))
            }
        }
    }
}
