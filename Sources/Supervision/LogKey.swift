package import Logging

/// The keys of log metadata, one vocabulary for the whole program. The journal shows them in upper case with `_` for `.`.
package enum LogKey: String, Sendable, CaseIterable {
    case capability
    case generation
    case linkName = "link.name"
    case linkIndex = "link.index"
    case routeDestination = "route.destination"
    case nftTable = "nft.table"
    case peer
    case source
    case file
    case setting
    case error
    case changes
    case duration = "duration.seconds"
    case process
}

extension Logger {
    /// Logs a constant message with values under the keys of the vocabulary.
    package func log(
        _ level: Logger.Level,
        _ message: Logger.Message,
        _ values: [LogKey: String] = [:],
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        log(
            level: level,
            message,
            metadata: Dictionary(uniqueKeysWithValues: values.map { ($0.rawValue, .string($1)) }),
            file: file,
            function: function,
            line: line
        )
    }
}
