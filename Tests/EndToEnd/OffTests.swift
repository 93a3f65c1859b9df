import Foundation
import Testing

extension Nodes {
    /// Off means off: what a capability had made goes at the next start without it.
    @Suite struct OffTests {
        /// A capability that can be switched off.
        struct Row: Sendable, CustomTestStringConvertible {
            let testDescription: String
            /// What it is on with, beside what all have.
            var on: [String] = []
            /// What switches it off.
            let flags: [String]
            /// Its files that must be gone.
            let files: [String]
            /// What has one of these in its line is its object, which must be gone.
            let objects: [String]
        }

        static let rows = [
            Row(
                testDescription: "overlay and pod network",
                flags: ["--flannel-backend", "none"],
                files: ["net.d/10-linnet.conflist", "bin/linnet-cni", "subnet.env"],
                objects: ["link ", "chain overlay-", "set overlay-", "route "]
            ),
            Row(
                testDescription: "cluster DNS",
                flags: ["--disable", "coredns"],
                files: [],
                objects: ["address ", "chain dns-", "set dns-"]
            ),
            Row(
                testDescription: "services",
                flags: ["--disable", "servicelb,kube-proxy"],
                files: [],
                objects: ["chain services", "set services", "map services", "set node-ports"]
            ),
            Row(
                testDescription: "ingress",
                flags: ["--disable", "traefik"],
                files: [],
                objects: ["listener 0.0.0.0:80", "listener [::]:80", "listener 0.0.0.0:443", "listener [::]:443"]
            ),
            Row(
                testDescription: "cluster DNS on another address",
                on: ["--localip", "169.254.20.10"],
                flags: [],
                files: [],
                objects: [" 169.254.20.10/32 "]
            ),
        ]

        @Test(arguments: rows)
        func `a capability that is switched off leaves nothing`(row: Row) async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                let on = try await cluster.start(node, row.on)
                let present = { row.files.filter { FileManager.default.fileExists(atPath: "\(node.home.path)/\($0)") } }
                let objects = {
                    try await (node.ownedObjects() + listeners(on: node)).filter { object in
                        row.objects.contains { object.contains($0) }
                    }
                }
                #expect(present() == row.files)
                try await eventually("it is on") { try await objects() != [] }
                #expect(try await on.stop() == 0)
                let off = try cluster.launch(node, row.flags)
                try await eventually("nothing is left", within: .seconds(20)) {
                    try await objects() == [] && present() == []
                }
                // Nor does a second start without it bring anything.
                #expect(try await off.stop() == 0)
                let again = try cluster.launch(node, row.flags)
                try await eventually("the agent runs") { try await node.linnet("status").succeeded }
                #expect(try await objects() == [])
                #expect(present() == [])
                #expect(try await again.stop() == 0)
                // What it knew stays for the next start with it.
                let state = try FileManager.default.contentsOfDirectory(atPath: node.state.path).sorted()
                #expect(state.contains("snapshot"))
            }
        }

        /// Where somebody takes connections of TCP: `listener [::]:80`.
        private func listeners(on node: Node) async throws -> [String] {
            try await node.text("ss -Hltn").split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 3 ? "listener \(words[3])" : nil
            }
        }

        @Test func `the plugin stays for pods that have to be taken down by it`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let on = try await cluster.start(node)
                var pod = try await cluster.attachPod("one", on: node)
                pod.rememberedList = try Data(contentsOf: node.conflist)
                #expect(try await on.stop() == 0)
                let off = try cluster.launch(node, ["--flannel-backend", "none"])
                try await eventually("it is said", shows: "the plugin stays") { node.logText }
                try await eventually("the configuration goes at once") {
                    !FileManager.default.fileExists(atPath: node.conflist.path)
                }
                #expect(try await off.stop() == 0)
                try await pod.detach()
                _ = try cluster.launch(node, ["--flannel-backend", "none"])
                try await eventually("it goes when no pod needs it") {
                    !FileManager.default.fileExists(atPath: "\(node.home.path)/bin/linnet-cni")
                }
            }
        }
    }
}
