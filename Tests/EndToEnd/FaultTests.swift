import Foundation
import Testing

extension Nodes {
    /// What goes wrong around the agent: each fault is named, nothing is lost, and it ends when the fault does. The log
    /// line of each is printed.
    @Suite struct FaultTests {
        /// What is on the full disk.
        private static let stateFiles = [
            "ballast", "crashes", "ingress-certificate", "lease", "snapshot", "snapshot-secrets",
        ]

        private static let third = NodeSpecification("third", number: 3)
        private static let routeToThird = "10.42.3.0/24 via 10.42.3.0 dev flannel.1"
        private static let routeToSouth = "10.42.2.0/24 via 10.42.2.0 dev flannel.1"

        private func logged(_ node: Node, _ words: String..., within limit: Duration = .seconds(15)) async throws {
            try await node.logs(words, within: limit)
        }

        private func expectNoRestart(_ node: Node) async throws {
            let text = try await node.statusText()
            let report = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let capabilities = report?["capabilities"] as? [[String: Any]] ?? []
            #expect(!capabilities.isEmpty)
            for capability in capabilities { #expect(capability["restarts"] as? Int == 0, "\(capability)") }
        }

        @Test func `a full disk is named, the data plane follows, and the snapshot is saved once there is room`()
            async throws
        {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                try FileManager.default.createDirectory(at: node.state, withIntermediateDirectories: true)
                // The namespace of mounts is the agent's own: only by way of its root can the disk be seen.
                let mount = "mount -t tmpfs -o size=64k none '\(node.state.path)' && exec \"$@\""
                let agent = try await cluster.start(node, through: ["sh", "-c", mount, "sh"])
                let disk = "/proc/\(agent.processIdentifier)/root\(node.state.path)"
                try await eventually("the snapshot is saved") {
                    FileManager.default.fileExists(atPath: "\(disk)/snapshot")
                }
                let fill = try await Tool.run(["dd", "if=/dev/zero", "of=\(disk)/ballast", "bs=4096"])
                #expect(fill.description.contains("No space left"))
                let before = try Data(contentsOf: URL(fileURLWithPath: "\(disk)/snapshot"))

                try cluster.publish(Self.third)
                try await eventually("the third node is followed", shows: Self.routeToThird) {
                    try await node.text("ip route")
                }
                try await logged(node, "the snapshot cannot be saved", "/state/snapshot", "ENOSPC")
                let status = try await node.linnet("status").output
                #expect(status.contains("cannot be saved now: "), "\(status)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: "\(disk)/snapshot")) == before)
                // The list of given addresses is there if it was written before the disk was full.
                let left = try FileManager.default.contentsOfDirectory(atPath: disk).filter { $0 != "addresses" }
                    .sorted()
                #expect(left == Self.stateFiles)

                try FileManager.default.removeItem(atPath: "\(disk)/ballast")
                try await logged(node, "the snapshot is saved again")
                #expect(try Data(contentsOf: URL(fileURLWithPath: "\(disk)/snapshot")) != before)
                try await expectNoRestart(node)
            }
        }

