package import Logging

/// Has what waits in a queue with bounded room written to a log, and tells how much was dropped for want of room.
package struct LogDrain: Sendable {
    /// How often that is told, at most.
    private static let interval = Duration.seconds(10)

    private let logger: Logger
    private let complaint: Logger.Message

    /// - Parameter complaint: says that something was dropped, but not how much.
    package init(_ logger: Logger, complaint: Logger.Message) {
        self.logger = logger
        self.complaint = complaint
    }

    /// Has it written whenever there is something, until the task is cancelled, and then what is left.
    ///
    /// - Parameters:
    ///   - wakes: has an element when there is something.
    ///   - write: writes what waits, and returns how much was dropped since the last call.
    package func run(on wakes: AsyncStream<Void>, writing write: () -> UInt64) async {
        var dropped: UInt64 = 0
        var lastTold: ContinuousClock.Instant?
        for await _ in wakes {
            dropped += write()
            guard dropped > 0, lastTold.map({ $0.duration(to: .now) >= Self.interval }) ?? true else { continue }
            tell(dropped)
            dropped = 0
            lastTold = .now
        }
        dropped += write()
        if dropped > 0 { tell(dropped) }
    }

    private func tell(_ dropped: UInt64) {
        logger.log(.warning, complaint, [.changes: "\(dropped)"])
    }
}
