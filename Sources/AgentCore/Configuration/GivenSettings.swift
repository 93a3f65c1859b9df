/// What was given for each setting, as text and with its origin.
struct GivenSettings: Sendable, Equatable {
    private(set) var values: [String: [GivenValue]] = [:]

    subscript(_ name: String) -> [GivenValue] { values[name] ?? [] }

    /// Adds one value as it was written: a list's may hold several, with commas between them.
    mutating func add(_ text: String, to setting: Setting, from origin: SettingOrigin) {
        let texts = setting.kind == .list ? text.split(separator: ",", omittingEmptySubsequences: true) : [text[...]]
        for text in texts {
            values[setting.name, default: []].append(GivenValue(Self.trimmed(text), from: origin))
        }
        // An empty list is given all the same.
        if texts.isEmpty { values[setting.name, default: []] += [] }
    }

    mutating func remove(_ setting: Setting) {
        values[setting.name] = nil
    }

    /// What holds when `stronger` is given too: a list on the command line extends what is there, anything else takes
    /// its place.
    func overridden(by stronger: GivenSettings) -> GivenSettings {
        var merged = self
        for (name, values) in stronger.values {
            let extends = Setting.named(name)?.kind == .list && values.first?.origin == .commandLine
            merged.values[name] = extends ? self[name] + values : values
        }
        return merged
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
