import Foundation
import Testing

extension Nodes {
    /// The plugin as the agent installed it.
    @Suite struct PluginTests {
        @Test func `parallel pods get addresses of their own, and give them back`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                var made: [Pod] = []
                for number in 1...20 { made.append(try await cluster.makePod("pod\(number)", on: nodes[0])) }
                let pods = made
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for pod in pods {
                        group.addTask {
                            let result = try await pod.callPlugin("ADD")
                            guard result.succeeded else { throw ToolFailure(command: ["ADD"], result: result) }
                        }
                    }
                    try await group.waitForAll()
                }
                var addresses: Set<String> = []
                for pod in pods { for family in ["-4", "-6"] { addresses.insert(try await pod.address(family)) } }
                #expect(addresses.count == 40)
                for pod in pods { try await pod.detach() }
                let left = try FileManager.default.contentsOfDirectory(
                    atPath: nodes[0].home.appendingPathComponent("networks/cbr0").path
                )
                #expect(left.filter { $0.contains(":") || $0.hasPrefix("10.") } == [])
            }
        }

        @Test func `a pod is added and deleted while no agent runs`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let agent = try await cluster.start(nodes[0])
                #expect(try await agent.stop() == 0)
                let pod = try await cluster.attachPod("one", on: nodes[0])
                #expect(try await pod.reaches("10.42.1.1"))
                let check = try await pod.callPlugin("DEL")
                #expect(check.succeeded, "\(check)")
                let again = try await pod.callPlugin("DEL")
                #expect(again.succeeded, "DEL twice: \(again)")
            }
        }

        @Test func `a requested address is given, and refused while it is taken`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                _ = try await cluster.start(nodes[0])
                let one = try await cluster.makePod("one", on: nodes[0])
                let granted = try await one.callPlugin("ADD", arguments: ";IP=10.42.1.77")
                #expect(granted.succeeded, "\(granted)")
                #expect(try await one.address("-4") == "10.42.1.77")
                let two = try await cluster.makePod("two", on: nodes[0])
                let refused = try await two.callPlugin("ADD", arguments: ";IP=10.42.1.77")
                #expect(!refused.succeeded)
                #expect(refused.output.contains("10.42.1.77"), "\(refused)")
                let outside = try await two.callPlugin("ADD", arguments: ";IP=10.42.9.9")
                #expect(!outside.succeeded)
                try await one.detach()
            }
        }
    }
}
