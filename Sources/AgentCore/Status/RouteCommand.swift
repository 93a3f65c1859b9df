import FoundationEssentials
import JSONText
import LinuxSystem

/// `linnet status --route`: asks the agent of this host which way a request takes.
enum RouteCommand {
    static func run(_ configuration: AgentConfiguration, json: Bool, url: String) -> ExitCode {
        let path = configuration.paths.routeSocket
        do {
            // The agent says the same; this is said without one too.
            if let fault = RouteAnswer(to: Array(url.utf8), by: nil).fault { return refuse(url, fault) }
            let connection = try UnixConnection.connect(to: path)
            try connection.write(Array(url.utf8))
            try connection.finishWriting()
            let answer = try JSONDecoder().decode(RouteAnswer.self, from: Data(connection.readToEnd()))
            return try tell(answer, of: url, json: json)
        } catch let error as SystemCallError where error.errno == .noEntry || error.errno == .connectionRefused {
            let isThere = (try? UnixConnection.connect(to: configuration.paths.statusSocket)) != nil
            fail(
                isThere
                    ? "the agent's ingress is off: traefik is disabled"
                    : "no agent answers at \(path): is linnet running with this --run-dir?"
            )
            return .unavailable
        } catch let error as SystemCallError {
            fail("\(error)")
            return .unavailable
        } catch {
            fail("the answer at \(path) cannot be read: \(error)")
            return .internalError
        }
    }

    private static func tell(_ answer: RouteAnswer, of url: String, json: Bool) throws -> ExitCode {
        if let fault = answer.fault { return refuse(url, fault) }
        guard let report = answer.report else {
            fail("the ingress does not know its routes yet: linnet status says what it waits for")
            return .unavailable
        }
        print(json ? try StatusJSON.text(of: report) : report.text, terminator: "")
        return .success
    }

    private static func refuse(_ url: String, _ reason: String) -> ExitCode {
        fail("'\(url)' is no URL that can be asked for: \(reason)")
        return .configuration
    }

    private static func fail(_ message: String) {
        StandardError.print("linnet status: --route: \(PrintableText.of(message))")
    }
}

extension RouteReport {
    /// For people.
    var text: String { lines.map { PrintableText.of($0) + "\n" }.joined() }
}
