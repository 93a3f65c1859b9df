import ManualClock
import ServiceLifecycle
import Supervision
import Testing

@Suite(.timeLimit(.minutes(1))) struct QuarantineTests {
    private static let minute = Quarantine(number: 1, remaining: .seconds(60), until: 1_700_000_000)

    /// Runs "bad", which has a minute to sit out, and "good" behind it.
    private static func running(
        _ body: (ManualClock, HealthBoard, Record, ServiceGroup) async throws -> Void
    ) async throws {
        let record = Record()
        let clock = ManualClock()
        let board = HealthBoard(clock)
        let supervisor = Supervisor(board: board, clock: clock, random: { 0.5 }, logger: silent)
        let capabilities = ["bad", "good"].map { name in
            Scripted(name) { health in
                record.add(name)
                health.ready()
                health.waiting(for: "nothing")
                await untilCancelled()
            }
        }
        let group = supervisor.group(
            running: capabilities,
            quarantined: [CapabilityName(rawValue: "bad"): minute],
            beside: []
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(clock, board, record, group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `a quarantined capability does not run, and those behind it start at once`() async throws {
        try await Self.running { _, board, record, _ in
            await board.until("good") { $0.state == .ready }
            #expect(board.health("bad").state == .quarantined(Self.minute))
            #expect(board.health("bad").state.detail == "until 2023-11-14T22:13:20.000Z")
            #expect(board.summary == "ready: good, bad quarantined until 2023-11-14T22:13:20.000Z")
            #expect(board.haveAllReported && board.isResponsive)
            #expect(record.all == ["good"])
        }
    }

    @Test func `it is tried again when its time is over, and not before`() async throws {
        try await Self.running { clock, board, record, _ in
            await board.until("good") { $0.state == .ready }
            // The quarantine and the watch over the other one.
            await clock.advance(by: .seconds(59), whenAsleep: 2)
            #expect(record.all == ["good"])
            await clock.advance(by: .seconds(1), whenAsleep: 2)
            await board.until("bad") { $0.state == .ready }
            #expect(record.all == ["good", "bad"])
            #expect(board.summary == "ready: bad good")
        }
    }

    @Test func `a shutdown does not wait for its end`() async throws {
        try await Self.running { _, board, record, group in
            await board.until("bad") { $0.state == .quarantined(Self.minute) }
            await group.triggerGracefulShutdown()
            await board.until("bad") { $0.state == .stopped }
            #expect(!record.all.contains("bad"))
        }
    }
}
