import Logging
import Netlink
import PodNetwork
import Supervision

/// Tells people what became of leaked addresses.
struct LeakReport: Sendable {
    private let logger: Logger
    private let complaints: Complaints

    init(logger: Logger) {
        self.logger = logger
        complaints = Complaints(logger: logger)
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
        complaints.tell(
            "addresses of pods that are gone cannot be released; tried again with the next audit",
            failures.isEmpty ? nil : Self.list(failures),
            .error,
            [.changes: "\(failures.count)"]
        )
        let foreign = outcome.foreign.map(\.rawValue).sorted()
        // Without such a link they are of other networks in the same directory: nobody's concern.
        let undecided = foreign.isEmpty ? [] : outcome.undecided
        complaints.tell(
            "another plugin's addresses are left alone while pods of it may live; after a reboot they are released",
            undecided.isEmpty ? nil : Self.list(foreign),
            .linkName,
            [.changes: "\(undecided.count)", .pod: Self.list(undecided.map(\.description))]
        )
        complaints.tell(
            "the list of given addresses cannot be saved: after a reboot leaks count as new",
            outcome.saving.map { "\($0)" },
            .error,
            event: .stateNotSaved
        )
    }

    private static func list(_ texts: [String]) -> String { texts.prefix(20).joined(separator: ", ") }
}
