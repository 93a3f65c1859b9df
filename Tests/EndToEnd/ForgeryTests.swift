import Foundation
import Testing

extension Nodes {
    /// A third host on the LAN, 192.168.77.254, sends what only nodes may send. The replies to what is let in lead nowhere,
    /// so the counters and the host's own count of echo requests tell.
    @Suite struct ForgeryTests {
        /// A tunnel end on the LAN's host, which sends from an address of its own or from that of a node that is away.
        private struct Forger {
            let cluster: Cluster
            let family: String
            /// The address that the packets around the forged ones come from.
            let local: String
            /// Sources inside the tunnel.
            let sources: [String]

            private var isIPv6: Bool { family == "-6" }
            private var namespace: String { "\(cluster.identifier)-lan" }
            private var gateway: String { isIPv6 ? "fd00:42:0:1::1" : "10.42.1.1" }

            /// Makes the tunnel end.
            func begin(against north: Node) async throws {
                let tunnel = isIPv6 ? "flannel-v6.1" : "flannel.1"
                let link = try await north.run("ip", "-o", "link", "show", "dev", tunnel).split(separator: " ")
                let place = try #require(link.firstIndex(of: "link/ether"))
                let remote = isIPv6 ? "fd00:77::1" : "192.168.77.1"
                let hop = isIPv6 ? "fd00:42:0:1::" : "10.42.1.0"
                let length = isIPv6 ? 128 : 32
                let route = isIPv6 ? "fd00:42:0:1::/64" : "10.42.1.0/24"
                let addresses = sources.map { "address replace \($0)/\(length) dev forged\(isIPv6 ? " nodad" : "")" }
                try await Tool.output(
                    ["ip", "-n", namespace, "-batch", "-"],
                    input: """
                        link add forged type vxlan id 1 dstport 8472 local \(local) remote \(remote) dev lan0 nolearning
                        link set forged addrgenmode none
                        link set forged up
                        \(addresses.joined(separator: "\n"))
                        route replace \(route) via \(hop) dev forged onlink
                        neighbour replace \(hop) lladdr \(link[place + 1]) dev forged nud permanent

                        """
                )
            }

            func send(from source: String) async throws {
                let ping = ["ping", family, "-c", "3", "-i", "0.05", "-W", "1", "-I", source, gateway]
                _ = try await Tool.run(["ip", "netns", "exec", namespace] + ping)
            }
        }

        private static func dropped(_ chain: String, on node: Node) async throws -> Int {
            let rules = try await node.run("nft", "list", "chain", "inet", "linnet", chain).split(separator: " ")
            return zip(rules, rules.dropFirst()).filter { $0.0 == "packets" }.compactMap { Int($0.1) }.reduce(0, +)
        }

        /// The echo requests that reached the host itself.
        private static func received(_ node: Node, _ family: String = "-4") async throws -> Int {
            let counter = family == "-6" ? "Icmp6InEchos" : "IcmpInEchos"
            let text = try await node.run("nstat", "-asz", counter)
            let line = text.split(separator: "\n").first { $0.hasPrefix(counter) } ?? ""
            return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
        }

