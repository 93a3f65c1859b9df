/// A word of a Corefile.
struct CorefileToken: Hashable, Sendable {
    let text: String
    /// The key of the ConfigMap in which it stands.
    let key: String
    /// The line on which it begins, the first is 1, and the one on which it ends.
    let line: Int
    let lastLine: Int
    /// In quotes, braces are text.
    let isQuoted: Bool

    var opensBlock: Bool { text == "{" && !isQuoted }
    var closesBlock: Bool { text == "}" && !isQuoted }

    /// Whether it begins a line behind the other one.
    func isOnNewLine(after other: CorefileToken) -> Bool { key != other.key || line != other.lastLine }
}

/// Where a Corefile cannot be read.
struct CorefileFault: Error, Hashable, Sendable {
    let key: String
    let line: Int
    let directive: String?
    /// With the remedy.
    let reason: String

    init(_ reason: String, _ key: String, line: Int, in directive: String? = nil) {
        self.key = key
        self.line = line
        self.directive = directive
        self.reason = reason
    }

    init(_ reason: String, at token: CorefileToken, in directive: String? = nil) {
        self.init(reason, token.key, line: token.line, in: directive)
    }
}
