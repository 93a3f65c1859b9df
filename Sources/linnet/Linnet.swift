import AgentCore
import Glibc
import LinuxSystem

/// The program: reads the command line, calls what it asks for, chooses the exit code.
@main
enum Linnet {
    static func main() async {
        StandardStreams.fillGaps()
        let code = await run()
        LogSystem.flush()
        exit(code.rawValue)
    }

    private static func run() async -> ExitCode {
        let environment = (try? ProcessFacts.environment()) ?? [:]
        let loader = ConfigurationLoader(
            arguments: Array(CommandLine.arguments.dropFirst()),
            environment: environment
        )
        do throws(ConfigurationError) {
            let invocation = try loader.invocation()
            switch invocation.command {
            case .help: print(Help.text, terminator: "")
            case .version: print("linnet \(Agent.version)")
            case .checkConfig: print(try loader.explanation(), terminator: "")
            case .status:
                return StatusCommand.run(try loader.load(), json: invocation.json, route: invocation.route)
            case .reset: return ResetCommand.run(try loader.load(), force: invocation.force)
            case .run:
                Heap.returnFreedMemory()
                ProcessFacts.allowAllDescriptors()
                let configuration = try loader.load()
                LogSystem.bootstrap(
                    configuration.log,
                    journalStream: environment["JOURNAL_STREAM"]
                )
                do throws(SystemCallError) {
                    try Reactor.start()
                } catch {
                    StandardError.print("linnet: \(error); raise LimitNOFILE if descriptors ran out")
                    return .internalError
                }
                return await Agent.run(configuration) { try loader.load(rules: $0) }
            }
            return .success
        } catch {
            StandardError.print("linnet: \(error)")
            return error.exitCode
        }
    }
}
