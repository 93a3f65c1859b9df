import Foundation
import Testing

extension Nodes {
    /// Many nodes, and nodes that are taken for each other.
    @Suite(.timeLimit(.minutes(5))) struct EtcdCrowdTests {
        /// What a node says of its lease in the log, if that is what it waits for.
        private static let waits = "out of subnets: every /24 of 10.42.0.0/16 is leased"

        @Test func `of twenty nodes on eight free subnets eight get one, and a waiter gets one that is freed`()
            async throws
        {
            let specifications = (1...20).map { NodeSpecification("node-\($0)", number: $0) }
            try await Cluster.withEtcd(specifications, toldNetworks: false) { cluster, nodes, etcd in
                try await etcd.control(
                    "put",
                    "/n/config",
                    #"{"Network":"10.42.0.0/16","SubnetMin":"10.42.1.0","SubnetMax":"10.42.8.0","#
                        + #""Backend":{"Type":"vxlan"}}"#
                )
                // All processes at once, each in a network namespace of its own.
                let agents = try nodes.map { try cluster.launch($0) }
                func keys() async throws -> [String] {
                    try await etcd.control("get", "--prefix", "--keys-only", "/n/subnets/").split(separator: "\n")
                        .map(String.init)
                }
                func holders() -> [Int] {
                    nodes.indices.filter { FileManager.default.fileExists(atPath: nodes[$0].conflist.path) }
                }
                func waiters() -> [Int] { nodes.indices.filter { nodes[$0].logText.contains(Self.waits) } }
                try await eventually("eight hold a lease and twelve say why they do not", within: .seconds(120)) {
                    holders().count == 8 && waiters().filter { !holders().contains($0) }.count == 12
                }
                #expect(Set(try await keys()) == Set((1...8).map { "/n/subnets/10.42.\($0).0-24" }))
                #expect(agents.allSatisfy { $0.exitStatus == nil }, "all go on trying")
                // One that is given up, for good: a waiter takes it within its next attempts.
                let freed = try #require(holders().first)
                #expect(try await agents[freed].stop() == 0)
                let address = try #require(nodes[freed].specification.addresses.first)
                let key = try #require(try await etcd.leaseKey(of: address))
                let before = holders()
                try await etcd.control("lease", "revoke", try await etcd.leaseID(of: key))
                try await eventually("a waiter holds \(key)", within: .seconds(60)) {
                    let now = try await etcd.control("get", key)
                    return !now.isEmpty && !now.contains("\"\(address)\"")
                        && Set(holders()).subtracting(before).count == 1
                }
                #expect(try await keys().count == 8)
            }
        }

        @Test func `a machine with the name of another one is refused its lease, and nothing of the other changes`()
            async throws
        {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                _ = try await cluster.start(nodes[0])
                let leases = try await written(etcd)
                let routes = try await nodes[0].text("ip route")
                let twin = try cluster.launch(nodes[1], ["--node-name", "north"])
                try await eventually(
                    "it is refused",
                    shows: "two machines are named 'north': this one at 192.168.77.2, fd00:77::2, and the one at "
                        + "192.168.77.1, fd00:77::1 that has the lease 10.42."
                ) { nodes[1].logText }
                print("log: \(nodes[1].logText.split(separator: "\n").first { $0.contains("two machines") } ?? "-")")
                try await eventually("status says it", shows: "two machines are named 'north'") {
                    try await nodes[1].linnet("status").output
                }
                // It tries again and again, which must not show.
                try await eventually("it has tried again", within: .seconds(30)) {
                    try await nodes[1].state(of: "lease") == "degraded"
                }
                let after = try await written(etcd)
                #expect(after == leases, "nothing was written")
                #expect(try await nodes[0].text("ip route") == routes)
                #expect(try await nodes[0].state(of: "lease") == "ready")
                #expect(twin.exitStatus == nil)
                // Its lease gone, the name is free.
                try await cluster.cutOff(nodes[0])
                try await etcd.control(
                    "lease",
                    "revoke",
                    try await etcd.leaseID(of: try await key(etcd, "192.168.77.1"))
                )
                try await eventually("it has a lease", within: .seconds(60)) {
                    try await nodes[1].state(of: "lease") == "ready"
                }
                // The first one comes back to a name that is another's.
                try await cluster.reconnect(nodes[0])
                try await eventually("the first says so", shows: "two machines are named 'north'", within: .seconds(60))
                {
                    nodes[0].logText
                }
                #expect(try await etcd.leaseKey(of: "192.168.77.1") == nil)
            }
        }

        /// The leases with the revisions at which they were written.
        private func written(_ etcd: LANEtcd) async throws -> Substring {
            let answer = try await etcd.control("get", "--prefix", "/n/subnets/", "-w", "json")
            return answer[try #require(answer.firstRange(of: "\"kvs\"")).lowerBound...]
        }

        private func key(_ etcd: LANEtcd, _ address: String) async throws -> String {
            try #require(try await etcd.leaseKey(of: address))
        }

        @Test func `two nodes with one public address get a lease each, and each names the other`() async throws {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                let flags = ["--node-external-ip", "203.0.113.7", "--flannel-external-ip"]
                for node in nodes { _ = try await cluster.start(node, flags) }
                let lines = try await etcd.control("get", "--prefix", "/n/subnets/").split(separator: "\n")
                #expect(lines.count == 4)
                #expect(lines.filter { $0.contains(#""PublicIP":"203.0.113.7""#) }.count == 2)
                for (node, other) in [(nodes[0], "south"), (nodes[1], "north")] {
                    let complaint = "node '\(other)' has the public address 203.0.113.7"
                    try await eventually("\(node.name) warns", shows: "the lease is degraded", complaint) {
                        node.logText
                    }
                    try await eventually("\(node.name)'s status says it", shows: complaint) {
                        try await node.linnet("status").output
                    }
                    print("log: \(node.logText.split(separator: "\n").first { $0.contains("degraded") } ?? "-")")
                }
                let after = try await etcd.control("get", "--prefix", "/n/subnets/").split(separator: "\n")
                #expect(after == lines, "neither takes the other's")
            }
        }
    }
}
