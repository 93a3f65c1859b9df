import Foundation
import HTTPPeers
import LinuxSystem
import Testing

extension Nodes {
    /// A start while nobody answers for the name that a service stands for, and names that come to the ingress itself.
    @Suite struct IngressExternalNameRestartTests {
        private typealias Names = IngressExternalNameTests

        private static let allowed = ["--ingress-allow-external-name-services"]

        /// One node whose ingress leads to the name.
        private struct Bed {
            let cluster: Cluster
            let node: Node
            let agent: Agent
            let flags: [String]
            let records: Names.Records
            /// The LAN's machine.
            let lan: NetworkNamespace

            func status() throws -> Int? { try Names.status(in: lan) }

            /// What is said of the way there.
            func explanation() async throws -> String {
                try await node.linnet("status", ["--route", "http://web.test/"]).output
            }
        }

        /// - Parameters:
        ///   - port: of the name.
        ///   - kept: where the agent's sockets outlive it.
        private static func withRecords(
            port: UInt16 = 8080,
            kept: KeptDescriptors? = nil,
            _ body: (Bed) async throws -> Void
        ) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Names.route.replacing("port: 8080}", with: "port: \(port)}"), to: "route.yaml")
                let lan = cluster.lanNamespace
                try await Tool.output(["ip", "-n", lan, "address", "add", "\(Names.addresses[1])/24", "dev", "lan0"])
                let records = try Names.Records(Names.addresses[0], in: cluster, on: node)
                defer { records.stop() }
                let flags = ScriptedIngress.flags + ["--resolv-conf", "\(node.home.path)/resolv.conf"] + allowed
                let agent = try cluster.launch(node, flags, environment: kept?.environment ?? [:])
                try await node.servesHTTP()
                try await body(
                    Bed(
                        cluster: cluster,
                        node: node,
                        agent: agent,
                        flags: flags,
                        records: records,
                        lan: try NetworkNamespace.open(path: "/run/netns/\(lan)")
                    )
                )
            }
        }

        private static func backends(in lan: NetworkNamespace) throws -> [EchoBackend] {
            try Names.addresses.map { try EchoBackend($0, on: try ScriptedIngress.place($0), in: lan) }
        }

        @Test func `a start while nobody answers for the name calls what it came to, without a request that fails`()
            async throws
        {
            let kept = try KeptDescriptors()
            try await Self.withRecords(kept: kept) { bed in
                // What is kept would pass for an agent that runs.
                defer { kept.close() }
                let backends = try Self.backends(in: bed.lan)
                defer { for backend in backends { backend.stop() } }
                try await eventually("the first one answers") { try bed.status() == 200 }
                try await eventually("its sockets are kept") { kept.names.contains { $0.hasPrefix("http.web.v4") } }
                let file = bed.node.state.appendingPathComponent("ingress-names").path
                try await eventually("the name is kept") {
                    (try? String(contentsOfFile: file, encoding: .utf8))?.contains(" \(Names.addresses[0])\n") == true
                }
                let load = SteadyLoad(to: ScriptedIngress.front, host: "web.test", clients: 8, in: bed.lan)
                try await eventually("it answers") { load.answers(of: Names.addresses[0]) > 100 }

                bed.records.stop()
                #expect(try await bed.agent.stop() == 0)
                let before = load.answers(of: Names.addresses[0])
                let launch = { (flags: [String]) in
                    try bed.cluster.launch(bed.node, flags, environment: kept.environment, through: kept.wrapper)
                }
                let second = try launch(bed.flags)
                try await eventually("the next one answers") { load.answers(of: Names.addresses[0]) > before + 1_000 }
                let old = "known from before the start, and asked for again"
                let route = try await bed.explanation()
                #expect(route.contains("which stands for out.example.test (\(old))"), "\(route)")
                let status = try await bed.node.linnet("status", []).output
                #expect(status.contains("\(old): out.example.test"), "\(status)")
                try await bed.node.logs(["looked up in vain", "out.example.test"], within: .seconds(30))

                let records = try Names.Records(Names.addresses[1], in: bed.cluster, on: bed.node)
                defer { records.stop() }
                try await eventually("the name is asked for again", within: .seconds(60)) {
                    load.answers(of: Names.addresses[1]) > 100
                }
                #expect(try await !bed.explanation().contains(old))
                load.stop()
                try await eventually("the load ends") { load.isOver }
                #expect(load.failures == [])

                #expect(try await second.stop() == 0)
                _ = try launch(bed.flags.filter { !Self.allowed.contains($0) })
                try await bed.node.servesHTTP()
                #expect(!FileManager.default.fileExists(atPath: file), "names are not called")
            }
        }

        @Test(arguments: ["192.168.77.1", "10.42.1.1"])
        func `a name that comes to the ingress is not called, so that nothing goes in a circle`(address: String)
            async throws
        {
            try await Self.withRecords(port: 80) { bed in
                try bed.records.change(to: address)
                let why = "\(address) (the ingress of a node is there, and requests would go in a circle)"
                try await eventually("it is refused", shows: why, within: .seconds(60)) { try await bed.explanation() }
                #expect(try bed.status() == 503)
                try await bed.node.logs(["shop/web", why], within: .seconds(15))
            }
        }

        /// The LAN's machine sends what comes to it back to the node, which no object of the cluster tells.
        @Test func `a circle by way of another machine ends`() async throws {
            try await Self.withRecords { bed in
                let script = """
                    sysctl -qw net.ipv4.ip_forward=1 && sysctl -qew net.bridge.bridge-nf-call-iptables=0 &&
                    nft -f - <<END
                    table ip circle {
                      chain to { type nat hook prerouting priority -100; tcp dport 8080 dnat to 192.168.77.1:80; }
                      chain from { type nat hook postrouting priority 100; tcp dport 80 masquerade; }
                    }
                    END
                    """
                try await Tool.output(["ip", "netns", "exec", bed.cluster.lanNamespace, "sh", "-c", script])
                try await eventually("it is found out", within: .seconds(30)) { try bed.status() == 508 }
            }
        }
    }
}
