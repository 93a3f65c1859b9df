package import Logging
import Synchronization

/// Says what keeps a capability from doing all of its job when that begins, and when it is over.
package final class ComplaintLog: Sendable {
    private let told = Mutex<[String]>([])
    private let logger: Logger
    private let beginning: Logger.Message
    private let end: Logger.Message

    /// - Parameters:
    ///   - beginning: says that something is wrong, but not what.
    ///   - end: says that it is so no more.
    package init(_ logger: Logger, beginning: Logger.Message, end: Logger.Message) {
        self.logger = logger
        self.beginning = beginning
        self.end = end
    }

    /// Takes all that is wrong now.
    package func take(_ complaints: [String]) {
        let former = told.withLock { told in
            defer { told = complaints }
            return told
        }
        for complaint in complaints where !former.contains(complaint) {
            logger.log(.warning, beginning, [.error: complaint])
        }
        for complaint in former where !complaints.contains(complaint) {
            logger.log(.info, end, [.error: complaint])
        }
    }
}