        @Test func `no descriptor left is named, costs no processor time, and passes`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                let agent = try await cluster.start(node)
                let process = "\(agent.processIdentifier)"
                let limits = try await Tool.output([
                    "prlimit", "--pid", process, "--nofile", "--output", "SOFT", "--noheadings",
                ])
                let limit = limits.trimmingCharacters(in: .whitespacesAndNewlines)
                try await Tool.output(["prlimit", "--pid", process, "--nofile=4:"])
                try cluster.publish(Self.third)
                try await logged(node, "the source is degraded", "EMFILE", "LimitNOFILE")
                async let question = node.linnet("status")
                try await logged(node, "a status question cannot be taken", "EMFILE")
                let before = try agent.processorTime()
                // For as long as two seconds of pings take.
                try await node.run("ping", "-q", "-i", "0.1", "-c", "20", "192.168.77.254")
                #expect(try agent.processorTime() - before < 40, "hundredths of a second within two")
                #expect(try await node.text("ip route").contains(Self.routeToSouth))
                try await Tool.output(["prlimit", "--pid", process, "--nofile=\(limit):"])
                try await eventually("the third node is followed", shows: Self.routeToThird) {
                    try await node.text("ip route")
                }
                #expect(try await question.output.contains("linnet "))
                try await logged(node, "mended")
                try await expectNoRestart(node)
            }
        }

        @Test func `a process that was stopped repairs what it missed, and restarts nothing`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                let agent = try await cluster.start(node, ["--audit-interval", "1h"])
                agent.signal(SIGSTOP)
                // More changes than the agent's socket can queue, among them those that matter.
                let flood = (0..<20_000).map { number in
                    "route \(number % 2 == 0 ? "add" : "del") 10.99.0.0/16 via 192.168.77.254"
                }
                let changes = flood + ["link delete flannel.1", "address delete 10.42.1.1/24 dev cni0", ""]
                try await Tool.output(
                    ["ip", "-n", node.namespace, "-batch", "-"],
                    input: changes.joined(separator: "\n")
                )
                agent.signal(SIGCONT)
                try await eventually("everything is back", shows: Self.routeToSouth) {
                    try await node.text("ip route")
                }
                try await eventually("the gateway's address is back", shows: "10.42.1.1/24") {
                    try await node.text("ip address show dev cni0")
                }
                try await logged(node, "linnet.overlay", "repaired")
                try await expectNoRestart(node)
            }
        }

        @Test func `a directory that vanishes while the agent runs is named, and mended when it returns`() async throws
        {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node)
                try await expectSilence(of: node) {
                    try cluster.moveManifests(leaving: false)
                    try await logged(node, "the source is degraded", "ENOENT", "what it held is kept")
                    try cluster.returnManifests()
                    try await logged(node, "mended", "manifests")
                }
                try cluster.publish(Self.third)
                try await eventually("it is read again", shows: Self.routeToThird) { try await node.text("ip route") }
                try await expectNoRestart(node)
            }
        }

        @Test func `directories that somebody removes are there again, with all that was in them`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node, ["--audit-interval", "1s"])
                let contents = [
                    (node.state, Self.stateFiles.filter { $0 != "ballast" }),
                    (node.runtime, ["linnet-route.sock", "linnet.sock"]),
                ]
                let certificate = node.state.appendingPathComponent("ingress-certificate")
                for (directory, files) in contents {
                    try await eventually("\(directory.lastPathComponent) is complete") {
                        names(in: directory).isSuperset(of: files)
                    }
                }
                let before = try Data(contentsOf: certificate)
                for (directory, _) in contents {
                    // First out of the way: what is written again meanwhile is to stay.
                    let away = directory.appendingPathExtension("gone")
                    try FileManager.default.moveItem(at: directory, to: away)
                    try FileManager.default.removeItem(at: away)
                }
                for (directory, files) in contents {
                    try await eventually("\(directory.lastPathComponent) is there again") {
                        names(in: directory).isSuperset(of: files)
                    }
                }
                #expect(try Data(contentsOf: certificate) == before)
                try await logged(node, "the status socket was removed", "linnet-route.sock")
                try await logged(node, "the status socket was removed", "linnet.sock")
                try await eventually("the way of a request is told") {
                    try await !node.linnet("status", ["--route", "http://web.test/"]).output.isEmpty
                }
                // One file alone, of those that only a start would write otherwise.
                try FileManager.default.removeItem(at: node.state.appendingPathComponent("crashes"))
                try await eventually("it is there again") { names(in: node.state).contains("crashes") }
                try await expectNoRestart(node)
            }
        }

        private func names(in directory: URL) -> Set<String> {
            Set((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [])
        }

        @Test func `what is named like a manifest and is none is named`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                let directory = cluster.manifests.path
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/folder.yaml",
                    withIntermediateDirectories: true
                )
                try await Tool.output(["mkfifo", "\(directory)/pipe.yaml"])
                _ = try await cluster.start(node)
                let target = cluster.folder.url.appendingPathComponent("elsewhere.yaml")
                try await Tool.output(["ln", "-s", target.path, "\(directory)/link.yaml"])
                // A regular file that answers EIO to whoever reads it.
                try await Tool.output(["ln", "-s", "/proc/self/mem", "\(directory)/broken.yaml"])
                try await logged(node, "folder.yaml: is a directory", "pipe.yaml: is a pipe")
                try await logged(node, "link.yaml: is a link to", "which is not there")
                try await logged(node, "broken.yaml: read", "EIO")
                let status = try await node.linnet("status").output
                for name in ["folder.yaml", "pipe.yaml", "link.yaml", "broken.yaml"] {
                    #expect(status.contains("/\(name): "), "\(status)")
                }
                // Nothing tells that what the link leads to has come: it is looked for again.
                try Data(Self.third.manifest.utf8).write(to: target)
                try await eventually("the link's target is read", shows: Self.routeToThird) {
                    try await node.text("ip route")
                }
            }
        }

        /// The addresses of the family go with the switch, and so does what the tunnel needs; the other family stays.
        @Test(arguments: [true, false])
        func `IPv6 switched off in the kernel is named, and IPv4 works on`(beforeStart: Bool) async throws {
            try await Cluster.with { cluster, nodes in
                let off = ["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"]
                let node = nodes[0]
                if !beforeStart { _ = try await cluster.start(node) }
                try await Tool.output(["ip", "netns", "exec", node.namespace] + off)
                if beforeStart { _ = try cluster.launch(node) }
                try await logged(node, "warning", "IPv6")
                try await eventually("the route over IPv4", shows: Self.routeToSouth) {
                    try await node.text("ip route")
                }
                _ = try await cluster.start(nodes[1])
                let one = try await cluster.attachPod("one", on: node)
                let two = try await cluster.attachPod("two", on: nodes[1])
                #expect(try await one.reaches(two.address("-4")))
                print("status: \(try await node.linnet("status").output)")
            }
        }
    }
}
