package import Logging

/// How much is logged, and in which form.
package struct LogConfiguration: Sendable, Equatable {
    package var level: Logger.Level
    package var format: LogFormat

    package init(level: Logger.Level = .info, format: LogFormat = .auto) {
        self.level = level
        self.format = format
    }
}

/// The forms of `--log-format`.
package enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// The journal when systemd connected standard error to it, text on a terminal, else JSON lines.
    case auto
    case journald
    case text
    case json
}
