/// What a command line asks for.
package struct Invocation: Sendable, Equatable {
    package enum Command: String, Sendable, CaseIterable {
        case run
        case status
        case checkConfig = "check-config"
        case reset
        case version
        case help
    }

    package var command: Command
    /// `status --json`.
    package var json = false
    /// `status --route URL`.
    package var route: String?
    /// `reset --force`.
    package var force = false
    /// `--config`.
    var configFile: GivenValue?
    var settings = GivenSettings()
}

/// Reads a command line.
enum CommandLineReader {
    /// - Parameter arguments: without the program's name.
    static func read(_ arguments: [String]) throws(ConfigurationError) -> Invocation {
        guard let name = arguments.first else {
            throw .usage("no command given; one of \(commandList); see linnet help")
        }
        if ["-h", "--help", Invocation.Command.help.rawValue].contains(name) || arguments.contains("--help") {
            return Invocation(command: .help)
        }
        if name == "--version" { return Invocation(command: .version) }
        guard !name.hasPrefix("-") else { throw .usage("the command comes before \(name): one of \(commandList)") }
        guard let command = Invocation.Command(rawValue: name) else {
            let commands = Invocation.Command.allCases.map(\.rawValue)
            throw .usage("unknown command '\(name)'\(NearestName.hint(name, among: commands)); one of \(commandList)")
        }
        var invocation = Invocation(command: command)
        var rest = arguments.dropFirst()
        while let argument = rest.popFirst() {
            try take(argument, &rest, into: &invocation)
        }
        return invocation
    }

    private static var commandList: String {
        Invocation.Command.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func take(
        _ argument: String,
        _ rest: inout ArraySlice<String>,
        into invocation: inout Invocation
    ) throws(ConfigurationError) {
        guard argument.hasPrefix("--"), argument.count > 2 else {
            let advice =
                ["true", "false"].contains(argument)
                ? "a switch has its value behind =, as in --name=\(argument)" : "options begin with --"
            throw .usage("unexpected argument '\(argument)': \(advice)")
        }
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let inline = parts.count == 2 ? String(parts[1]) : nil
        if try takeOption(name, inline, &rest, into: &invocation) { return }
        guard let setting = name == Setting.config.name ? .config : Setting.named(name) else {
            let known = Setting.all.map(\.name) + [Setting.config.name] + options(of: invocation.command)
            throw .usage("unknown option --\(name)\(NearestName.hint(name, among: known, prefix: "--"))")
        }
        let text: String
        if setting.kind == .boolean {
            text = inline ?? "true"
        } else {
            text = try value(of: name, inline, &rest)
        }
        if setting.name == Setting.config.name {
            invocation.configFile = GivenValue(text, from: .commandLine)
        } else {
            invocation.settings.add(text, to: setting, from: .commandLine)
        }
    }

    /// The options that only one command has.
    private static func options(of command: Invocation.Command) -> [String] {
        switch command {
        case .status: ["json", "route"]
        case .reset: ["force"]
        default: []
        }
    }

    private static func takeOption(
        _ name: String,
        _ inline: String?,
        _ rest: inout ArraySlice<String>,
        into invocation: inout Invocation
    ) throws(ConfigurationError) -> Bool {
        guard options(of: invocation.command).contains(name) else { return false }
        if name == "route" {
            invocation.route = try value(of: name, inline, &rest)
            return true
        }
        guard inline == nil else { throw .usage("--\(name) takes no value") }
        if name == "json" { invocation.json = true } else { invocation.force = true }
        return true
    }

    private static func value(
        of name: String,
        _ inline: String?,
        _ rest: inout ArraySlice<String>
    ) throws(ConfigurationError) -> String {
        if let inline { return inline }
        guard let next = rest.popFirst(), !next.hasPrefix("--") else { throw .usage("--\(name) needs a value") }
        return next
    }
}
