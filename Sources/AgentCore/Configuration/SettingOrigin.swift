/// Where a value was given. Earlier cases win over later ones.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case commandLine
    case environment(variable: String)
    case file(path: String, line: Int)
    /// Nobody gave it: the value is the default.
    case builtIn

    package var description: String {
        switch self {
        case .commandLine: "command line"
        case .environment(let variable): variable
        case .file(let path, let line): "\(path):\(line)"
        case .builtIn: "default"
        }
    }
}

/// One value as text, and where it was given.
package struct GivenValue: Hashable, Sendable {
    package let text: String
    package let origin: SettingOrigin

    package init(_ text: String, from origin: SettingOrigin) {
        self.text = text
        self.origin = origin
    }
}
