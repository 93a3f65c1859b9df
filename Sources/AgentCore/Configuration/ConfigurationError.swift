/// A command line, a configuration file or an environment that cannot be used.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// `.usage` if the command line is wrong by itself, else `.configuration`.
    package let exitCode: ExitCode
    /// What is wrong, where, and what would be right.
    package let message: String

    package var description: String { message }

    private init(_ exitCode: ExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    /// The command line cannot be understood.
    package static func usage(_ message: String) -> Self { Self(.usage, message) }

    /// Values contradict each other, or a file cannot be used.
    package static func configuration(_ message: String) -> Self { Self(.configuration, message) }

    /// One given value is wrong: a usage error if it was given on the command line.
    package static func invalid(_ name: String, at origin: SettingOrigin, _ reason: String) -> Self {
        switch origin {
        case .commandLine: .usage("--\(name): \(reason)")
        case .environment, .file, .builtIn: .configuration("\(origin): \(name): \(reason)")
        }
    }

    /// What was chosen is a part of Linnet that does not exist yet.
    package static func notBuilt(_ what: String, chosenBy name: String, at origin: SettingOrigin) -> Self {
        .configuration("\(origin): \(name): \(what) is not built yet")
    }
}
