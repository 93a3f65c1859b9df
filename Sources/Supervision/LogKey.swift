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
    case address
    /// Namespace and name, and the container.
    case pod
    /// A thing of ours in the kernel or in the file system, by kind and name.
    case object
    case source
    case file
    case setting
    case error
    /// Why something was decided.
    case reason
    case changes
    case duration = "duration.seconds"
    /// How long until it is tried again.
    case retryDelay = "retry.seconds"
    /// How old something is: `2h 5m old`.
    case age
    case process
    case thread
    case signal
    /// When something ends or happened, in UTC.
    case time
    /// Of a `LogEvent`.
    case messageID = "message.id"
    /// How many lines for programs the message has, if it has any: each ends with a line feed, is an entry of its own and
    /// stays as long as it is, and who logs them does not wait until they are written. What others wrote in them has to be
    /// printable already. It is not shown.
    case bulk
}

extension Logger {
    /// Logs a constant message with values under the keys of the vocabulary, and the identifier of an event if it is one
    /// of those.
    package func log(
        _ level: Logger.Level,
        _ message: Logger.Message,
        _ values: [LogKey: String] = [:],
        event: LogEvent? = nil,
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        var metadata = Logger.Metadata(uniqueKeysWithValues: values.map { ($0.rawValue, .string($1)) })
        if let event { metadata[LogKey.messageID.rawValue] = .string(event.rawValue) }
        log(
            level: level,
            message,
            metadata: metadata,
            file: file,
            function: function,
            line: line
        )
    }
}
