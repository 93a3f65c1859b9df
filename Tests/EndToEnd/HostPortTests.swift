import Foundation
import Testing

extension Nodes {
    /// Host ports and addresses of pods, kept by a running agent and taken back when it is told to.
    @Suite struct HostPortTests {
        private static let list = "nft list table inet linnet-cni"

        private func attachWeb(_ cluster: Cluster, _ node: Node) async throws -> Pod {
            var pod = try await cluster.makePod("web", on: node)
            pod.portMappings = [(8080, 80)]
            let added = try await pod.callPlugin("ADD")
            #expect(added.succeeded, "\(added)")
            return pod
        }

        @Test func `the plugin is there before the configuration that names it`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                #expect(FileManager.default.fileExists(atPath: "\(nodes[0].home.path)/bin/linnet-cni"))
                try await eventually("it is told", shows: "overlay changed") { nodes[0].logText }
                let log = nodes[0].logText
                let installed = try #require(log.range(of: "plugin installed"))
                let changed = try #require(log.range(of: "overlay changed"))
                #expect(installed.lowerBound < changed.lowerBound)
            }
        }

        @Test func `host ports come back after a flush, and go with their pod`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let agent = try await cluster.start(nodes[0], ["--audit-interval", "1h"])
                let pod = try await attachWeb(cluster, nodes[0])
                let whole = try await nodes[0].text(Self.list)
                #expect(whole.contains("tcp . 8080 comment \"web default/web\" : "), "\(whole)")
                for damage in ["delete table inet linnet-cni", "flush ruleset", "flush chain inet linnet-cni output"] {
                    let words = ["nft"] + damage.split(separator: " ").map(String.init)
                    let gone = try await Tool.run(["ip", "netns", "exec", nodes[0].namespace] + words)
                    #expect(gone.succeeded, "\(gone)")
                    let time = try await eventually("the host ports are back after \(damage)", within: .seconds(5)) {
                        try await nodes[0].text(Self.list) == whole
                    }
                    print("repaired host ports after at most \(time): \(damage)")
                }
                #expect(try await agent.stop() == 0)
                try await nodes[0].run("nft", "delete", "table", "inet", "linnet-cni")
                _ = try await cluster.start(nodes[0])
                try await eventually("the next start makes the table") {
                    try await nodes[0].text(Self.list) == whole
                }
                try await pod.detach()
                #expect(try await nodes[0].text(Self.list) == "")
                #expect(try await nodes[0].text("cat /proc/sys/net/ipv4/conf/cni0/route_localnet") == "0\n")
            }
        }

        @Test func `the node's own localhost reaches host ports again as soon as somebody took that away`() async throws
        {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node, ["--audit-interval", "1h"])
                let pod = try await attachWeb(cluster, node)
                let read = "cat /proc/sys/net/ipv4/conf/cni0/route_localnet"
                #expect(try await node.text(read) == "1\n")
                for damage in [
                    ["sysctl", "-qw", "net.ipv4.conf.cni0.route_localnet=0"], ["ip", "link", "delete", "cni0"],
                ] {
                    let done = try await Tool.run(["ip", "netns", "exec", node.namespace] + damage)
                    #expect(done.succeeded, "\(done)")
                    let time = try await eventually("it is set again after \(damage)", within: .seconds(5)) {
                        try await node.text(read) == "1\n"
                    }
                    print("route_localnet is back after at most \(time): \(damage)")
                }
                try await pod.detach()
            }
        }

        /// A loop that takes something away as soon as it is back, and what of it is told.
        @Test(arguments: [
            ("nft delete table inet linnet-cni", "object=\"nft table linnet-cni\"", "process=nft("),
            // The kernel says of no link who changed it.
            ("ip link set $(ls /sys/class/net/cni0/brif | head -n 1) nomaster", "object=\"link veth", "process="),
        ])
        func `a fight over host ports or a pod's link slows down, and what is known of the other side is told`(
            damage: String,
            object: String,
            program: String
        ) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node, ["--audit-interval", "1h"])
                let pod = try await attachWeb(cluster, node)
                let foe = try Monitor(["sh", "-c", "while :; do \(damage) 2>/dev/null; done"], on: node)
                defer { foe.stop() }
                try await eventually("the fight is told", shows: "again and again", within: .seconds(60)) {
                    node.logText
                }
                let lines = node.logText.split(separator: "\n")
                let told = lines.first { $0.contains("again and again") } ?? ""
                for word in [object, program] { #expect(told.contains(word), "\(told)") }
                let repairs = lines.filter {
                    $0.contains("put back on the bridge") || $0.contains("repaired the table of host ports")
                }
                // Not each: a look for another reason may find the damage before the kernel's notification is read.
                #expect(repairs.contains { $0.contains(program) }, "\(repairs)")
                try await eventually("status names it", shows: "again and again") { try await node.statusText() }
                if damage.hasPrefix("nft") {
                    try await eventually("nothing is open that only the table makes safe") {
                        try await node.text("cat /proc/sys/net/ipv4/conf/cni0/route_localnet") == "0\n"
                    }
                }
                foe.stop()
                try await pod.detach()
            }
        }

        /// In a mount namespace where one setting cannot be written, and where the log leads to the test.
        @Test func `what the plugin cannot do without failing is in the system log`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node)
                let log = try SystemLogStandIn(at: "\(node.home.path)/log.socket")
                var pod = try await cluster.makePod("web", on: node)
                pod.portMappings = [(8080, 80)]
                let setting = "/proc/sys/net/ipv4/conf/cni0/route_localnet"
                let script = """
                    set -e
                    mount --bind \(setting) \(setting)
                    mount -o remount,bind,ro \(setting)
                    mount -t tmpfs tmpfs /dev
                    ln -s \(node.home.path)/log.socket /dev/log
                    exec "$@"
                    """
                let wrapper = ["unshare", "--mount", "sh", "-c", script, "sh"]
                let added = try await pod.callPlugin("ADD", through: wrapper)
                #expect(added.succeeded, "\(added)")
                let messages = log.messages()
                #expect(messages.count == 1, "\(messages)")
                let said = "host ports are not reached through the node's own 127.0.0.1: open \(setting): EROFS"
                #expect(messages.first?.contains("linnet-cni[") == true, "\(messages)")
                #expect(messages.first?.contains(said) == true, "\(messages)")
                // The agent, which can, does it as soon as it hears of the new table.
                try await eventually("it is set") { try await node.text("cat \(setting)") == "1\n" }
                try await pod.detach()
            }
        }

        @Test func `without a backend a living pod keeps its ports, and they go with it`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let on = try await cluster.start(node)
                var pod = try await attachWeb(cluster, node)
                pod.rememberedList = try Data(contentsOf: node.conflist)
                #expect(try await on.stop() == 0)
                let whole = try await node.text(Self.list)
                // Its address was released by hand: its record alone has to keep the plugin.
                let addresses = node.home.appendingPathComponent("networks/cbr0")
                for name in try FileManager.default.contentsOfDirectory(atPath: addresses.path) {
                    try FileManager.default.removeItem(at: addresses.appendingPathComponent(name))
                }
                let off = try cluster.launch(node, ["--flannel-backend", "none"])
                try await eventually("it is said", shows: "the plugin stays", "default/web") { node.logText }
                try await eventually("status says so", shows: "the overlay is off, but pods still have host ports") {
                    try await node.statusText()
                }
                #expect(try await node.text(Self.list) == whole)
                try await node.run("nft", "flush", "ruleset")
                try await eventually("they are repaired") { try await node.text(Self.list) == whole }
                try await pod.detach()
                #expect(try await node.text(Self.list) == "")
                #expect(try await off.stop() == 0)
                _ = try cluster.launch(node, ["--flannel-backend", "none"])
                try await eventually("the plugin goes when no pod needs it") {
                    !FileManager.default.fileExists(atPath: "\(node.home.path)/bin/linnet-cni")
                }
            }
        }

        @Test func `reset refuses while a pod has host ports, and with force leaves nothing of them`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let agent = try await cluster.start(node)
                let pod = try await attachWeb(cluster, node)
                #expect(try await agent.stop() == 0)
                // Without the bridge only the record says that a pod is there.
                try await node.run("ip", "link", "delete", "cni0")
                let refused = try await node.linnet("reset")
                #expect(!refused.succeeded)
                #expect(
                    refused.description.contains("pods have host ports (default/web (container web))"),
                    "\(refused)"
                )
                let forced = try await node.linnet("reset", ["--force"])
                #expect(forced.succeeded, "\(forced)")
                #expect(try await node.ownedObjects() == [])
                #expect(!FileManager.default.fileExists(atPath: node.state.path))
                #expect(!FileManager.default.fileExists(atPath: "\(node.home.path)/bin/linnet-cni"))
                try await Tool.output(["ip", "netns", "delete", pod.namespace])
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func `the address of a pod that crashed is released by the running agent, and a living pod's is not`()
            async throws
        {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node, ["--audit-interval", "5s"])
                let living = try await cluster.attachPod("living", on: node)
                let kept = try await living.address("-4")
                let gone = try await cluster.makePod("gone", on: node)
                #expect(try await gone.callPlugin("ADD").succeeded)
                let leaked = try await gone.address("-4")
                // The pair goes with the namespace, and nobody calls DEL.
                try await Tool.output(["ip", "netns", "delete", gone.namespace])
                let folder = node.home.appendingPathComponent("networks/cbr0").path
                let time = try await eventually("\(leaked) is released", within: .seconds(100)) {
                    !FileManager.default.fileExists(atPath: "\(folder)/\(leaked)")
                }
                print("released after \(time)")
                #expect(time > .seconds(50), "two looks a minute apart")
                #expect(FileManager.default.fileExists(atPath: "\(folder)/\(kept)"))
                try await eventually("it is said", shows: "addresses of pods that are gone were released", leaked) {
                    node.logText
                }
            }
        }
    }
}
