import Logging
import Netlink
import PodNetwork
import Supervision
import Synchronization

/// Tells people what became of leaked addresses: each thing that lasts only when it begins.
final class LeakReport: Sendable {
    private let logger: Logger
    /// What was said last of things that last.
    private let said = Mutex<[String: String]>([:])

    init(logger: Logger) {
        self.logger = logger
    }

    func tell(_ outcome: AddressLeaks.Outcome) {
        let released = outcome.release.released
        if !released.isEmpty {
            logger.log(
                .notice,
                "addresses of pods that are gone were released",
                [.changes: "\(released.count)", .pod: Self.list(released.map(\.description))]
            )
        }
        let failures = outcome.release.failures
        tell(
            "addresses of pods that are gone cannot be released; tried again with the next audit",
            failures.isEmpty ? nil : Self.list(failures),
            [.changes: "\(failures.count)"],
            .error
        )
        let foreign = outcome.foreign.map(\.rawValue).sorted()
        // Without such a link they are of other networks in the same directory: nobody's concern.
        let undecided = foreign.isEmpty ? [] : outcome.undecided
        tell(
            "another plugin's addresses are left alone while pods of it may live; after a reboot they are released",
            undecided.isEmpty ? nil : Self.list(foreign),
            [.changes: "\(undecided.count)", .pod: Self.list(undecided.map(\.description))],
            .linkName
        )
        tell(
            "the list of given addresses cannot be saved: after a reboot leaks count as new",
            outcome.saving.map { "\($0)" },
            [:],
            .error,
            event: .stateNotSaved
        )
    }

    /// Warns of something that lasts, once until it is over or another.
    private func tell(
        _ message: String,
        _ what: String?,
        _ values: [LogKey: String],
        _ key: LogKey,
        event: Supervision.LogEvent? = nil
    ) {
        let isNew = said.withLock { said in
            defer { said[message] = what }
            return what != nil && said[message] != what
        }
        guard isNew, let what else { return }
        logger.log(.warning, "\(message)", values.merging([key: what]) { $1 }, event: event)
    }

    private static func list(_ texts: [String]) -> String { texts.prefix(20).joined(separator: ", ") }
}
