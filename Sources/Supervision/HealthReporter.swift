/// How a capability says what it does. Every report counts as progress.
package struct HealthReporter: Sendable {
    private let name: CapabilityName
    private let board: HealthBoard

    package init(_ name: CapabilityName, on board: HealthBoard) {
        self.name = name
        self.board = board
    }

    /// It waits for an event: a change of the source, a notification, a timer, a query. That may take any time.
    package func waiting(for event: String) {
        board.update(name) { health, stall, _ in
            health.activity = .waiting(for: event)
            stall.waiting()
        }
    }

    /// Its work has begun or came to this step. Another report must follow within 30 seconds.
    package func working(on step: String) {
        board.update(name) { health, stall, now in
            health.activity = .working(on: step)
            stall.working(on: step, at: now)
        }
    }

    /// It does its job. Ends what `degraded` said, which is kept as the last error.
    package func ready(_ summary: String? = nil) {
        board.update(name) { health, stall, now in
            if case .degraded(let reason) = health.state { health.lastError = PastError(message: reason, time: now) }
            health.state = .ready
            health.summary = summary
            stall.progressed(at: now)
        }
    }

    /// It runs, but not all is well.
    package func degraded(_ reason: String) {
        board.update(name) { health, stall, now in
            health.state = .degraded(reason)
            stall.progressed(at: now)
        }
    }

    /// Something went wrong that it goes on after.
    package func failed(_ message: String) {
        board.update(name) { health, stall, now in
            health.lastError = PastError(message: message, time: now)
            stall.progressed(at: now)
        }
    }
}
