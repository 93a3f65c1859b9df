import AgentCore
import ClusterState
import Glibc
import LinuxSystem
import Supervision

/// The agent as it ships, with one more capability: one that traps on an object.
@main
enum TrappingAgent {
    static func main() async {
        let loader = ConfigurationLoader(
            arguments: Array(CommandLine.arguments.dropFirst()),
            environment: (try? ProcessFacts.environment()) ?? [:]
        )
        do {
            let configuration = try loader.load()
            LogSystem.bootstrap(configuration.log, journalStream: nil)
            let code = await Agent.run(
                configuration,
                adding: { snapshots in
                    // While the agent is composed, before any capability runs.
                    if getenv("TRAP_AT_START") != nil { fatalError("as meant") }
                    return [Trapping(snapshots: snapshots)]
                },
                reload: { try loader.load(rules: $0) }
            )
            exit(code.rawValue)
        } catch {
            StandardError.print("\(error)")
            exit(error.exitCode.rawValue)
        }
    }
}

/// Traps when there is a ConfigMap whose name begins with `trap-`, in the way that the rest of the name says.
struct Trapping: Capability {
    let name = CapabilityName(rawValue: "trapping-on-object")
    let snapshots: SnapshotStore

    func run(reporting health: HealthReporter) async throws {
        health.ready()
        health.waiting(for: "an object to trap on")
        for await snapshot in snapshots.subscribe() {
            for object in snapshot.configMaps.values where object.metadata.name.hasPrefix("trap-") {
                await trap(object.metadata.name, in: Array(object.data.keys))
            }
        }
    }

    /// In a child task, as capabilities do much of their work.
    private func trap(_ way: String, in keys: [String]) async {
        await withTaskGroup { group in
            group.addTask {
                switch way {
                case "trap-index": print(keys[keys.count])
                case "trap-recursion": print(Self.depth(of: keys.count))
                default: abort()
                }
            }
        }
    }

    /// Never ends, but for the stack.
    private static func depth(of number: Int) -> Int {
        number == .max ? 0 : depth(of: number + 1) + number % 3
    }
}
