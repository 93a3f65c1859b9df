import Testing

extension Nodes {
    /// The directory of manifests while the agent runs.
    @Suite struct ManifestTests {
        @Test func `a node that is added and removed is followed`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let third = NodeSpecification("third", number: 3)
                try cluster.publish(third)
                try await eventually("the route to the third node", shows: "10.42.3.0/24 via") {
                    try await nodes[0].text("ip route")
                }
                try await eventually("its forwarding entry", shows: "dst 192.168.77.3") {
                    try await nodes[0].text("bridge fdb show dev flannel.1")
                }
                try cluster.withdraw(third)
                try await eventually("nothing of the third node is left") {
                    let routes = try await nodes[0].text("ip route") + nodes[0].text("ip -6 route")
                    let entries = try await nodes[0].text("bridge fdb show")
                    let neighbours = try await nodes[0].text("ip neigh show") + nodes[0].text("ip -6 neigh show")
                    return !routes.contains("10.42.3.0") && !routes.contains("fd00:42:0:3:")
                        && !entries.contains("192.168.77.3") && !entries.contains("fd00:77::3")
                        && !neighbours.contains("10.42.3.0") && !neighbours.contains("fd00:42:0:3:")
                }
            }
        }

        @Test func `a peer that changes its address is followed, and the old entry goes`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                var moved = NodeSpecification.south
                moved.addresses = ["192.168.77.20", "fd00:77::20"]
                try cluster.publish(moved)
                try await eventually("the entry follows") {
                    let entries = try await nodes[0].text("bridge fdb show")
                    return entries.contains("dst 192.168.77.20") && entries.contains("dst fd00:77::20")
                        && !entries.contains("dst 192.168.77.2 ") && !entries.contains("dst fd00:77::2 ")
                }
            }
        }

        @Test func `a broken file keeps its last good objects and is named with its line`() async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                try cluster.write("apiVersion: v1\nkind: Node\nmetadata: {name: [\n", to: "south.yaml")
                try await eventually("the file is named", shows: "south.yaml:") { nodes[0].logText }
                #expect(try await nodes[0].text("ip route").contains("10.42.2.0/24 via"))
                let status = try await nodes[0].statusText()
                #expect(status.contains("south.yaml"), "\(status)")
                var mended = NodeSpecification.south
                mended.addresses = ["192.168.77.21", "fd00:77::21"]
                try cluster.publish(mended)
                try await eventually("the mended file counts", shows: "dst 192.168.77.21") {
                    try await nodes[0].text("bridge fdb show")
                }
            }
        }

        struct Fault: Sendable, CustomTestStringConvertible {
            let what: String
            let node: NodeSpecification
            /// What the log names.
            let names: [String]

            var testDescription: String { what }
        }

        static let faults: [Fault] = [
            Fault(
                what: "a pod subnet outside the cluster's",
                node: changed(podCIDRs: ["10.99.3.0/24"]),
                names: ["third", "10.99.3.0/24"]
            ),
            Fault(
                what: "a pod subnet that overlaps another node's",
                node: changed(podCIDRs: ["10.42.2.0/25"]),
                names: ["third", "south"]
            ),
            Fault(what: "no address", node: changed(addresses: []), names: ["third", "address"]),
            Fault(
                what: "the address of another node",
                node: changed(addresses: ["192.168.77.2", "fd00:77::2"]),
                names: ["third", "192.168.77.2"]
            ),
            Fault(
                what: "a malformed pod subnet",
                node: changed(podCIDRs: ["10.42.3.0/33"]),
                names: ["third.yaml", "10.42.3.0/33"]
            ),
        ]

        private static func changed(podCIDRs: [String]? = nil, addresses: [String]? = nil) -> NodeSpecification {
            var node = NodeSpecification("third", number: 3)
            node.podCIDRs = podCIDRs ?? node.podCIDRs
            node.addresses = addresses ?? node.addresses
            return node
        }

        @Test(arguments: faults)
        func `a bad peer is named and the others stay`(fault: Fault) async throws {
            try await Cluster.with { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                try cluster.publish(fault.node)
                try await eventually("\(fault.what) is named", within: .seconds(10)) {
                    let text = nodes[0].logText.split(separator: "\n")
                    return text.contains { line in fault.names.allSatisfy { line.contains($0) } }
                }
                #expect(try await nodes[0].text("ip route").contains("10.42.2.0/24 via 10.42.2.0 dev flannel.1"))
            }
        }

        @Test func `a directory without this node is an error that names it`() async throws {
            try await Cluster.with([.north], listed: false) { cluster, nodes in
                try cluster.publish(.south)
                let agent = try cluster.launch(nodes[0])
                try await eventually("the missing name is logged") {
                    nodes[0].logText.split(separator: "\n").contains {
                        $0.contains("north") && $0.lowercased().contains("node")
                            && ($0.contains("error") || $0.contains("warning"))
                    }
                }
                #expect(agent.exitStatus == nil)
                #expect(try await !nodes[0].holds("ip link show dev flannel.1"))
                try cluster.publish(.north)
                try await eventually("the node starts once it is listed", shows: "10.42.1.0/32") {
                    try await nodes[0].text("ip address show dev flannel.1")
                }
            }
        }
    }
}
