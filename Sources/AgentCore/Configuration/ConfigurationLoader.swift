/// Finds out what is asked for and what is configured: command line, environment, file, default, in this order.
package struct ConfigurationLoader: Sendable {
    private let arguments: [String]
    private let environment: [String: String]

    /// - Parameter arguments: without the program's name.
    package init(arguments: [String], environment: [String: String]) {
        self.arguments = arguments
        self.environment = environment
    }

    /// What the command line asks for. Exit code 64 if it cannot be understood.
    package func invocation() throws(ConfigurationError) -> Invocation {
        try CommandLineReader.read(arguments)
    }

    /// The whole configuration, read anew; where the cluster's nodes share rules, by those that the last run worked by.
    package func load() throws(ConfigurationError) -> AgentConfiguration {
        try Self.configuration(settings())
    }

    private static func configuration(_ settings: GivenSettings) throws(ConfigurationError) -> AgentConfiguration {
        let configuration = try AgentConfiguration(settings)
        guard case .etcd(let etcd) = configuration.source else { return configuration }
        let kept = NetworkRulesFile(stateDirectory: configuration.paths.state, prefix: etcd.prefix).load()
        // Flags may have changed since, so that the two contradict each other: etcd has the last word.
        return (try? AgentConfiguration(settings, rules: kept)) ?? configuration
    }

    /// The whole configuration, read anew, by these rules.
    package func load(rules: NetworkRules?) throws(ConfigurationError) -> AgentConfiguration {
        try AgentConfiguration(settings(), rules: rules)
    }

    /// What was given, by the order of precedence.
    func settings() throws(ConfigurationError) -> GivenSettings {
        let invocation = try invocation()
        let variable = Setting.config.variable
        let fromEnvironment = environment[variable].map { GivenValue($0, from: .environment(variable: variable)) }
        return try ConfigurationFiles.read(invocation.configFile ?? fromEnvironment)
            .overridden(by: EnvironmentReader.read(environment))
            .overridden(by: invocation.settings)
    }

    /// Each setting with its value and where that came from, a line each, as `check-config` prints it; then what the
    /// log would be told.
    package func explanation() throws(ConfigurationError) -> String {
        let settings = try settings()
        let configuration = try Self.configuration(settings)
        let values = configuration.values
        let lines = Setting.all.flatMap { setting in
            // Of a setting with one value, what was given last counts.
            let given = setting.kind == .list ? settings[setting.name] : settings[setting.name].suffix(1)
            guard given.isEmpty else { return given.map { "\(setting.name): \($0.text)  (\($0.origin))" } }
            let value = Self.derived.contains(setting.name) ? values[setting.name] : setting.fallback
            return ["\(setting.name): \(value ?? "-")  (\(SettingOrigin.builtIn))"]
        }
        return (lines + configuration.notices.map { "note: \($0)" }).map { $0 + "\n" }.joined()
    }

    /// The settings without a fixed default.
    private static let derived: Set<String> = ["node-name", "cluster-cidr", "service-cidr", "cluster-dns"]
}
