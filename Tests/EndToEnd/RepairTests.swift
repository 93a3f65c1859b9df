import Testing

extension Nodes {
    /// Each kind of owned object, deleted once, is put back. The times are printed.
    @Suite struct RepairTests {
        struct Row: Sendable, CustomTestStringConvertible {
            let what: String
            /// Deletes or alters the object: for a shell in the node's folder, inside its network namespace.
            let change: String
            /// The command, for the same shell, whose output has `shows` again after the repair.
            let look: String
            let shows: String

            var testDescription: String { what }
        }

        static let rows: [Row] = [
            Row(what: "tunnel link", change: "ip link delete flannel.1", look: "ip route", shows: "dev flannel.1 "),
            Row(
                what: "tunnel link over IPv6",
                change: "ip link delete flannel-v6.1",
                look: "ip -6 route",
                shows: "via fd00:42:0:2:: dev flannel-v6.1 "
            ),
            Row(what: "bridge", change: "ip link delete cni0", look: "ip address show dev cni0", shows: "10.42.1.1/24"),
            Row(
                what: "bridge's hardware address",
                change: "ip link set dev cni0 address 02:00:00:00:00:77",
                look: "ip link show dev cni0",
                shows: "0a:58:0a:2a:01:01"
            ),
            Row(
                what: "bridge's name",
                change: "ip link set dev cni0 name br9",
                look: "ip address show dev cni0",
                shows: "10.42.1.1/24"
            ),
            Row(
                what: "tunnel's name",
                change: "ip link set dev flannel.1 name vx9",
                look: "ip route",
                shows: "dev flannel.1 "
            ),
            Row(
                what: "tunnel down",
                change: "ip link set flannel.1 down",
                look: "ip route",
                shows: "via 10.42.2.0 dev flannel.1 "
            ),
            Row(
                what: "route",
                change: "ip route delete 10.42.2.0/24",
                look: "ip route",
                shows: "10.42.2.0/24 via 10.42.2.0"
            ),
            Row(
                what: "route over IPv6",
                change: "ip -6 route delete fd00:42:0:2::/64",
                look: "ip -6 route",
                shows: "fd00:42:0:2::/64 via"
            ),
            Row(
                what: "neighbour",
                change: "ip neigh delete 10.42.2.0 dev flannel.1",
                look: "ip neigh show dev flannel.1",
                shows: "10.42.2.0 lladdr"
            ),
            Row(
                what: "forwarding entries",
                change: "bridge fdb flush dev flannel.1",
                look: "bridge fdb show dev flannel.1",
                shows: "dst 192.168.77.2"
            ),
            Row(
                what: "forwarding entry that bridge(8) added",
                change: "bridge fdb append 0e:00:00:00:00:63 dev flannel.1 dst 192.168.77.99 self permanent",
                look: "bridge fdb show dev flannel.1 | grep -q 192.168.77.99 || echo gone",
                shows: "gone"
            ),
            Row(
                what: "tunnel address",
                change: "ip address delete 10.42.1.0/32 dev flannel.1",
                look: "ip address show dev flannel.1",
                shows: "10.42.1.0/32"
            ),
            Row(
                what: "gateway address",
                change: "ip address delete 10.42.1.1/24 dev cni0",
                look: "ip address show dev cni0",
                shows: "10.42.1.1/24"
            ),
            Row(
                what: "gateway address over IPv6",
                change: "ip address delete fd00:42:0:1::1/64 dev cni0",
                look: "ip address show dev cni0",
                shows: "fd00:42:0:1::1/64"
            ),
            Row(
                what: "rule set",
                change: "nft delete table inet linnet",
                look: "nft list table inet linnet",
                shows: "masquerade"
            ),
            Row(
                what: "every rule",
                change: "nft flush ruleset",
                look: "nft list table inet linnet",
                shows: "masquerade"
            ),
            Row(
                what: "tunnel's MTU",
                change: "ip link set flannel.1 mtu 1300",
                look: "ip link show dev flannel.1",
                shows: "mtu 1450"
            ),
            Row(
                what: "tunnel's hardware address",
                change: "ip link set flannel.1 address 02:00:00:00:00:01",
                look: "ip link show dev flannel.1 | grep -v 02:00:00:00:00:01",
                shows: "link/ether"
            ),
            Row(
                what: "altered route",
                change: "ip route replace 10.42.2.0/24 via 192.168.77.254",
                look: "ip route show 10.42.2.0/24",
                shows: "dev flannel.1"
            ),
            Row(
                what: "altered neighbour",
                change: "ip neigh replace 10.42.2.0 lladdr 02:00:00:00:00:02 dev flannel.1 nud permanent",
                look: "ip neigh show dev flannel.1 | grep -v 02:00:00:00:00:02",
                shows: "10.42.2.0 lladdr"
            ),
            Row(
                what: "forwarding of IPv4",
                change: "echo 0 >/proc/sys/net/ipv4/ip_forward",
                look: "cat /proc/sys/net/ipv4/ip_forward",
                shows: "1"
            ),
            Row(
                what: "forwarding of IPv6",
                change: "echo 0 >/proc/sys/net/ipv6/conf/all/forwarding",
                look: "cat /proc/sys/net/ipv6/conf/all/forwarding",
                shows: "1"
            ),
            Row(
                what: "strict reverse path filter",
                change: "echo 1 >/proc/sys/net/ipv4/conf/flannel.1/rp_filter",
                look: "grep -v 1 /proc/sys/net/ipv4/conf/flannel.1/rp_filter && echo loose",
                shows: "loose"
            ),
            Row(
                what: "router advertisements from pods",
                change: "echo 1 >/proc/sys/net/ipv6/conf/cni0/accept_ra",
                look: "cat /proc/sys/net/ipv6/conf/cni0/accept_ra",
                shows: "0"
            ),
            Row(
                what: "IPv6 of the bridge",
                change: "echo 1 >/proc/sys/net/ipv6/conf/cni0/disable_ipv6",
                look: "ip address show dev cni0",
                shows: "fd00:42:0:1::1/64"
            ),
            Row(
                what: "bridge filter",
                change: "echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables",
                look: "cat /proc/sys/net/bridge/bridge-nf-call-iptables",
                shows: "1"
            ),
            Row(
                what: "forwarding of the bridge",
                change: "echo 0 >/proc/sys/net/ipv4/conf/cni0/forwarding",
                look: "cat /proc/sys/net/ipv4/conf/cni0/forwarding",
                shows: "1"
            ),
            Row(
                what: "tunnel as a port of the bridge",
                change: "ip link set flannel.1 master cni0",
                look: "ip link show flannel.1 | grep -q master || echo free",
                shows: "free"
            ),
            Row(
                what: "spanning tree",
                change: "ip link set cni0 type bridge stp_state 1",
                look: "ip -d link show cni0",
                shows: "stp_state 0"
            ),
            Row(
                what: "bridge's alias",
                change: "ip link set cni0 alias x",
                look: "ip link show cni0",
                shows: "alias linnet"
            ),
            Row(
                what: "table asleep",
                change: "nft add table inet linnet '{ flags dormant; }'",
                look: "nft list tables inet; nft list table inet linnet | grep -q dormant || echo awake",
                shows: "awake"
            ),
            Row(
                what: "mode of the subnet file",
                change: "chmod 600 subnet.env",
                look: "stat -c %a subnet.env",
                shows: "644"
            ),
            Row(
                what: "peer's IPv6 route led elsewhere",
                change: "ip -6 route replace fd00:42:0:2::/64 via fd00:77::fe dev eth0",
                look: "ip -6 route",
                shows: "fd00:42:0:2::/64 via fd00:42:0:2:: dev flannel-v6.1"
            ),
            Row(what: "subnet file", change: "rm subnet.env", look: "cat subnet.env", shows: "FLANNEL_SUBNET"),
            Row(
                what: "altered subnet file",
                change: "echo FLANNEL_MTU=1 >subnet.env",
                look: "cat subnet.env",
                shows: "FLANNEL_SUBNET"
            ),
            Row(
                what: "CNI configuration",
                change: "rm net.d/10-linnet.conflist",
                look: "cat net.d/10-linnet.conflist",
                shows: "linnet-cni"
            ),
            Row(
                what: "CNI configuration with its directory",
                // In one step: rm(1) may find the directory not empty, since the file comes back between two of its own.
                change: "mv net.d gone && rm -r gone",
                look: "cat net.d/10-linnet.conflist",
                shows: "linnet-cni"
            ),
            Row(what: "plugin", change: "rm bin/linnet-cni", look: "ls -l bin", shows: "-rwxr-xr-x"),
            Row(
                what: "altered plugin",
                change: "echo >bin/linnet-cni",
                look: "test $(stat -c %s bin/linnet-cni) -gt 9999 && echo whole",
                shows: "whole"
            ),
            Row(
                what: "pod's link taken off the bridge",
                change: "ip link set $(ls /sys/class/net/cni0/brif | head -n 1) nomaster",
                look: "ls /sys/class/net/cni0/brif",
                shows: "veth"
            ),
            Row(
                what: "pod's link down",
                change: "ip link set $(ls /sys/class/net/cni0/brif | head -n 1) down",
                look: "bridge link show master cni0",
                shows: "state forwarding"
            ),
        ]

