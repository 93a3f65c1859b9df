/// What becomes of a setting that has another value when SIGHUP has the configuration read again.
struct SettingChange: Hashable, Sendable {
    enum Effect: Hashable, Sendable {
        /// It holds from now on.
        case applied
        /// It is read at start only.
        case atRestart
    }

    /// The setting's name.
    let setting: String
    let effect: Effect

    private static let applied: Set<String> = [
        "dns-cafile", "dns-upstream", "ingress-class", "log-level", "resolv-conf",
    ]

    init(of setting: String) {
        self.setting = setting
        effect = Self.applied.contains(setting) ? .applied : .atRestart
    }
}

extension AgentConfiguration {
    /// The settings that come to something else in the new configuration, in the order of the help.
    func changes(to new: AgentConfiguration) -> [SettingChange] {
        let (old, new) = (values, new.values)
        return Setting.all.map(\.name).filter { old[$0] != new[$0] }.map(SettingChange.init(of:))
    }
}
