import Foundation
import SeededNumbers
import Testing

extension Nodes {
    /// Everything that is owned, deleted and altered in a random order that is the same each time.
    @Suite struct RandomRepairTests {
        /// What cannot be part of it: there are no pods, and of a filter that somebody altered only the strict value is set
        /// right, to another one than a new link has.
        private static let excluded = ["pod's link", "strict reverse path filter"]

        private static let rows = RepairTests.rows.filter { row in
            !excluded.contains { row.what.hasPrefix($0) }
        }

        /// All of it, without what the kernel counts and numbers. The largest size of a segment is left out, since the kernel
        /// copies it from other links as they are at the moment when a link is made, and so are link-local addresses and the
        /// multicast groups of its addresses, which it adds some time after that.
        private static func state(of node: Node) async throws -> [String] {
            let text = try await node.shell(
                """
                for link in cni0 flannel.1 flannel-v6.1; do
                    ip -d -o link show dev $link | sed -E 's/^[0-9]+: //; s/[a-z_]*_timer +[0-9.]+//g; s/tso_max_size [0-9]+//'
                    ip -o address show dev $link | sed -E 's/^[0-9]+: //'
                    bridge fdb show dev $link
                    ip neigh show dev $link nud permanent
                done
                ip route
                ip -6 route
                nft --stateless list ruleset
                grep -H . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding \\
                    /proc/sys/net/ipv6/conf/cni0/accept_ra /proc/sys/net/ipv6/conf/cni0/disable_ipv6 \\
                    /proc/sys/net/bridge/bridge-nf-call-iptables
                grep -H . subnet.env net.d/* && cksum bin/linnet-cni
                """
            )
            return text.output.replacing(" linkdown", with: "").split(separator: "\n").map(String.init)
                .filter { !$0.contains("fe80:") && !$0.hasPrefix("33:33:") }.sorted()
        }

        @Test func `ten seconds of deletions under pings end as a fresh start does`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                let agent = try await cluster.start(node, ["--audit-interval", "1h"])
                _ = try await cluster.start(nodes[1])
                let before = try await Self.state(of: node)
                let ping = try Monitor(["ping", "-q", "-i", "0.01", "10.42.2.1"], on: node)
                var random = SeededNumbers(seed: 4)
                var count = 0
                let end = ContinuousClock.now + .seconds(10)
                while ContinuousClock.now < end, let row = Self.rows.randomElement(using: &random) {
                    // It fails if what it is about is not back yet.
                    _ = try await node.shell(row.change)
                    count += 1
                    if Bool.random(using: &random) {
                        try await eventually("\(row.what) is back", shows: row.shows) {
                            try await node.shell(row.look).output
                        }
                    }
                }
                var last: [String] = []
                let rest = try? await eventually("all is as before", within: .seconds(5)) {
                    last = try await Self.state(of: node)
                    return last == before
                }
                let differences = last.difference(from: before).map { "\($0)" }
                #expect(rest != nil, "\(differences.joined(separator: "\n"))")
                ping.stop(SIGINT)
                try await eventually("ping has ended", shows: "packets transmitted") { ping.text }
                let pings = ping.text.split(separator: "\n").last { $0.contains("transmitted") } ?? ""
                print("\(count) deletions; \(pings)")
                // Between any two deletions there is time in which packets pass.
                #expect(!ping.text.contains(" 0 received"), "\(ping.text)")

                #expect(try await agent.stop() == 0)
                let reset = try await node.linnet("reset")
                #expect(reset.succeeded, "\(reset)")
                _ = try await cluster.start(node)
                let fresh = try await Self.state(of: node)
                #expect(fresh == before, "\(fresh.difference(from: before))")
            }
        }
    }
}
