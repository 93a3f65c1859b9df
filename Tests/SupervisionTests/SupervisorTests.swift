import ManualClock
import ServiceLifecycle
import Supervision
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SupervisorTests {
    private static func well(_ name: String, _ record: Record, reporting: Bool = true) -> Scripted {
        Scripted(name) { health in
            record.add("\(name) began")
            if reporting { health.waiting(for: "nothing") }
            await untilCancelled()
            record.add("\(name) ended")
        }
    }

    private func supervisor(_ board: HealthBoard, _ clock: ManualClock) -> Supervisor<ManualClock> {
        Supervisor(board: board, clock: clock, random: { 0.5 }, logger: silent)
    }

    @Test func `they start in order and stop in reverse`() async throws {
        let record = Record()
        let clock = ManualClock()
        let board = HealthBoard(clock)
        let group = supervisor(board, clock).group(
            running: [Self.well("first", record), Self.well("second", record), Self.well("third", record)],
            beside: []
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await board.until("third") { $0.activity != nil }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(
            record.all == [
                "first began", "second began", "third began", "third ended", "second ended", "first ended",
            ]
        )
        #expect(board.snapshot().map(\.state) == [.stopped, .stopped, .stopped])
        #expect(board.snapshot().map(\.restarts) == [0, 0, 0])
    }

    @Test func `one that says nothing holds the next up for five seconds`() async throws {
        let record = Record()
        let clock = ManualClock()
        let board = HealthBoard(clock)
        let group = supervisor(board, clock).group(
            running: [Self.well("mute", record, reporting: false), Self.well("next", record)],
            beside: []
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            // The watch of the first, and the limit of the second.
            await clock.untilAsleep(2)
            #expect(!record.all.contains("next began"))
            await clock.advance(by: .seconds(5), whenAsleep: 2)
            await board.until("next") { $0.activity != nil }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(record.all.contains("next began"))
    }

    @Test func `the next starts when the one before it failed`() async throws {
        let record = Record()
        let clock = ManualClock()
        let board = HealthBoard(clock)
        let group = supervisor(board, clock).group(
            running: [Scripted("ill") { _ in throw Broken("ill") }, Self.well("next", record)],
            beside: []
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await board.until("next") { $0.activity != nil }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(record.all == ["next began", "next ended"])
    }

    @Test func `the watchdog is fed unless a thread is lost`() async throws {
        let fed = Record()
        let clock = ManualClock()
        let board = HealthBoard(clock)
        let gate = Gate()
        let name = CapabilityName(rawValue: "blocked")
        board.add(name)
        let blocked = Scripted("blocked") { _ in gate.block() }
        let supervised = Supervised(
            blocked,
            on: board,
            after: nil,
            clock: clock,
            random: { 0.5 },
            logger: silent
        )
        let watchdog = Watchdog(on: board, reporter: Reporter(record: fed), every: .seconds(1), clock: clock)
        await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await supervised.run() }
            tasks.addTask { try await watchdog.run() }
            for _ in 0..<3 { await clock.advance(by: .seconds(1), whenAsleep: 2) }
            await clock.untilAsleep(2)
            #expect(fed.all.filter { $0 == "fed" }.count == 4)
            for seconds in [25, 5] { await clock.advance(by: .seconds(seconds), whenAsleep: 2) }
            await clock.advance(by: .seconds(10), whenAsleep: 2)
            await board.until("blocked") { $0.state == .stuck(on: "start") }
            await clock.untilAsleep(2)
            let before = fed.all.filter { $0 == "fed" }.count
            for _ in 0..<3 { await clock.advance(by: .seconds(1), whenAsleep: 2) }
            await clock.untilAsleep(2)
            #expect(fed.all.filter { $0 == "fed" }.count == before)
            #expect(board.summary == "blocked stuck")
            gate.open()
            tasks.cancelAll()
        }
    }
}

private struct Reporter: LivenessReporter {
    let record: Record

    func feed() { record.add("fed") }
    func status(_ text: String) { record.add(text) }
    func started() { record.add("started") }
}
