import Synchronization
import Testing

@testable import Supervision

@Suite struct DisputeTests {
    /// A clock that is set by hand.
    private final class Time: Sendable {
        private let value = Mutex(Duration.seconds(1000))
        var now: Duration { value.withLock { $0 } }
        func advance(_ seconds: Int) { value.withLock { $0 += .seconds(seconds) } }
    }

    private let time = Time()
    private let disputes: Disputes

    init() {
        let time = time
        disputes = Disputes { time.now }
    }

    /// Somebody changes the object and a pass repairs it. Returns how long the repair waited, and what came of it.
    private func fight(_ object: String = "route") -> (delay: Duration?, begun: [Dispute], ended: [Dispute]) {
        let delay = disputes.note(object, by: "foe(7)")
        let outcome = disputes.repaired(disputes.take())
        return (delay, outcome.begun, outcome.ended)
    }

    @Test func `a hundred repairs in a minute are made at once, and then it is a dispute whose delay doubles`() {
        for _ in 1...DisputeLedger.tolerance {
            let round = fight()
            #expect(round.delay == .zero)
            #expect(round.begun == [])
        }
        #expect(fight().begun == [Dispute(object: "route", author: "foe(7)", delay: .milliseconds(500))])
        #expect((1...10).map { _ in fight().delay?.components.seconds } == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
        #expect(disputes.current.map(\.object) == ["route"])
        #expect(fight("link").delay == .zero)
    }

    @Test func `repairs that are spread over many minutes are no dispute`() {
        for _ in 1...300 {
            #expect(fight().begun == [])
            time.advance(1)
        }
    }

    @Test func `an object that is left alone is no longer disputed`() {
        for _ in 0...DisputeLedger.tolerance { _ = fight() }
        time.advance(60)
        #expect(disputes.repaired([]).ended == [])
        time.advance(1)
        #expect(disputes.repaired([]).ended.map(\.object) == ["route"])
        #expect(disputes.current == [])
        #expect(fight().delay == .zero)
    }

    @Test func `an object that waits for its repair is noted once, and again after the pass took it`() {
        #expect(disputes.note("route", by: nil) == .zero)
        #expect(disputes.note("route", by: nil) == nil)
        #expect(disputes.take() == ["route"])
        #expect(disputes.note("route", by: nil) == .zero)
    }

    @Test func `a feeder that fails ends the wakes and with them their reader, and its error is thrown`() async {
        struct Broken: Error {}
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        await #expect(throws: Broken.self) {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { try await wake.feed { throw Broken() } }
                for await _ in wakes {}
            }
        }
    }
}
