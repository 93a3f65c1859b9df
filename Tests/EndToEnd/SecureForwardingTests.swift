import Foundation
import Testing

extension Nodes {
    /// Names outside the cluster, asked of unbound on the LAN over TLS.
    @Suite struct SecureForwardingTests {
        /// What dig says, all of it.
        private func dig(_ question: String, on node: Node) async throws -> String {
            let words = ["ip", "netns", "exec", node.namespace, "dig", "@10.43.0.10", "+tries=1", "+time=6"]
            return try await Tool.run(words + question.split(separator: " ").map(String.init)).output
        }

        /// The node's connections to the server, one a line.
        private func connections(of node: Node) async throws -> [Substring] {
            let words = ["ip", "netns", "exec", node.namespace, "ss", "-Htn", "state", "established", "dport = :853"]
            return try await Tool.run(words).output.split(separator: "\n")
        }

        private func withResolver(
            _ flags: (LANCertificates) -> [String],
            idle: Int = 30_000,
            _ body: (Node, LANResolver, LANCertificates) async throws -> Void
        ) async throws {
            let certificates = try await LANCertificates()
            defer { certificates.remove() }
            try await certificates.make("server", days: 1, naming: "DNS:dns.test,IP:192.168.77.254")
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let resolver = LANResolver(in: cluster, on: node)
                try await resolver.start(certificates, idle: idle)
                _ = try await cluster.start(node, flags(certificates))
                try await body(node, resolver, certificates)
                try await resolver.stop()
            }
        }

        private static let server = "tls://192.168.77.254#dns.test"

        /// Asks for names that nobody asked for until one is answered.
        private func untilAnswered(on node: Node, _ prefix: String) async throws {
            var number = 0
            try await eventually("names of \(prefix) are answered", shows: "192.0.2.7") {
                number += 1
                return try await dig("\(prefix)-\(number).test", on: node)
            }
        }

        @Test func `questions share one connection, which is made again when the server closes it`() async throws {
            let flags = { (certificates: LANCertificates) in
                ["--dns-upstream", Self.server, "--dns-cafile", certificates.file("trusted.crt")]
            }
            try await withResolver(flags, idle: 1000) { node, resolver, _ in
                try await untilAnswered(on: node, "first")
                for number in 1...20 { _ = try await dig("number-\(number).test", on: node) }
                #expect(try await connections(of: node).count == 1)
                try await eventually("the server closes the connection") {
                    try await connections(of: node).isEmpty
                }
                let answer = try await dig("again.test", on: node)
                #expect(answer.contains("192.0.2.7"), "\(answer)")
                #expect(resolver.text.contains("again.test. A IN"))
                let status = try await node.statusText()
                #expect(status.contains("other names from \(Self.server)"), "\(status)")
            }
        }

        @Test(arguments: [
            // Without a name the certificate has to be the address's.
            ("tls://192.168.77.254", true, nil as String?),
            ("tls://192.168.77.254%dns.test", true, nil),
            ("tls://192.168.77.254#other.test", true, "its certificate does not name other.test"),
            (server, false, "its certificate is refused: it is not signed by an authority that this system trusts"),
            ("tls://192.168.77.254:854#dns.test", true, "ECONNREFUSED"),
        ])
        func `only a server that is who it is said to be is asked`(
            upstream: String,
            trusts: Bool,
            complaint: String?
        ) async throws {
            let flags = { (certificates: LANCertificates) in
                ["--dns-upstream", upstream] + (trusts ? ["--dns-cafile", certificates.file("trusted.crt")] : [])
            }
            // IP SANs would do for a name, too.
            try await withResolver(flags) { node, resolver, certificates in
                guard let complaint else { return try await untilAnswered(on: node, "name") }
                if upstream.contains("#other") {
                    try await resolver.stop()
                    try await certificates.make("server", days: 1, naming: "DNS:dns.test")
                    try await resolver.start(certificates)
                }
                try await eventually("the failure is an error of ours", shows: "status: SERVFAIL", "EDE: 2") {
                    try await dig("name.test", on: node)
                }
                // The server may have been away at first: it has to be asked for another reason to show.
                try await eventually("status says why", shows: "coredns", complaint) {
                    _ = try await dig("name.test", on: node)
                    return try await node.statusText()
                }
                try await node.logs(["name server", complaint], within: .seconds(5))
                #expect(!resolver.text.contains("name.test"))
            }
        }

        @Test func `a server that goes, or shows another certificate, is asked again once all is well`() async throws {
            let flags = { (certificates: LANCertificates) in
                ["--dns-upstream", Self.server, "--dns-cafile", certificates.file("trusted.crt")]
            }
            try await withResolver(flags) { node, resolver, certificates in
                try await untilAnswered(on: node, "first")
                try await resolver.stop()
                let failure = try await dig("away.test", on: node)
                #expect(failure.contains("status: SERVFAIL") && failure.contains("EDE: 2"), "\(failure)")
                try await eventually("status says that it is away", shows: "ECONNREFUSED") {
                    try await node.statusText()
                }
                try await certificates.make("server", days: -1, naming: "DNS:dns.test")
                try await resolver.start(certificates)
                var number = 0
                try await eventually("status says that it expired", shows: "it expired") {
                    number += 1
                    _ = try await dig("expired-\(number).test", on: node)
                    return try await node.statusText()
                }
                try await resolver.stop()
                try await certificates.make("server", days: 1, naming: "DNS:dns.test")
                try await resolver.start(certificates)
                try await untilAnswered(on: node, "again")
                try await eventually("status has no complaint", shows: "other names from \(Self.server)") {
                    try await node.statusText()
                }
            }
        }
    }
}