        /// Far more than a repair takes, and far less than the audit interval.
        private static let limit = Duration.seconds(1)

        @Test func `each kind of owned object comes back when it was deleted or altered`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node, ["--audit-interval", "1h"])
                _ = try await cluster.attachPod("one", on: node)
                for row in Self.rows {
                    try await eventually("\(row.what) before", shows: row.shows) {
                        try await node.shell(row.look).output
                    }
                    let change = try await node.shell(row.change)
                    #expect(change.succeeded, "\(row.what): \(change)")
                    let time = try await eventually("\(row.what) is back", shows: row.shows, within: Self.limit) {
                        try await node.shell(row.look).output
                    }
                    print("repaired \(row.what) after at most \(time)")
                }
            }
        }

        @Test func `a file that cannot be written does not keep other objects from being repaired`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node, ["--audit-interval", "1h"])
                // The file may be back between two steps.
                _ = try await node.shell(
                    "cd net.d; until rm -f 10-linnet.conflist && mkdir 10-linnet.conflist 2>/dev/null; do :; done"
                )
                try await eventually("it is said", shows: "10-linnet.conflist", read: node.statusText)
                let route = try #require(Self.rows.first { $0.what == "route" })
                // Were it for the retries, the last would wait for many seconds.
                for _ in 0..<8 {
                    #expect(try await node.shell(route.change).succeeded)
                    try await eventually("the route is back", shows: route.shows, within: .seconds(2)) {
                        try await node.shell(route.look).output
                    }
                }
                _ = try await node.shell("rmdir net.d/10-linnet.conflist")
                try await eventually("the file is back", shows: "linnet-cni", within: .seconds(1)) {
                    try await node.shell("cat net.d/10-linnet.conflist").output
                }
            }
        }

        @Test func `a configuration that runtimes take before ours is named at once`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0], ["--audit-interval", "1h"])
                #expect(try await nodes[0].shell("echo {} >net.d/05-other.conflist").succeeded)
                try await eventually("the rival is named", shows: "05-other.conflist", within: Self.limit) {
                    nodes[0].logText
                }
                #expect(try await nodes[0].shell("rm net.d/05-other.conflist").succeeded)
                try await eventually("its end is told", shows: "no longer degraded", within: Self.limit) {
                    nodes[0].logText
                }
            }
        }

        @Test func `who flushes the whole ruleset is named`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0], ["--audit-interval", "1h"])
                try await nodes[0].run("nft", "flush", "ruleset")
                try await eventually("nft is named", shows: "process=nft(", within: Self.limit) { nodes[0].logText }
                #expect(try await nodes[0].holds("nft list chain inet linnet overlay-postrouting"))
            }
        }

        /// A loop that deletes one object as soon as it is back, and what of it is told.
        @Test(arguments: [
            // One ip(8) for many deletions: one for each is gone, more often than not, before its name can be asked for.
            (
                "yes 'route delete 10.42.2.0/24' | head -n 100000 | ip -force -batch -", "route 10.42.2.0/24",
                "process=ip("
            ),
            ("nft delete table inet linnet", "nft table linnet", "process=nft("),
        ])
        func `a fight over one object slows down, and its other side is named`(
            deletion: String,
            object: String,
            program: String
        ) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.publish(.south)
                _ = try await cluster.start(nodes[0], ["--audit-interval", "1h"])
                let foe = try Monitor(["sh", "-c", "while :; do \(deletion) 2>/dev/null; done"], on: nodes[0])
                defer { foe.stop() }
                try await eventually("the fight is told", shows: "again and again", within: .seconds(40)) {
                    nodes[0].logText
                }
                let line = nodes[0].logText.split(separator: "\n").first { $0.contains("again and again") } ?? ""
                for word in [object, program] { #expect(line.contains(word), "\(line)") }
                try await eventually("status names it", shows: "degraded", object) { try await nodes[0].statusText() }
            }
        }

        @Test func `a pod survives the loss of the tunnel`() async throws {
            try await Cluster.with { cluster, nodes in
                for node in nodes { _ = try await cluster.start(node) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let target = try await two.address("-4")
                #expect(try await one.reaches(target))
                try await nodes[0].run("ip", "link", "delete", "flannel.1")
                try await eventually("one reaches two again", within: .seconds(10)) { try await one.reaches(target) }
            }
        }
    }
}
