import LinuxSystem

/// One call of the plugin: what goes in, what comes out.
package struct CNIInvocation: Sendable {
    /// The environment.
    package var variables: [String: String]
    /// Standard input.
    package var input: [UInt8]

    package init(variables: [String: String], input: [UInt8]) {
        self.variables = variables
        self.input = input
    }

    package struct Answer: Hashable, Sendable {
        /// For standard output; empty if there is nothing to say.
        package var output: String
        /// The exit code: 0, or 1 with an error in `output`.
        package var code: Int32

        package init(output: String, code: Int32) {
            self.output = output
            self.code = code
        }
    }

    /// Does what is asked. Never fails otherwise than by its answer.
    package func answer(kernel: () throws -> NodeKernel) -> Answer {
        var version = CNIVersion.newest.rawValue
        do throws(CNIError) {
            let environment = try CNIEnvironment(variables)
            if environment.command == .version { return Answer(output: try versions().text + "\n", code: 0) }
            let document = try CNIConfiguration.document(input)
            if let text = try document.string("cniVersion"), CNIVersion(rawValue: text) != nil { version = text }
            let output = try perform(environment, try CNIConfiguration(document), kernel)
            return Answer(output: output.map { $0.text + "\n" } ?? "", code: 0)
        } catch {
            return Answer(output: error.document(version).text + "\n", code: 1)
        }
    }

    private func perform(
        _ environment: CNIEnvironment,
        _ configuration: CNIConfiguration,
        _ kernel: () throws -> NodeKernel
    ) throws(CNIError) -> JSONValue? {
        let command = environment.command
        guard configuration.version >= command.since else {
            throw CNIError(
                .incompatibleVersion,
                "the configuration has version \(configuration.version.rawValue), which has no \(command.rawValue)",
                details: "\(command.rawValue) needs cniVersion \(command.since.rawValue)"
            )
        }
        let plugin: PodNetworkPlugin
        do {
            plugin = PodNetworkPlugin(configuration, kernel: try kernel(), warn: SystemLog.warn)
        } catch {
            throw CNIError("reach the kernel", error, code: .kernel)
        }
        switch (command, environment.attachment, environment.namespace) {
        case (.add, let attachment?, let namespace?):
            let result = try plugin.add(attachment, namespace: namespace, arguments: environment.arguments)
            return result.document(configuration.version)
        case (.delete, let attachment?, let namespace): try plugin.delete(attachment, namespace: namespace)
        case (.check, let attachment?, let namespace?): try plugin.check(attachment, namespace: namespace)
        case (.status, _, _): try plugin.status()
        case (.collectGarbage, _, _): try plugin.collectGarbage()
        default: preconditionFailure("the environment of \(command) was validated")
        }
        return nil
    }

    /// The runtime's own version comes back with ours.
    private func versions() throws(CNIError) -> JSONValue {
        let asked = input.isEmpty ? nil : try CNIConfiguration.document(input).string("cniVersion")
        return .members([
            ("cniVersion", .string(asked ?? CNIVersion.newest.rawValue)),
            ("supportedVersions", .strings(CNIVersion.allCases.map(\.rawValue))),
        ])
    }
}

/// The program `linnet-cni`.
package enum PluginProgram {
    /// Answers the runtime and ends the process.
    package static func run() -> Never {
        StandardStreams.fillGaps()
        let answer: CNIInvocation.Answer
        do throws(SystemCallError) {
            let invocation = CNIInvocation(
                variables: try ProcessFacts.environment(),
                input: try StandardStreams.readInput()
            )
            answer = invocation.answer { try NodeKernel.own() }
        } catch {
            let document = CNIError(.inputOutput, "\(error)").document(CNIVersion.newest.rawValue)
            answer = CNIInvocation.Answer(output: document.text + "\n", code: 1)
        }
        // Who no longer listens gets no answer.
        try? StandardStreams.writeOutput(answer.output)
        ProcessFacts.exit(answer.code)
    }
}
