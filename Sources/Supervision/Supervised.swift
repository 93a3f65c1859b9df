import LinuxSystem
package import Logging
import ServiceLifecycle

/// Runs one capability for as long as the process lives: on a thread of its own, again after it failed, cancelled when it
/// makes no progress.
package struct Supervised<C: Clock<Duration>>: Service {
    private let capability: any Capability
    private let board: HealthBoard
    private let thread: KernelThread
    private let predecessor: CapabilityName?
    private let quarantine: Quarantine?
    private let clock: C
    private let random: @Sendable () -> Double
    private let logger: Logger

    /// How long the capability before this one may take to report before this one starts all the same.
    static var startLimit: Duration { .seconds(5) }

    /// - Parameters:
    ///   - predecessor: the capability that has to report before this one starts.
    ///   - quarantine: what the capability has to sit out before it runs at all.
    ///   - random: numbers in 0..<1.
    package init(
        _ capability: any Capability,
        on board: HealthBoard,
        after predecessor: CapabilityName?,
        quarantined quarantine: Quarantine? = nil,
        clock: C,
        random: @escaping @Sendable () -> Double,
        logger: Logger
    ) {
        self.capability = capability
        self.board = board
        self.predecessor = predecessor
        self.quarantine = quarantine
        self.clock = clock
        self.random = random
        self.logger = logger
        thread = KernelThread(name: capability.name.threadName)
    }

    package func run() async throws {
        await waitForPredecessor()
        if let quarantine { await sitOut(quarantine) }
        var backoff = Backoff()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let started = clock.now
            let outcome = await runOnce()
            if Task.isShuttingDownGracefully || Task.isCancelled { break }
            let message = outcome.map { "\($0)" } ?? "it returned although nobody asked it to stop"
            let delay = backoff.delay(afterRunOf: started.duration(to: clock.now), random: random())
            logger.log(
                .error,
                "capability failed",
                [.capability: capability.name.rawValue, .error: message, .retryDelay: delay.inSeconds],
                event: .capabilityFailed
            )
            let attempt = backoff.attempt
            board.update(capability.name) { health, _, now in
                health.state = .restarting(after: delay, attempt: attempt)
                health.lastError = PastError(message: message, time: now)
                health.restarts += 1
                health.activity = nil
            }
            try? await cancelWhenGracefulShutdown { try await clock.sleep(for: delay) }
        }
        board.update(capability.name) { health, _, _ in
            health.state = .stopped
            health.activity = nil
        }
        thread.stop()
    }

    private func waitForPredecessor() async {
        guard let predecessor else { return }
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await board.firstReport(of: predecessor) }
                group.addTask { try? await clock.sleep(for: Self.startLimit) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Waits until the quarantine is over. Those that come after this one in order start meanwhile.
    private func sitOut(_ quarantine: Quarantine) async {
        let name = capability.name.rawValue
        board.update(capability.name) { health, _, _ in health.state = .quarantined(quarantine) }
        logger.log(
            .error,
            "capability quarantined since it crashed the agent again and again",
            [
                .capability: name, .retryDelay: quarantine.remaining.inSeconds,
                .time: "\(Timestamp(quarantine.until.rounded()))",
            ],
            event: .capabilityQuarantined
        )
        try? await cancelWhenGracefulShutdown { try await clock.sleep(for: quarantine.remaining) }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        board.update(capability.name) { health, _, _ in health.state = .starting }
        logger.log(
            .notice,
            "quarantine is over; the capability is tried again",
            [.capability: name],
            event: .quarantineEnded
        )
    }

    /// One run, and the watch over it. Returns the error it ended with.
    private func runOnce() async -> (any Error)? {
        board.update(capability.name, isReport: false) { health, stall, now in
            if case .restarting = health.state { health.state = .starting }
            stall.ended()
            // Work has begun: a run that blocks before its first report is found too.
            stall.working(on: "start", at: now)
        }
        let outcome = await withTaskGroup(of: WatchedRun.self) { group in
            let (cancellations, cancellation) = AsyncStream.makeStream(of: Void.self)
            group.addTask { await .ended(run(until: cancellations)) }
            group.addTask {
                await watch(cancelling: cancellation)
                return .unwatched
            }
            var failure: (any Error)?
            for await case .ended(let error) in group {
                failure = error
                group.cancelAll()
            }
            return failure
        }
        // A cancelled run ends with whatever cancellation made it throw; the stall is the reason.
        var stall: Stalled?
        board.update(capability.name) { health, watch, _ in
            stall = watch.cancelledStep.map { Stalled(step: $0) }
            watch.ended()
            if case .stuck = health.state { health.state = .starting }
        }
        return stall ?? outcome
    }

    /// Runs the capability until it ends or the stream says that it has to. Returns the error it ended with.
    private func run(until cancellations: AsyncStream<Void>) async -> (any Error)? {
        let health = HealthReporter(capability.name, on: board)
        return await withTaskGroup(of: WatchedRun.self) { group in
            group.addTask(executorPreference: thread) {
                do {
                    try await cancelWhenGracefulShutdown { try await capability.run(reporting: health) }
                    return .ended(nil)
                } catch {
                    return .ended(error)
                }
            }
            group.addTask {
                for await _ in cancellations { break }
                return .unwatched
            }
            var failure: (any Error)?
            for await event in group {
                group.cancelAll()
                if case .ended(let error) = event { failure = error }
            }
            return failure
        }
    }

    /// Looks at the run's progress until it is cancelled.
    private func watch(cancelling cancellation: AsyncStream<Void>.Continuation) async {
        while (try? await clock.sleep(for: board.nextLook(at: capability.name))) != nil {
            switch board.verdict(on: capability.name) {
            case .progressing: break
            case .stalled(let step):
                var isNews = false
                board.update(capability.name) { health, stall, now in
                    isNews = stall.cancelledStep == nil
                    stall.cancel(on: step, at: now)
                    health.lastError = PastError(message: Stalled(step: step).description, time: now)
                }
                guard isNews else { continue }
                logger.log(
                    .error,
                    "capability stalled; its run is cancelled",
                    [.capability: capability.name.rawValue, .error: Stalled(step: step).description],
                    event: .capabilityStalled
                )
                cancellation.yield()
            case .abandoned(let step):
                board.update(capability.name) { health, _, _ in health.state = .stuck(on: step) }
            }
        }
    }

    private enum WatchedRun: Sendable {
        case ended((any Error)?)
        case unwatched
    }
}

/// Why a run was cancelled.
private struct Stalled: Error, CustomStringConvertible {
    let step: String

    var description: String { "no progress for \(StallWatch.patience.inSeconds) while working on \(step)" }
}
