import ManualClock
import Supervision
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ReconcileLoopTests {
    /// Runs a loop whose passes the record lists, while `body` wakes it and moves the clock.
    private func looping(
        pass: @escaping @Sendable (PassReason, Int) throws -> PassOutcome,
        body: (AsyncStream<PassReason>.Continuation, ManualClock, HealthBoard, Record) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let board = HealthBoard(clock)
        let record = Record()
        let name = CapabilityName(rawValue: "looping")
        board.add(name)
        let (wakes, waker) = AsyncStream.makeStream(of: PassReason.self)
        let loop = ReconcileLoop(minimum: .seconds(1), audit: .seconds(300), clock: clock, logger: silent)
        let health = HealthReporter(name, on: board)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await loop.run(on: wakes, waitingFor: "a change", reporting: health) { reason in
                    record.add("\(reason)")
                    return try pass(reason, record.all.count)
                }
            }
            try await body(waker, clock, board, record)
            group.cancelAll()
        }
    }

    @Test func `it audits at once, passes when woken, and audits again`() async throws {
        try await looping(pass: { _, number in .done("\(number)") }) { waker, clock, board, record in
            await board.until("looping") { $0.summary == "1" && $0.activity == .waiting(for: "a change") }
            await clock.advance(by: .seconds(10))
            waker.yield(.snapshot)
            await board.until("looping") { $0.summary == "2" && $0.activity == .waiting(for: "a change") }
            #expect(board.health("looping").state == .ready)
            await clock.advance(by: .seconds(290))
            await board.until("looping") { $0.summary == "3" }
            #expect(record.all == ["audit", "snapshot", "audit"])
        }
    }

    @Test func `a failing pass degrades and is repeated until it succeeds`() async throws {
        let pass: @Sendable (PassReason, Int) throws -> PassOutcome = { _, number in
            if number < 3 { throw Broken("EBUSY \(number)") }
            return .done("well")
        }
        try await looping(pass: pass) { _, clock, board, record in
            await board.until("looping") {
                $0.state == .degraded("EBUSY 1") && $0.activity == .waiting(for: "a change")
            }
            await clock.advance(by: .seconds(1))
            await board.until("looping") {
                $0.state == .degraded("EBUSY 2") && $0.activity == .waiting(for: "a change")
            }
            await clock.advance(by: .seconds(1))
            await board.until("looping") { $0.state == .ready }
            #expect(record.all == ["audit", "audit", "audit"])
            let error = try #require(board.health("looping").lastError)
            #expect(error.message == "EBUSY 2")
            #expect(board.age(of: error) == .zero)
            await clock.advance(by: .seconds(5))
            #expect(board.age(of: error) == .seconds(5))
        }
    }

    @Test func `a pass that lacks something says what it waits for`() async throws {
        try await looping(pass: { _, _ in .waiting(for: "the kind Node") }) { _, _, board, _ in
            await board.until("looping") { $0.activity == .waiting(for: "the kind Node") }
            #expect(board.health("looping").state == .starting)
        }
    }

    @Test func `a pass that can do only part says so`() async throws {
        try await looping(pass: { _, _ in .degraded("peer b has no address") }) { _, _, board, _ in
            await board.until("looping") { $0.state == .degraded("peer b has no address") }
        }
    }
}
