import Foundation
import Testing

extension Nodes {
    /// What the kernel is told over an end and a start.
    @Suite struct RestartTests {
        @Test(arguments: [SIGTERM, SIGKILL])
        func `the kernel announces nothing over a restart on unchanged state`(signal: Int32) async throws {
            try await Cluster.with { cluster, nodes in
                let agent = try await cluster.start(nodes[0])
                _ = try await cluster.attachPod("one", on: nodes[0])
                try await expectSilence(of: nodes[0]) {
                    agent.signal(signal)
                    _ = try await agent.ended()
                    let second = try await cluster.start(nodes[0])
                    #expect(try await second.stop() == 0)
                }
            }
        }

        /// Words of what is announced when the changes below are made right: each of them, and nothing else.
        private static let repairs = [
            // Forwarding, with the kernel's own word on each interface.
            "inet all forwarding on", "inet cni0 forwarding on", "inet flannel.1 forwarding on",
            "inet flannel-v6.1 forwarding on",
            // The address of cni0, with the kernel's routes of it.
            "cni0    inet 10.42.1.1/24", "local 10.42.1.1 dev cni0", "broadcast 10.42.1.255 dev cni0",
            "10.42.1.0/24 dev cni0 proto kernel",
            // The route, and the hardware address of south.
            "10.42.2.0/24 via 10.42.2.0 dev flannel.1 proto 76", "10.42.2.0 dev flannel.1 lladdr 0e:00:00:00:00:02",
            "192.168.77.2 dev flannel.1 lladdr", "dev flannel.1 dst 192.168.77.2 self permanent",
            // East, which is gone.
            "Deleted 10.42.3.0/24 via 10.42.3.0", "Deleted 192.168.77.3 dev flannel.1",
            "10.42.3.0 dev flannel.1 FAILED",
            "Deleted fd00:42:0:3::/64 via", "Deleted fd00:77::3 dev flannel-v6.1",
            "fd00:42:0:3:: dev flannel-v6.1 FAILED",
            "dev flannel.1 dst 192.168.77.3", "dev flannel-v6.1 dst fd00:77::3",
            "delete element inet linnet overlay-peers-v4 { 192.168.77.3 }",
            "delete element inet linnet overlay-peers-v6 { fd00:77::3 }",
            "delete element inet linnet overlay-pods-v4-24 { 192.168.77.3 . 10.42.3.0 }",
            "delete element inet linnet overlay-pods-v6-64 { fd00:77::3 . fd00:42:0:3:: }",
            // The entry that somebody added, and the chain that somebody emptied.
            "0e:00:00:00:00:63", "192.168.77.99", "add rule inet linnet overlay-forward",
        ]

        @Test func `what changed while nothing ran is made right, and nothing else is touched`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let east = NodeSpecification("east", number: 3)
                for peer in [NodeSpecification.south, east] { try cluster.publish(peer) }
                let agent = try await cluster.start(node)
                #expect(try await agent.stop() == 0)
                try cluster.withdraw(east)
                try cluster.write(
                    NodeSpecification.south.manifest.replacing(
                        "  name: south\n",
                        with: """
                              name: south
                              annotations:
                                flannel.alpha.coreos.com/backend-type: vxlan
                                flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"0e:00:00:00:00:02"}'

                            """
                    ),
                    to: "south.yaml"
                )
                let changes = try await node.shell(
                    """
                    set -e
                    ip route delete 10.42.2.0/24
                    ip address delete 10.42.1.1/24 dev cni0
                    bridge fdb append 0e:00:00:00:00:63 dev flannel.1 dst 192.168.77.99 self permanent
                    echo 0 >/proc/sys/net/ipv4/ip_forward
                    nft flush chain inet linnet overlay-forward
                    """
                )
                #expect(changes.succeeded, "\(changes)")
                let heard = try await Announcements.during(on: node) { _ = try await cluster.start(node) }
                for expected in Self.repairs {
                    #expect(heard.contains { $0.contains(expected) }, "\(expected) in \(heard)")
                }
                #expect(heard.filter { line in !Self.repairs.contains { line.contains($0) } } == [])
            }
        }

        @Test func `neither a thousand pings a second nor a stream notice a kill and a restart`() async throws {
            try await Cluster.with { cluster, nodes in
                let agent = try await cluster.start(nodes[0])
                _ = try await cluster.start(nodes[1])
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let target = try await two.address("-4")
                #expect(try await one.reaches(target))
                let indices = try await [nodes[0].linkIndex("flannel.1"), nodes[0].linkIndex("cni0")]
                async let server = two.run(["iperf3", "--server", "--one-off"])
                try await eventually("the server listens") {
                    try await two.run(["ss", "-Hltn", "sport", "=", "5201"]).output.contains("5201")
                }
                // Slow enough that a packet of either is never dropped for want of processor time.
                async let stream = one.run(
                    ["iperf3", "--client", target, "--time", "4", "--bitrate", "50M", "--json"]
                )
                async let ping = one.run(["ping", "-q", "-i", "0.001", "-c", "3000", "-W", "2", target])
                agent.signal(SIGKILL)
                _ = try await agent.ended()
                _ = try await cluster.start(nodes[0])
                let pings = try await ping
                #expect(pings.output.contains("3000 packets transmitted, 3000 received"), "\(pings)")
                let sent = try await stream
                #expect(sent.succeeded, "\(sent)")
                #expect(sent.output.contains("\"retransmits\":\t0"), "\(sent)")
                _ = try await server
                #expect(try await [nodes[0].linkIndex("flannel.1"), nodes[0].linkIndex("cni0")] == indices)
            }
        }
    }
}
