import AgentCore
import LinuxSystem

/// A folder of configuration files under /tmp that goes away with this value.
final class ConfigurationFolder {
    let path = "/tmp/linnet-configuration-\(UInt64.random(in: 0 ... .max))"

    /// - Parameter files: texts by their paths in the folder; `config.yaml` is what `--config` names.
    init(_ files: [String: String] = [:]) throws {
        try Files.createDirectory("\(path)/config.yaml.d")
        try Files.writeAtomically("", to: "\(path)/config.yaml")
        for (name, text) in files { try Files.writeAtomically(text, to: "\(path)/\(name)") }
    }

    deinit {
        for folder in ["\(path)/config.yaml.d", path] {
            for name in (try? Files.list(folder)) ?? [] { try? Files.remove("\(folder)/\(name)") }
            try? Files.removeDirectory(folder)
        }
    }

    /// What the folder's files, these arguments and these variables come to.
    func load(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws(ConfigurationError)
        -> AgentConfiguration
    {
        // The files must outlive the reading.
        defer { withExtendedLifetime(self) {} }
        return try loader(arguments, environment).load()
    }

    /// What the folder's files alone come to.
    func loadFile() throws(ConfigurationError) -> AgentConfiguration {
        defer { withExtendedLifetime(self) {} }
        return try ConfigurationLoader(arguments: ["run", "--config", "\(path)/config.yaml"], environment: [:]).load()
    }

    /// What `check-config` prints, as lines.
    func explanation(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws -> [String] {
        defer { withExtendedLifetime(self) {} }
        return try loader(arguments, environment).explanation().split(separator: "\n").map(String.init)
    }

    /// The error that reading ends with, its paths without the folder's, or nil if there is none.
    func refusal(
        _ arguments: [String] = [],
        _ environment: [String: String] = [:]
    ) -> (code: ExitCode, message: String)? {
        do throws(ConfigurationError) {
            _ = try load(arguments, environment)
            return nil
        } catch {
            return (error.exitCode, error.message.split(separator: "\(path)/").joined())
        }
    }

    private func loader(_ arguments: [String], _ environment: [String: String]) -> ConfigurationLoader {
        let own = ["run", "--config", "\(path)/config.yaml", "--node-name", "node-1"]
        return ConfigurationLoader(arguments: own + arguments, environment: environment)
    }
}
