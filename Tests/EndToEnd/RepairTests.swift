import Testing

extension Nodes {
    /// Each kind of owned object, deleted once, is put back. The times are printed.
    @Suite struct RepairTests {
        struct Row: Sendable, CustomTestStringConvertible {
            let what: String
            /// Deletes the object; words in one text.
            let delete: String
            /// The command whose output has `shows` again after the repair.
            let look: String
            let shows: String

            var testDescription: String { what }
        }

        static let rows: [Row] = [
            Row(what: "tunnel link", delete: "ip link delete flannel.1", look: "ip route", shows: "dev flannel.1 "),
            Row(
                what: "tunnel link over IPv6",
                delete: "ip link delete flannel-v6.1",
                look: "ip -6 route",
                shows: "via fd00:42:0:2:: dev flannel-v6.1 "
            ),
            Row(what: "bridge", delete: "ip link delete cni0", look: "ip address show dev cni0", shows: "10.42.1.1/24"),
            Row(
                what: "tunnel down",
                delete: "ip link set flannel.1 down",
                look: "ip route",
                shows: "via 10.42.2.0 dev flannel.1 "
            ),
            Row(
                what: "route",
                delete: "ip route delete 10.42.2.0/24",
                look: "ip route",
                shows: "10.42.2.0/24 via 10.42.2.0"
            ),
            Row(
                what: "route over IPv6",
                delete: "ip -6 route delete fd00:42:0:2::/64",
                look: "ip -6 route",
                shows: "fd00:42:0:2::/64 via"
            ),
            Row(
                what: "neighbour",
                delete: "ip neigh delete 10.42.2.0 dev flannel.1",
                look: "ip neigh show dev flannel.1",
                shows: "10.42.2.0 lladdr"
            ),
            Row(
                what: "forwarding entries",
                delete: "bridge fdb flush dev flannel.1",
                look: "bridge fdb show dev flannel.1",
                shows: "dst 192.168.77.2"
            ),
            Row(
                what: "tunnel address",
                delete: "ip address delete 10.42.1.0/32 dev flannel.1",
                look: "ip address show dev flannel.1",
                shows: "10.42.1.0/32"
            ),
            Row(
                what: "gateway address",
                delete: "ip address delete 10.42.1.1/24 dev cni0",
                look: "ip address show dev cni0",
                shows: "10.42.1.1/24"
            ),
            Row(
                what: "gateway address over IPv6",
                delete: "ip address delete fd00:42:0:1::1/64 dev cni0",
                look: "ip address show dev cni0",
                shows: "fd00:42:0:1::1/64"
            ),
            Row(
                what: "rule set",
                delete: "nft delete table inet linnet",
                look: "nft list table inet linnet",
                shows: "masquerade"
            ),
            Row(
                what: "every rule",
                delete: "nft flush ruleset",
                look: "nft list table inet linnet",
                shows: "masquerade"
            ),
        ]

        @Test(arguments: rows)
        func `a deleted object comes back`(row: Row) async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0], ["--audit-interval", "1h"])
                #expect(try await nodes[0].text(row.look).contains(row.shows), "before")
                let gone = try await Tool.run(
                    ["ip", "netns", "exec", nodes[0].namespace] + row.delete.split(separator: " ").map(String.init)
                )
                #expect(gone.succeeded, "\(row.delete): \(gone)")
                let time = try await eventually("\(row.what) is back", shows: row.shows, within: .seconds(5)) {
                    try await nodes[0].text(row.look)
                }
                print("repaired \(row.what) after at most \(time)")
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
