import Foundation
import Testing

extension Nodes {
    /// The wall clock is set while the agent runs. That of the machine stays: the agent of one node sees another one.
    @Suite struct ClockTests {
        private static let day = 86_400

        /// A wall clock of a program, and how far it is from the machine's.
        private struct Clock {
            let file: URL

            init(of node: Node) throws {
                file = node.home.appendingPathComponent("shift")
                try set(0)
            }

            func set(_ seconds: Int) throws { try Data("\(seconds)".utf8).write(to: file, options: .atomic) }

            var environment: [String: String] {
                ["LD_PRELOAD": Programs.shiftedWallClock, "WALL_CLOCK_SHIFT": file.path]
            }
        }

        private static func start(_ cluster: Cluster, _ node: Node, _ clock: Clock) async throws -> Agent {
            try? FileManager.default.removeItem(at: node.conflist)
            let agent = try cluster.launch(node, ["--audit-interval", "1s"], environment: clock.environment)
            try await eventually("\(node.name) is ready: \(node.logText)") {
                FileManager.default.fileExists(atPath: node.conflist.path)
            }
            return agent
        }

        /// All ages that status tells, in seconds.
        private static func ages(_ status: String) -> [Double] {
            status.matches(of: /[aA]geSeconds" : (-?[0-9.e+-]+)/).compactMap { Double($0.1) }
        }

        @Test func `a clock that jumps a day ahead and back changes nothing but what is printed`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                let clock = try Clock(of: node)
                let agent = try await Self.start(cluster, node, clock)
                _ = try await cluster.start(nodes[1])
                let one = try await cluster.attachPod("one", on: node)
                let target = try await cluster.attachPod("two", on: nodes[1]).address("-4")
                let lease = try await node.text("cat \(node.subnetFile.path)")
                let ping = try Monitor(
                    ["ping", "-i", "0.05", "-W", "2", target],
                    in: one.namespace,
                    on: node
                )

                try await expectSilence(of: node) {
                    for shift in [Self.day, -Self.day, 0] {
                        try clock.set(shift)
                        let before = node.logText.count
                        agent.signal(SIGHUP)
                        let date = Date(timeIntervalSinceNow: Double(shift)).ISO8601Format().prefix(10)
                        try await eventually("the log has the time that was set", shows: "configuration read again") {
                            String(node.logText.dropFirst(before))
                        }
                        let line = node.logText.dropFirst(before).split(separator: "\n").first {
                            $0.contains("read again")
                        }
                        #expect(line?.hasPrefix(date) == true, "\(line ?? "-")")
                        // Two audits, and a change of the cluster.
                        let passes = try await Self.passes(node)
                        try cluster.write(Self.configMap(shift), to: "change.yaml")
                        try await eventually("passes go on") { try await Self.passes(node) >= passes + 2 }
                        let status = try await node.statusText()
                        let ages = Self.ages(status)
                        #expect(ages.count >= 3 && ages.allSatisfy { (0..<60).contains($0) }, "\(status)")
                        print("clock \(shift) s: \(line ?? "-")\nages: \(ages)")
                    }
                }

                ping.stop(SIGINT)
                try await eventually("ping says how many it lost", shows: "packet loss") { ping.text }
                #expect(ping.text.contains(" 0% packet loss"), "\(ping.text.suffix(200))")
                #expect(try await node.text("cat \(node.subnetFile.path)") == lease)
                let status = try await node.statusText()
                #expect(!status.contains(/restarts" : [1-9]/), "\(status)")
                #expect(agent.exitStatus == nil)
                for word in ["warning", "error", "critical"] {
                    #expect(!node.logText.contains("Z \(word) "), "\(node.logText)")
                }
            }
        }

        @Test func `state that was saved in the future has no age, and is taken all the same`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                let clock = try Clock(of: node)
                try clock.set(Self.day)
                #expect(try await Self.start(cluster, node, clock).stop() == 0)
                let saved = try await node.text("ip -o address show dev flannel.1")
                try clock.set(0)
                try cluster.moveManifests(leaving: false)
                _ = try await Self.start(cluster, node, clock)
                try await eventually("the state is from disk", shows: "age unknown (clock went back)") { node.logText }
                #expect(Self.ages(try await node.statusText()).allSatisfy { (0..<60).contains($0) })
                #expect(try await node.text("ip -o address show dev flannel.1") == saved)
                try cluster.returnManifests()
                try await eventually("the source is back") {
                    try await !node.linnet("status").output.contains("from disk")
                }
            }
        }

        @Test func `a lease in etcd outlives jumps of the clock`() async throws {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                let node = nodes[0]
                let clock = try Clock(of: node)
                _ = try await Self.start(cluster, node, clock)
                let key = try #require(try await etcd.leaseKey(of: "192.168.77.1"))
                let lease = try await etcd.leaseID(of: key)
                try await expectSilence(of: node) {
                    for shift in [Self.day, -Self.day, 0] {
                        try clock.set(shift)
                        let passes = try await Self.passes(node)
                        try await eventually("passes go on") { try await Self.passes(node) >= passes + 2 }
                        #expect(try await etcd.leaseKey(of: "192.168.77.1") == key)
                        #expect(try await etcd.leaseID(of: key) == lease)
                        let status = try await node.statusText()
                        #expect(Self.ages(status).allSatisfy { (0..<60).contains($0) }, "\(status)")
                    }
                }
            }
        }

        private static func passes(_ node: Node) async throws -> Int {
            let status = try await node.statusText()
            return status.firstMatch(of: /"passes" : ([0-9]+)/).flatMap { Int($0.1) } ?? 0
        }

        private static func configMap(_ number: Int) -> String {
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: change}\ndata: {number: \"\(number)\"}\n"
        }
    }
}
