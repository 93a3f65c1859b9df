package import Logging
import ServiceLifecycle
import Synchronization

/// Makes passes until shutdown: whenever something wakes it, not too often, again after a failure, and now and then
/// without any reason. A failing pass degrades the capability and never ends the loop.
package struct ReconcileLoop<C: Clock<Duration>>: Sendable {
    private let minimum: Duration
    private let audit: Duration
    private let clock: C
    private let logger: Logger

    /// - Parameters:
    ///   - minimum: the least time from the start of one pass to that of the next.
    ///   - audit: a thorough pass is made this long after the last one.
    package init(minimum: Duration, audit: Duration, clock: C, logger: Logger) {
        self.minimum = minimum
        self.audit = audit
        self.clock = clock
        self.logger = logger
    }

    /// Runs until shutdown is requested, the task is cancelled or the wakes end.
    ///
    /// - Parameters:
    ///   - wakes: why a pass is wanted, as it happens; several that come close together are one.
    ///   - event: what the loop waits for between passes, for status.
    ///   - pass: makes one pass.
    package func run(
        on wakes: AsyncStream<PassReason>,
        waitingFor event: String,
        reporting health: HealthReporter,
        pass: @escaping @Sendable (PassReason) async throws -> PassOutcome
    ) async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let inbox = Inbox()
                group.addTask {
                    for await reason in wakes { inbox.put(reason) }
                    inbox.close()
                }
                await loop(inbox, event, health, &group, pass)
                group.cancelAll()
            }
        }
    }

    private func loop(
        _ inbox: Inbox,
        _ event: String,
        _ health: HealthReporter,
        _ group: inout DiscardingTaskGroup,
        _ pass: @Sendable (PassReason) async throws -> PassOutcome
    ) async {
        // What the last pass failed with: told once, not with each repetition.
        var complaint: String?
        let started = clock.now
        var schedule = ReconcileSchedule(minimum: minimum, audit: audit)
        var awaited = event
        // When the timers that run will go off, each earlier than the one before.
        var armed: [Duration] = []
        var signals = inbox.signals.makeAsyncIterator()
        while !Task.isCancelled {
            if let reason = inbox.take() { schedule.wake(reason) }
            let now = started.duration(to: clock.now)
            let due = schedule.nextPass(now: now)
            if due <= now {
                let reason = schedule.begin(now: now)
                health.working(on: "a pass")
                do {
                    awaited = report(try await pass(reason), to: health) ?? event
                    schedule.succeeded()
                    if complaint != nil { logger.info("passes succeed again") }
                    complaint = nil
                } catch {
                    let delay = schedule.failed(now: started.duration(to: clock.now))
                    report(error, after: &complaint, repeatedAfter: delay, to: health)
                }
                continue
            }
            // A timer that goes off too early only leads here again; one for the next audit is kept for it.
            armed.removeAll { $0 <= now }
            if armed.last.map({ $0 > due }) ?? true {
                armed.append(due)
                group.addTask {
                    try? await clock.sleep(until: started.advanced(by: due), tolerance: nil)
                    inbox.nudge()
                }
            }
            health.waiting(for: awaited)
            guard await signals.next() != nil else { return }
        }
    }

    /// Returns what the pass waits for, if it could do nothing yet.
    private func report(_ outcome: PassOutcome, to health: HealthReporter) -> String? {
        switch outcome {
        case .done(let summary): health.ready(summary)
        case .degraded(let reason): health.degraded(reason)
        case .waiting(let event): return event
        }
        return nil
    }

    private func report(
        _ error: any Error,
        after complaint: inout String?,
        repeatedAfter delay: Duration,
        to health: HealthReporter
    ) {
        if Task.isCancelled { return }
        let message = "\(error)"
        if message != complaint {
            logger.log(.warning, "pass failed", [.error: message, .retryDelay: delay.inSeconds])
        }
        complaint = message
        health.degraded(message)
    }
}

/// What came of a pass.
package enum PassOutcome: Sendable, Equatable {
    /// All is as planned; the text says how much that is.
    case done(String)
    /// What could be done is done; the text says what could not.
    case degraded(String)
    /// Something is missing without which nothing can be done.
    case waiting(for: String)
}

/// The most pressing reason that was not taken yet, and a latch that says there may be one.
private final class Inbox: Sendable {
    let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let reason = Mutex<PassReason?>(nil)

    init() {
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func put(_ new: PassReason) {
        reason.withLock { $0 = max($0 ?? new, new) }
        signal.yield()
    }

    func take() -> PassReason? {
        reason.withLock { reason in
            let taken = reason
            reason = nil
            return taken
        }
    }

    func nudge() {
        signal.yield()
    }

    func close() {
        signal.finish()
    }
}
