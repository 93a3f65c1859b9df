import Foundation
import Testing

extension Nodes {
    /// Starting while the source of cluster state is away: the snapshot on disk rules until it is back.
    @Suite struct BootTests {
        /// What stands in the place of the directory of manifests.
        enum Away: String, Sendable, CaseIterable, CustomTestStringConvertible {
            case nothing, file

            var testDescription: String { rawValue }
        }

        private static let stateFiles = [
            "addresses", "crashes", "ingress-certificate", "lease", "snapshot", "snapshot-secrets",
        ]

        @Test(arguments: Away.allCases)
        func `a node that starts without its manifests routes, and says how old its state is`(away: Away) async throws {
            try await Cluster.with { cluster, nodes in
                for node in nodes {
                    _ = try await cluster.start(node).stop()
                    let files = try FileManager.default.contentsOfDirectory(atPath: node.state.path)
                    #expect(files.sorted() == Self.stateFiles)
                    try await node.loseKernelState()
                }
                try cluster.moveManifests(leaving: away == .file)
                for node in nodes { _ = try await cluster.start(node) }
                try await expectPodsReachEachOther(cluster, nodes)

                let status = try await nodes[0].linnet("status").output
                #expect(status.contains("from disk, "), "\(status)")
                #expect(status.contains("s old"), "\(status)")
                let log = nodes[0].logText
                let line = log.split(separator: "\n").last {
                    $0.contains("the data plane follows the snapshot on disk")
                }
                #expect(line?.contains("s old") == true, "\(log)")
                print("log: \(line ?? "-")\nstatus: \(status)")

                try await expectSilence(of: nodes[0]) {
                    try cluster.returnManifests()
                    try await eventually("the source is back") {
                        try await !nodes[0].linnet("status").output.contains("from disk")
                    }
                }
            }
        }

        private func expectPodsReachEachOther(_ cluster: Cluster, _ nodes: [Node]) async throws {
            let one = try await cluster.attachPod("one", on: nodes[0])
            let two = try await cluster.attachPod("two", on: nodes[1])
            for family in ["-4", "-6"] { #expect(try await one.reaches(two.address(family)), "\(family)") }
        }

        @Test func `a damaged snapshot is named and not believed, and the agent waits for its source`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node).stop()
                try await node.loseKernelState()
                let file = node.state.appendingPathComponent("snapshot")
                var bytes = try Data(contentsOf: file)
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: file)
                try cluster.moveManifests(leaving: false)
                let agent = try cluster.launch(node)
                try await eventually("the file is named", shows: "/state/snapshot", "its checksum does not fit") {
                    node.logText
                }
                try await eventually("the source is known to be away", shows: "the source is degraded") { node.logText }
                #expect(agent.exitStatus == nil)
                #expect(try await !node.holds("ip link show dev flannel.1"))
                try cluster.returnManifests()
                try await eventually("the node starts once it has a source", shows: "10.42.1.0/32") {
                    try await node.text("ip address show dev flannel.1")
                }
            }
        }

        @Test func `no secret is saved where none may be, and one saved before goes`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let secrets = """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: s}
                    stringData: {key: not-for-the-disk}
                    ---
                    apiVersion: traefik.io/v1alpha1
                    kind: Middleware
                    metadata: {name: m}
                    spec: {basicAuth: {secret: s}}
                    ---
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: unused}
                    stringData: {key: named-by-nobody}
                    """
                try cluster.write(secrets, to: "secrets.yaml")
                // As a service manager makes it.
                try FileManager.default.createDirectory(at: nodes[0].state, withIntermediateDirectories: true)
                let saved = nodes[0].state.appendingPathComponent("snapshot-secrets")
                _ = try await cluster.start(nodes[0]).stop()
                let kept = String(decoding: try Data(contentsOf: saved), as: UTF8.self)
                #expect(kept.contains("not-for-the-disk") && !kept.contains("named-by-nobody"))
                _ = try await cluster.start(nodes[0], ["--persist-secrets=false"]).stop()
                #expect(!FileManager.default.fileExists(atPath: saved.path))
                let attributes = try FileManager.default.attributesOfItem(atPath: nodes[0].state.path)
                #expect(attributes[.posixPermissions] as? Int == 0o700)
                let main = try Data(contentsOf: nodes[0].state.appendingPathComponent("snapshot"))
                #expect(!String(decoding: main, as: UTF8.self).contains("not-for-the-disk"))
            }
        }
    }
}
