import Testing

extension Nodes {
    /// What pods and hosts can reach.
    @Suite struct TrafficTests {
        @Test func `pods of two nodes reach each other over both families`() async throws {
            try await Cluster.with { cluster, nodes in
                for node in nodes { _ = try await cluster.start(node) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                for family in ["-4", "-6"] {
                    let (first, second) = try await (one.address(family), two.address(family))
                    #expect(try await one.reaches(second), "one to two over \(family)")
                    #expect(try await two.reaches(first), "two to one over \(family)")
                }
            }
        }

        @Test func `pods of one node reach each other, their gateway and the other node's host`() async throws {
            try await Cluster.with { cluster, nodes in
                for node in nodes { _ = try await cluster.start(node) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[0])
                for family in ["-4", "-6"] { #expect(try await one.reaches(two.address(family))) }
                for address in ["10.42.1.1", "fd00:42:0:1::1", "192.168.77.2", "fd00:77::2"] {
                    #expect(try await one.reaches(address), "\(address)")
                }
            }
        }

        /// The LAN has no route to the pods, so an answer proves that the node's address was used.
        @Test func `a pod reaches the LAN under its node's address`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let pod = try await cluster.attachPod("one", on: nodes[0])
                #expect(try await pod.reaches("192.168.77.254"))
                #expect(try await pod.reaches("fd00:77::fe"))
            }
        }

        @Test func `a host reaches pods of the other node from its tunnel address`() async throws {
            try await Cluster.with { cluster, nodes in
                for node in nodes { _ = try await cluster.start(node) }
                let pod = try await cluster.attachPod("one", on: nodes[1])
                let route = try await nodes[0].text("ip route get \(pod.address("-4"))")
                #expect(route.contains("src 10.42.1.0"))
                for family in ["-4", "-6"] {
                    #expect(try await nodes[0].holds("ping -c 1 -W 2 \(pod.address(family))"), "over \(family)")
                }
            }
        }

        @Test func `a packet of the pods' own size passes and one byte more does not`() async throws {
            try await Cluster.with { cluster, nodes in
                for node in nodes { _ = try await cluster.start(node) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let target = try await two.address("-4")
                let ping = ["ip", "netns", "exec", one.namespace, "ping", "-c", "1", "-W", "2", "-M", "do", "-s"]
                // 1430 less 28 bytes of IPv4 and ICMP headers.
                #expect(try await Tool.run(ping + ["1402", target]).succeeded)
                #expect(try await !Tool.run(ping + ["1403", target]).succeeded)
            }
        }
    }
}