        @Test(arguments: [
            ("-4", "192.168.77.254", "10.42.2.0"), ("-6", "fd00:77::fe", "fd00:42:0:2::"),
        ])
        func `a tunnel packet from a third host is dropped and counted`(
            family: String,
            local: String,
            source: String
        ) async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let before = try await Self.received(nodes[0], family)
                let forger = Forger(cluster: cluster, family: family, local: local, sources: [source])
                try await forger.begin(against: nodes[0])
                try await forger.send(from: source)
                let dropped = try await Self.dropped("overlay-tunnel", on: nodes[0])
                // With IPv6 the host also tells the routers in the tunnel which groups it listens to.
                #expect(family == "-6" ? dropped >= 3 : dropped == 3)
                let status = try await nodes[0].linnet("status", []).output
                #expect(status.contains(" tunnel packets from no known node"), "\(status)")
                #expect(try await nodes[0].statusText().contains("\"packets\" : 3,") || family == "-6")
                #expect(try await Self.received(nodes[0], family) == before)
            }
        }

        /// What a known node sends, here in its place the LAN's host: its own pods' packets, and others'.
        struct Pods: Sendable {
            var family: String
            var south: String
            var own: String
            var west: String
            var nobody: String
            var outside: String
        }

        @Test(arguments: [
            Pods(
                family: "-4",
                south: "192.168.77.2",
                own: "10.42.2.0",
                west: "10.42.3.9",
                nobody: "10.42.99.0",
                outside: "198.51.100.9"
            ),
            Pods(
                family: "-6",
                south: "fd00:77::2",
                own: "fd00:42:0:2::",
                west: "fd00:42:0:3::9",
                nobody: "fd00:42:0:99::",
                outside: "2001:db8::9"
            ),
        ])
        func `a known node may send for its own pods and for clients, not for another node's pods`(
            pods: Pods
        ) async throws {
            try await Cluster.with { cluster, nodes in
                try cluster.publish(NodeSpecification("west", number: 3))
                _ = try await cluster.start(nodes[0])
                let before = try await Self.received(nodes[0], pods.family)
                try await nodes[1].run("ip", "address", "flush", "dev", "eth0")
                let length = pods.family == "-6" ? 128 : 32
                try await Tool.output([
                    "ip", "-n", "\(cluster.identifier)-lan", "address", "add", "\(pods.south)/\(length)", "dev", "lan0",
                ])
                let forger = Forger(
                    cluster: cluster,
                    family: pods.family,
                    local: pods.south,
                    sources: [pods.own, pods.west, pods.nobody, pods.outside]
                )
                try await forger.begin(against: nodes[0])
                var dropped = 0
                for forged in [pods.west, pods.nobody] {
                    try await forger.send(from: forged)
                    dropped += 3
                    #expect(try await Self.dropped("overlay-tunnel", on: nodes[0]) == dropped, "\(forged)")
                    #expect(try await Self.received(nodes[0], pods.family) == before, "\(forged)")
                }
                var received = before
                for honest in [pods.own, pods.outside] {
                    try await forger.send(from: honest)
                    received += 3
                    #expect(try await Self.received(nodes[0], pods.family) == received, "\(honest)")
                }
                #expect(try await Self.dropped("overlay-tunnel", on: nodes[0]) == dropped)
            }
        }

        @Test func `a tag does not hide whose pod a packet comes from`() async throws {
            try await Cluster.with { cluster, nodes in
                try cluster.publish(NodeSpecification("west", number: 3))
                _ = try await cluster.start(nodes[0])
                let before = try await Self.received(nodes[0])
                try await nodes[1].run("ip", "address", "flush", "dev", "eth0")
                let lan = "\(cluster.identifier)-lan"
                try await Tool.output(
                    ["ip", "-n", lan, "-batch", "-"],
                    input: """
                        address add 192.168.77.2/32 dev lan0
                        route add 192.168.77.1 dev lan0 src 192.168.77.2

                        """
                )
                let link = try await nodes[0].run("ip", "-o", "link", "show", "dev", "flannel.1").split(separator: " ")
                let place = try #require(link.firstIndex(of: "link/ether"))
                let target = link[place + 1].split(separator: ":").compactMap { UInt8($0, radix: 16) }
                func send(_ packet: TunnelledEcho) async throws {
                    let bytes = packet.bytes.map { "\\x" + String($0, radix: 16) }.joined()
                    // One write, so one packet: printf(1) makes one of each line.
                    let write = "dd bs=2000 iflag=fullblock status=none >/dev/udp/192.168.77.1/8472"
                    let shell = ["bash", "-c", "printf '\(bytes)' | \(write)"]
                    try await Tool.output(["ip", "netns", "exec", lan] + shell)
                }
                try await send(TunnelledEcho(frameTo: target, source: [10, 42, 2, 9]))
                try await eventually("what has no tag is let in", shows: "1") {
                    "\(try await Self.received(nodes[0]) - before)"
                }
                for type in [TunnelledEcho.vlan, TunnelledEcho.serviceVLAN] {
                    try await send(TunnelledEcho(frameTo: target, source: [10, 42, 3, 9], tag: type))
                }
                try await eventually("what has one is dropped", shows: "2") {
                    "\(try await Self.dropped("overlay-tunnel", on: nodes[0]))"
                }
                #expect(try await Self.received(nodes[0]) == before + 1)
            }
        }

        @Test func `without a tunnel an address of a pod is taken from known subnets only`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0], ["--flannel-backend", "host-gw"])
                let before = try await Self.received(nodes[0])
                try await Tool.output(
                    ["ip", "-n", "\(cluster.identifier)-lan", "-batch", "-"],
                    input: """
                        address add 10.42.2.0/32 dev lan0
                        address add 10.42.99.0/32 dev lan0
                        route add 10.42.1.0/24 via 192.168.77.1

                        """
                )
                let forger = Forger(cluster: cluster, family: "-4", local: "192.168.77.254", sources: [])
                try await forger.send(from: "10.42.99.0")
                #expect(try await Self.dropped("overlay-sources", on: nodes[0]) == 3)
                #expect(try await Self.received(nodes[0]) == before)
                try await forger.send(from: "10.42.2.0")
                #expect(try await Self.received(nodes[0]) == before + 3)
            }
        }
    }
}

/// What a UDP packet to the tunnel's port holds that brings an echo request for 10.42.1.1, with a tag of number 0 or none.
private struct TunnelledEcho {
    static let vlan: [UInt8] = [0x81, 0x00]
    static let serviceVLAN: [UInt8] = [0x88, 0xa8]

    /// The hardware address of the tunnel's link.
    var frameTo: [UInt8]
    var source: [UInt8]
    var tag: [UInt8] = []

    var bytes: [UInt8] {
        let vxlan: [UInt8] = [8, 0, 0, 0, 0, 0, 1, 0]
        let frame = frameTo + [2, 0, 0, 0, 0, 9] + (tag.isEmpty ? [] : tag + [0, 0]) + [8, 0]
        let echo = Self.summed([8, 0, 0, 0, 0, 7, 0, 1], at: 2)
        let length = UInt8(20 + echo.count)
        let header: [UInt8] = [0x45, 0, 0, length, 0, 1, 0, 0, 64, 1, 0, 0] + source + [10, 42, 1, 1]
        return vxlan + frame + Self.summed(header, at: 10) + echo
    }

    /// The bytes with the internet checksum of all at its place.
    private static func summed(_ bytes: [UInt8], at place: Int) -> [UInt8] {
        var sum = stride(from: 0, to: bytes.count, by: 2).reduce(UInt32(0)) { sum, index in
            sum + UInt32(bytes[index]) << 8 + UInt32(bytes[index + 1])
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        var result = bytes
        result[place] = ~UInt8(sum >> 8)
        result[place + 1] = ~UInt8(truncatingIfNeeded: sum)
        return result
    }
}
