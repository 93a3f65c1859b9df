import LinuxSystem

/// `linnet status`: asks the agent of this host and prints what it says.
package enum StatusCommand {
    /// - Parameters:
    ///   - json: whether the report is printed as JSON rather than as a table.
    ///   - route: a URL whose way through the ingress is asked for.
    package static func run(_ configuration: AgentConfiguration, json: Bool, route: String?) -> ExitCode {
        if let route { return RouteCommand.run(configuration, json: json, url: route) }
        let path = configuration.paths.statusSocket
        do {
            let report = try StatusReport(json: UnixConnection.connect(to: path).readToEnd())
            print(json ? try report.json : report.text, terminator: "")
            return .success
        } catch let error as SystemCallError where error.errno == .noEntry || error.errno == .connectionRefused {
            StandardError.print("linnet status: no agent answers at \(path): is linnet running with this --run-dir?")
            return .unavailable
        } catch let error as SystemCallError {
            StandardError.print("linnet status: \(error)")
            return .unavailable
        } catch {
            StandardError.print("linnet status: the answer at \(path) cannot be read: \(error)")
            return .internalError
        }
    }
}
