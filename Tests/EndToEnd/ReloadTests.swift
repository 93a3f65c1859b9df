import Foundation
import Testing

extension Nodes {
    /// SIGHUP: the configuration is read again while the agent runs.
    @Suite struct ReloadTests {
        private static let node = {
            var node = NodeSpecification.north
            node.isToldLogLevel = false
            return node
        }()

        /// Writes the file, sends SIGHUP, and returns what was logged up to the line that ends the reload and what
        /// follows it at once.
        private static func reload(_ agent: Agent, on node: Node, _ file: String?, shows wanted: [String]) async throws
            -> String
        {
            if let file {
                try Data(file.utf8).write(to: node.configuration, options: .atomic)
            } else {
                try FileManager.default.removeItem(at: node.configuration)
            }
            let before = node.logText.count
            agent.signal(SIGHUP)
            var said = ""
            try await eventually("the reload says \(wanted): \(node.logText)") {
                said = String(node.logText.dropFirst(before))
                return wanted.allSatisfy(said.contains)
            }
            return said
        }

        /// Has the agent repair its table, which it says more about at the level debug.
        private static func logsCommit(_ node: Node) async throws -> Bool {
            let before = node.logText.count
            try await node.run("nft", "delete", "table", "inet", "linnet")
            try await eventually("the table is back", shows: "chain") {
                try await node.text("nft list table inet linnet")
            }
            try await eventually("its repair is told", shows: "repaired the nftables table after a foreign change") {
                String(node.logText.dropFirst(before))
            }
            return node.logText.dropFirst(before).contains("committing to nftables")
        }

        @Test func `SIGHUP applies what it can, names what needs a restart, and refuses what is wrong`() async throws {
            try await Cluster.with([Self.node]) { cluster, nodes in
                let node = nodes[0]
                let agent = try await cluster.start(node)
                #expect(try await !Self.logsCommit(node))

                // One line for each setting that differs.
                let changed = """
                    log-level: debug
                    audit-interval: 10m
                    persist-secrets: false
                    ingress-http-port: 8080
                    metrics-address: 127.0.0.1:9478
                    resolv-conf: /run/resolv.conf
                    ingress-class: linnet

                    """
                let restart = ["audit-interval", "persist-secrets", "ingress-http-port", "metrics-address"]
                let said = try await Self.reload(agent, on: node, changed, shows: restart)
                #expect(said.contains(#"configuration read again"#) && said.contains(#"setting="log-level debug""#))
                for name in restart {
                    #expect(said.contains("a changed setting needs a restart") && said.contains("setting=\(name)"))
                }
                let lines = said.split(separator: "\n")
                #expect(lines.count { $0.contains("a changed setting needs a restart") } == restart.count, "\(said)")
                #expect(try await Self.logsCommit(node))
                print("SIGHUP with a changed file:\n\(said)")

                // What is right in a file that is wrong does not count either.
                let wrong = ["log-level: error\nno-such-key: 1\n", "log-level: loud\n", "log-level: [\n"]
                for (file, complaint) in zip(wrong, ["no-such-key", "loud", "config.yaml"]) {
                    let said = try await Self.reload(agent, on: node, file, shows: ["the old one stays", complaint])
                    #expect(said.contains("\(node.configuration.path):"), "\(said)")
                    #expect(!said.contains("configuration read again"), "\(said)")
                    print("SIGHUP with a wrong file:\n\(said)")
                }
                #expect(try await Self.logsCommit(node))
                _ = try await Self.reload(agent, on: node, nil, shows: ["the old one stays", "there is no file"])

                let back = try await Self.reload(
                    agent,
                    on: node,
                    "log-level: info\n",
                    shows: [#"setting="log-level info""#]
                )
                #expect(!back.contains("needs a restart"), "\(back)")
                #expect(try await !Self.logsCommit(node))
                #expect(agent.exitStatus == nil)
                #expect(node.logText.matches(of: /linnet.agent: running/).count == 1, "\(node.logText)")
            }
        }
    }
}
