/// How one capability is, as status shows it.
package struct CapabilityHealth: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// It has not said yet that it does its job.
        case starting
        case ready
        /// It runs, but not all is well; the text says what.
        case degraded(String)
        /// It failed and runs again after this delay.
        case restarting(after: Duration, attempt: Int)
        /// It was cancelled because it made no progress, and has not ended.
        case stuck(on: String)
        case stopped
        /// Its own fault ended the process again and again: it does not run before this is over.
        case quarantined(Quarantine)
        /// Configuration turned it off.
        case disabled
    }

    package let name: CapabilityName
    package internal(set) var state: State
    /// What it does or waits for at the moment.
    package internal(set) var activity: Activity?
    /// What it said of itself when it last became ready.
    package internal(set) var summary: String?
    /// What went wrong last, and is over; or is not, where the state says that something is wrong.
    package internal(set) var lastError: PastError?
    package internal(set) var restarts = 0

    package init(name: CapabilityName, state: State) {
        self.name = name
        self.state = state
    }
}

/// What went wrong, and when.
package struct PastError: Sendable, Hashable {
    package let message: String
    /// By the clock of the board. See `HealthBoard.age`.
    let time: Duration
}

/// What a capability is doing.
package enum Activity: Sendable, Hashable, CustomStringConvertible {
    /// It waits for an event, however long that takes.
    case waiting(for: String)
    /// It is at this step of its work, which ends or goes on to another soon.
    case working(on: String)

    package var description: String {
        switch self {
        case .waiting(let event): "waiting for \(event)"
        case .working(let step): "working on \(step)"
        }
    }
}
