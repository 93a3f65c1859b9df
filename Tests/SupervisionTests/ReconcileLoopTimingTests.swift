import ManualClock
import Supervision
import Testing

/// Passes are at least one second apart, audits 300.
@Suite(.timeLimit(.minutes(1))) struct ReconcileLoopTimingTests {
    private let clock = ManualClock()
    private let board: HealthBoard
    private let passes = Record()
    private let name = CapabilityName(rawValue: "looping")

    init() {
        board = HealthBoard(clock)
        board.add(name)
    }

    /// Runs a loop whose passes become known by their number, while `body` wakes it.
    private func looping(
        on scripted: AsyncStream<PassReason>? = nil,
        duringPass: @escaping @Sendable (Int) async -> Void = { _ in },
        body: (AsyncStream<PassReason>.Continuation) async throws -> Void
    ) async throws {
        let (wakes, waker) = AsyncStream.makeStream(of: PassReason.self)
        let loop = ReconcileLoop(minimum: .seconds(1), audit: .seconds(300), clock: clock, logger: silent)
        let health = HealthReporter(name, on: board)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [passes, clock] in
                await loop.run(on: scripted ?? wakes, waitingFor: "a change", reporting: health) { reason in
                    passes.add("\(reason) at \(clock.now.offset.components.seconds)")
                    await duringPass(passes.all.count)
                    return .done("\(passes.all.count)")
                }
            }
            try await body(waker)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Waits until so many passes are over and the loop waits again.
    private func idle(after count: Int) async {
        await board.until("looping") { $0.summary == "\(count)" && $0.activity == .waiting(for: "a change") }
    }

    @Test func `a wake soon after a pass is followed when the least interval is over`() async throws {
        try await looping { waker in
            await idle(after: 1)
            await clock.untilAsleep(1)
            waker.yield(.notification)
            // The timer of the audit, and that of the least interval.
            await clock.untilAsleep(2)
            #expect(passes.all == ["audit at 0"])
            await clock.advance(by: .seconds(1), whenAsleep: 2)
            await idle(after: 2)
            #expect(passes.all == ["audit at 0", "notification at 1"])
        }
    }

    @Test func `wakes during a pass are one more pass`() async throws {
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let (taken, take) = AsyncStream.makeStream(of: Void.self)
        let wakes = Record()
        let hundred = AsyncStream<PassReason> {
            wakes.add("wake")
            if wakes.all.count == 1 { for await _ in began { break } }
            if wakes.all.count <= 100 { return .snapshot }
            take.yield()
            await untilCancelled()
            return nil
        }
        let pause: @Sendable (Int) async -> Void = { number in
            guard number == 1 else { return }
            begin.yield()
            for await _ in taken { break }
        }
        try await looping(on: hundred, duringPass: pause) { _ in
            await clock.advance(by: .seconds(1), whenAsleep: 1)
            await idle(after: 2)
            await clock.advance(by: .seconds(10), whenAsleep: 1)
            await clock.untilAsleep(1)
            #expect(passes.all == ["audit at 0", "snapshot at 1"])
        }
    }

    @Test func `timers do not pile up over many passes`() async throws {
        try await looping { waker in
            for count in 1...50 {
                await idle(after: count)
                await clock.untilAsleep(1)
                waker.yield(.snapshot)
                await clock.untilAsleep(2)
                await clock.advance(by: .seconds(1), whenAsleep: 2)
            }
            await idle(after: 51)
            await clock.untilAsleep(1)
            // That of the next audit.
            #expect(clock.sleeperCount == 1)
        }
    }

    @Test func `the loop ends with its wakes`() async throws {
        try await looping { waker in
            await idle(after: 1)
            waker.finish()
        }
        #expect(passes.all == ["audit at 0"])
    }
}
