import LinuxSystem
import ServiceLifecycle

/// Who is told that the process lives, and how it is: the service manager.
package protocol LivenessReporter: Sendable {
    /// The process makes progress.
    func feed()
    /// One line for people.
    func status(_ text: String)
    /// Every capability has started, whether it can do its job yet or not.
    func started()
}

/// Tells the service manager when all capabilities have started, and then how they are whenever that changes.
package struct HealthAnnouncement: Service {
    private let board: HealthBoard
    private let reporter: any LivenessReporter

    package init(of board: HealthBoard, to reporter: any LivenessReporter) {
        self.board = board
        self.reporter = reporter
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var told: String?
            var hasStarted = false
            for await _ in board.changes(startingNow: true) {
                let status = board.summary
                if status != told { reporter.status(status) }
                told = status
                guard !hasStarted, board.haveAllReported else { continue }
                reporter.started()
                hasStarted = true
            }
        }
    }
}

/// Feeds the service manager's watchdog for as long as every capability can be got off its thread. Progress is what
/// counts, not success: a degraded capability is no reason to end the others.
package struct Watchdog<C: Clock<Duration>>: Service {
    private let board: HealthBoard
    private let reporter: any LivenessReporter
    private let interval: Duration
    private let clock: C

    /// - Parameter interval: half of what the service manager allows.
    package init(on board: HealthBoard, reporter: any LivenessReporter, every interval: Duration, clock: C) {
        self.board = board
        self.reporter = reporter
        self.interval = interval
        self.clock = clock
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                if board.isResponsive { reporter.feed() }
                try await clock.sleep(for: interval)
            }
        }
    }
}

extension HealthBoard {
    /// All capabilities in one line: those that are ready by name, the others with what is wrong, and quarantines with
    /// their end.
    package var summary: String {
        let running = snapshot().filter { $0.state != .disabled }
        let ready = running.filter { $0.state == .ready }.map(\.name.rawValue)
        let others = running.filter { $0.state != .ready }.map { health in
            let end = if case .quarantined = health.state { " \(health.state.detail ?? "")" } else { "" }
            return "\(health.name) \(health.state.word)\(end)"
        }
        let parts = (ready.isEmpty ? [] : ["ready: \(ready.joined(separator: " "))"]) + others
        return parts.joined(separator: ", ")
    }
}

extension CapabilityHealth.State {
    /// One word for tables.
    package var word: String {
        switch self {
        case .starting: "starting"
        case .ready: "ready"
        case .degraded: "degraded"
        case .restarting: "restarting"
        case .stuck: "stuck"
        case .stopped: "stopped"
        case .quarantined: "quarantined"
        case .disabled: "disabled"
        }
    }

    /// What there is to say beyond the word.
    package var detail: String? {
        switch self {
        case .degraded(let reason): reason
        case .restarting(let delay, let attempt): "attempt \(attempt + 1) after \(delay.inSeconds)"
        case .stuck(let step): "no progress while working on \(step); its thread cannot be ended"
        case .quarantined(let quarantine): "until \(Timestamp(quarantine.until.rounded()))"
        default: nil
        }
    }
}
