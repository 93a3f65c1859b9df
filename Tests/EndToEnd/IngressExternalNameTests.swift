import Foundation
import HTTPPeers
import LinuxSystem
import Testing

extension Nodes {
    /// A service that stands for `out.example.test`, which dnsmasq on the LAN's machine knows, as programs do that answer
    /// at addresses of that machine.
    @Suite struct IngressExternalNameTests {
        static let addresses = [ScriptedIngress.backend, "192.168.77.253"]

        static let route = IngressManifests.route.replacing(
            "{clusterIPs: [10.43.0.80], ports: [{name: http, port: 80, targetPort: 8080}]}",
            with: "{type: ExternalName, externalName: out.example.test, ports: [{name: http, port: 8080}]}"
        )

        /// dnsmasq, whose answers may be used for five seconds, with what it knows of the name.
        struct Records {
            private let file: URL
            private let server: Monitor

            init(_ address: String, in cluster: Cluster, on node: Node) throws {
                file = node.home.appendingPathComponent("hosts")
                try Self.write(address, to: file)
                server = try Monitor(
                    [
                        "dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--bind-interfaces", "--user=root",
                        "--listen-address=\(ScriptedIngress.backend)", "--local-ttl=5", "--local=/test/",
                        "--addn-hosts=\(file.path)",
                    ],
                    in: cluster.lanNamespace,
                    on: node
                )
                let settings = node.home.appendingPathComponent("resolv.conf")
                try Data("nameserver \(ScriptedIngress.backend)\n".utf8).write(to: settings)
            }

            /// Has the name come to another address.
            func change(to address: String) throws {
                try Self.write(address, to: file)
                // It reads the file again.
                server.stop(SIGHUP)
            }

            func stop() { server.stop() }

            private static func write(_ address: String, to file: URL) throws {
                try Data("\(address) out.example.test\n".utf8).write(to: file, options: .atomic)
            }
        }

        private static func withRecords(
            _ flags: [String],
            route: String = Self.route,
            _ body: (Cluster, Node, Records, NetworkNamespace) async throws -> Void
        ) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(route, to: "route.yaml")
                let lan = cluster.lanNamespace
                try await Tool.output(["ip", "-n", lan, "address", "add", "\(addresses[1])/24", "dev", "lan0"])
                let records = try Records(addresses[0], in: cluster, on: node)
                defer { records.stop() }
                let resolver = ["--resolv-conf", "\(node.home.path)/resolv.conf"]
                _ = try await cluster.start(node, ScriptedIngress.flags + resolver + flags)
                try await node.servesHTTP()
                try await body(cluster, node, records, try NetworkNamespace.open(path: "/run/netns/\(lan)"))
            }
        }

        static func status(in lan: NetworkNamespace) throws -> Int? {
            let client = try PeerConnection(to: ScriptedIngress.front, in: lan)
            client.send(Nodes.IngressTests.get)
            return try client.readMessage().status
        }

        @Test func `without being allowed they are not called, and status says how they are`() async throws {
            try await Self.withRecords([]) { _, node, _, lan in
                #expect(try Self.status(in: lan) == 503)
                let route = try await node.linnet("status", ["--route", "http://web.test/"]).output
                #expect(route.contains("is answered with 503: the Service shop/web is of type ExternalName"))
                let status = try await node.linnet("status", []).output
                #expect(status.contains("set --ingress-allow-external-name-services"), "\(status)")
            }
        }

        @Test func `a name that moves is followed without a request that fails`() async throws {
            try await Self.withRecords(["--ingress-allow-external-name-services"]) { _, node, records, lan in
                let backends = try Self.addresses.map {
                    try EchoBackend($0, on: try ScriptedIngress.place($0), in: lan)
                }
                defer { for backend in backends { backend.stop() } }
                try await eventually("the first one answers") { try Self.status(in: lan) == 200 }
                let load = SteadyLoad(to: ScriptedIngress.front, host: "web.test", clients: 8, in: lan)
                for address in Self.addresses.reversed() {
                    try records.change(to: address)
                    var (others, since) = (-1, 0)
                    try await eventually("\(address) answers all", within: .seconds(60)) {
                        let rest = Self.addresses.filter { $0 != address }.map { load.answers(of: $0) }.reduce(0, +)
                        let own = load.answers(of: address)
                        if rest != others { (others, since) = (rest, own) }
                        return own > since + 100
                    }
                }
                load.stop()
                try await eventually("the load ends") { load.isOver }
                #expect(load.failures == [])
                let route = try await node.linnet("status", ["--route", "http://web.test/"]).output
                #expect(route.contains("which stands for out.example.test"), "\(route)")
                #expect(route.contains("    \(Self.addresses[0]):8080"), "\(route)")
            }
        }

        @Test func `a name whose certificate nobody vouches for is not asked, and the logs say why`() async throws {
            let flags = ["--ingress-allow-external-name-services", "--ingress-access-log", "json"]
            let route = Self.route.replacing("port: 8080}", with: "port: 8080, appProtocol: https}")
            let certificates = try await LANCertificates()
            defer { certificates.remove() }
            try await certificates.make("server", days: 1, naming: "DNS:out.example.test")
            try await Self.withRecords(flags, route: route) { cluster, node, _, lan in
                let place = "\(Self.addresses[0]):8080"
                let files = ["-cert", certificates.file("server.crt"), "-key", certificates.file("server.key")]
                let server = try Monitor(
                    ["openssl", "s_server", "-accept", place, "-quiet"] + files,
                    in: cluster.lanNamespace,
                    on: node
                )
                defer { server.stop() }
                let cause = "TLS with the endpoint: the handshake failed: its certificate is refused"
                let entry = [
                    #""Reason":"\#(cause)""#, #""ServiceURL":"https://\#(place)""#, #""DownstreamStatus":502"#,
                ]
                // Until it listens it refuses connections.
                try await eventually("it is called") {
                    _ = try Self.status(in: lan)
                    return node.logText.split(separator: "\n").contains { line in entry.allSatisfy(line.contains) }
                }
                let trouble = "Service shop/web:http, https://\(place) (out.example.test): \(cause); have it show"
                try await node.logs(["an endpoint fails requests", trouble], within: .seconds(10))
            }
        }

        @Test func `a name that comes to the node itself is not called`() async throws {
            try await Self.withRecords(["--ingress-allow-external-name-services"]) { _, node, records, lan in
                let backend = try EchoBackend("one", on: try ScriptedIngress.place(Self.addresses[0]), in: lan)
                defer { backend.stop() }
                try await eventually("the name's own address answers") { try Self.status(in: lan) == 200 }
                try records.change(to: "127.0.0.1")
                try await eventually("nobody answers", within: .seconds(60)) { try Self.status(in: lan) == 503 }
                let route = try await node.linnet("status", ["--route", "http://web.test/"]).output
                #expect(route.contains("127.0.0.1 (it is the node itself)"), "\(route)")
                try await node.logs(["shop/web", "127.0.0.1 (it is the node itself)"], within: .seconds(15))
            }
        }
    }
}
