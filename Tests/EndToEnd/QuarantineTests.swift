import Foundation
import Testing

extension Nodes {
    /// A capability whose own fault ends the process again and again sits out, and the others go on without it. The
    /// program is the agent with one more capability, which traps on an object.
    @Suite struct QuarantineTests {
        private static let trigger = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: trap-%, namespace: default}
            data: {key: value}

            """

        /// Starts the agent and waits until it has ended by its own fault.
        private static func crash(_ cluster: Cluster, _ node: Node) async throws -> Int32 {
            let agent = try cluster.launch(node, program: Programs.trappingAgent)
            return try await agent.ended(within: .seconds(20))
        }

        @Test func `three traps quarantine the capability, and the overlay works throughout`() async throws {
            try await Cluster.with { cluster, nodes in
                let node = nodes[0]
                let first = try cluster.launch(node, program: Programs.trappingAgent)
                _ = try await cluster.start(nodes[1])
                try await eventually("the node is ready") { FileManager.default.fileExists(atPath: node.conflist.path) }
                let one = try await cluster.attachPod("one", on: node)
                let target = try await cluster.attachPod("two", on: nodes[1]).address("-4")
                let index = try await node.linkIndex("flannel.1")
                // One packet every 20 ms over the crashes and the starts after them.
                let ping = try Monitor(["ping", "-i", "0.02", "-W", "2", target], in: one.namespace, on: node)

                // Before the last crash, from which on the quarantine counts.
                var started = ContinuousClock.now
                for way in ["index", "recursion", "abort"] {
                    started = .now
                    try cluster.write(Self.trigger.replacing("%", with: way), to: "trap.yaml")
                    // Else the next process may trap on what the one before saved, and not on what is asked for here.
                    try? FileManager.default.removeItem(at: node.state.appendingPathComponent("snapshot"))
                    let status =
                        way == "index"
                        ? try await first.ended(within: .seconds(20)) : try await Self.crash(cluster, node)
                    let signals = ["index": SIGILL, "recursion": SIGSEGV, "abort": SIGABRT]
                    #expect(status == 128 + (signals[way] ?? 0), "\(way): \(node.logText)")
                }

                let fourth = try cluster.launch(node, program: Programs.trappingAgent)
                try await eventually("status says so", shows: "trapping-on-object", "quarantined", "until 2") {
                    try await node.linnet("status").output
                }
                try await eventually("the overlay is ready") {
                    try await node.linnet("status").output.contains(/overlay +ready/)
                }
                for wanted in [
                    "the agent crashed in a capability", "capability=trapping-on-object", "thread=ln-trapping-on-",
                    "signal=SIGILL", "signal=SIGSEGV", "signal=SIGABRT",
                    "capability quarantined since it crashed the agent again and again",
                ] {
                    #expect(node.logText.contains(wanted), "\(wanted)")
                }
                #expect(fourth.exitStatus == nil)
                #expect(try await node.linkIndex("flannel.1") == index)
                try await cluster.attachPod("three", on: node).detach()

                // What it trapped on is gone by the time that it is tried again.
                try cluster.write("", to: "trap.yaml")
                try await eventually("it is tried again", within: .seconds(70)) {
                    node.logText.contains("quarantine is over; the capability is tried again")
                }
                #expect(started.duration(to: .now) > .seconds(59))
                try await eventually("it is ready") {
                    try await node.linnet("status").output.contains(/trapping-on-object +ready/)
                }

                // One more crash so soon is the next quarantine.
                try cluster.write(Self.trigger.replacing("%", with: "index"), to: "trap.yaml")
                #expect(try await fourth.ended() == 128 + SIGILL)
                _ = try cluster.launch(node, program: Programs.trappingAgent)
                try await eventually("the next one is twice as long") {
                    let events = node.logText.split(separator: "\n").filter { $0.contains("capability quarantined") }
                    let seconds = events.last?.firstMatch(of: /retry.seconds="(\d+)/).flatMap { Double($0.1) } ?? 0
                    return events.count == 2 && (110...120).contains(seconds)
                }
                let told = node.logText.split(separator: "\n").filter {
                    $0.contains(/Z (error|notice|warning) .*(quarantin|crashed in a cap)/)
                }
                print("quarantine:\n\(told.joined(separator: "\n"))\n\(try await node.linnet("status").output)")
                ping.stop(SIGINT)
                try await eventually("ping says how many it lost", shows: "packet loss") { ping.text }
                #expect(ping.text.contains(" 0% packet loss"), "\(ping.text.suffix(200))")
            }
        }

        @Test func `crashes of a start, and signals of others, are named and quarantine nothing`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                for _ in 0..<3 {
                    let agent = try cluster.launch(
                        node,
                        environment: ["TRAP_AT_START": "1"],
                        program: Programs.trappingAgent
                    )
                    #expect(try await agent.ended() == 128 + SIGILL)
                }
                for signal in [SIGSEGV, SIGABRT, SIGILL] {
                    let agent = try await cluster.start(node)
                    agent.signal(signal)
                    #expect(try await agent.ended() == 128 + signal)
                }
                _ = try await cluster.start(node)
                try await eventually("the overlay is ready") {
                    try await node.linnet("status").output.contains(/overlay +ready/)
                }
                let crashes = node.logText.split(separator: "\n").filter { $0.contains("linnet.agent: the agent ") }
                #expect(crashes.count { $0.contains("the agent crashed while it started") } == 3, "\(crashes)")
                let others = crashes.filter {
                    $0.contains("the agent was ended by a signal of another process")
                        && $0.contains("process=\(ProcessInfo.processInfo.processIdentifier)")
                }
                #expect(others.count == 3 && crashes.count == 6, "\(crashes)")
                #expect(!node.logText.contains("quarantined"), "\(node.logText)")
                print("crashes that are nobody's:\n\(crashes.joined(separator: "\n"))")
            }
        }
    }
}
