import ManualClock
import Supervision
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SupervisedTests {
    @Test func `one that throws runs again after one, two and four seconds`() async throws {
        let runs = Record()
        let broken = Scripted("broken") { _ in
            runs.add("run")
            throw Broken("the cable is out")
        }
        try await supervising(broken) { clock, board in
            for (index, delay) in [1, 2, 4].enumerated() {
                let expected = CapabilityHealth.State.restarting(after: .seconds(delay), attempt: index + 1)
                await board.until("broken") { $0.state == expected }
                #expect(board.health("broken").lastError?.message == "the cable is out")
                #expect(board.health("broken").restarts == index + 1)
                #expect(runs.all.count == index + 1)
                await clock.advance(by: .seconds(delay))
            }
            await board.until("broken") { $0.restarts == 4 }
        }
    }

    @Test func `one that returns though nobody asked runs again`() async throws {
        try await supervising(Scripted("early") { _ in }) { _, board in
            await board.until("early") { $0.restarts == 1 }
            #expect(board.health("early").lastError?.message == "it returned although nobody asked it to stop")
        }
    }

    @Test func `one that hangs in a step is cancelled after 30 seconds and runs again`() async throws {
        let hanging = Scripted("hanging") { health in
            health.working(on: "the dump")
            await untilCancelled()
        }
        try await supervising(hanging) { clock, board in
            await board.until("hanging") { $0.activity == .working(on: "the dump") }
            for seconds in [25, 4] { await clock.advance(by: .seconds(seconds)) }
            await clock.untilAsleep(1)
            #expect(board.health("hanging").restarts == 0)
            await clock.advance(by: .seconds(1))
            await board.until("hanging") { $0.restarts == 1 }
            #expect(board.health("hanging").lastError?.message == "no progress for 30 s while working on the dump")
        }
    }

    @Test func `one that says nothing at all is cancelled too`() async throws {
        try await supervising(Scripted("mute") { _ in await untilCancelled() }) { clock, board in
            for seconds in [25, 5] { await clock.advance(by: .seconds(seconds)) }
            await board.until("mute") { $0.restarts == 1 }
            #expect(board.health("mute").lastError?.message.contains("working on start") == true)
        }
    }

    @Test func `a declared wait may last`() async throws {
        let patient = Scripted("patient") { health in
            health.ready("3 peers")
            health.waiting(for: "a snapshot")
            await untilCancelled()
        }
        try await supervising(patient) { clock, board in
            await board.until("patient") { $0.activity == .waiting(for: "a snapshot") }
            await clock.advance(by: .seconds(86_400))
            await clock.untilAsleep(1)
            #expect(board.health("patient").state == .ready)
            #expect(board.health("patient").restarts == 0)
        }
    }

    @Test func `one that blocks its thread is given up after ten seconds more and disturbs no other`() async throws {
        let gate = Gate()
        let blocked = Scripted("blocked") { health in
            health.working(on: "a call into the kernel")
            gate.block()
        }
        let other = Scripted("other") { health in
            health.ready("steps")
            health.waiting(for: "nothing")
            await untilCancelled()
        }
        try await supervising(blocked, other) { clock, board in
            await board.until("blocked") { $0.activity != nil }
            await board.until("other") { $0.activity != nil }
            for seconds in [25, 5] { await clock.advance(by: .seconds(seconds), whenAsleep: 2) }
            await board.until("blocked") { $0.lastError != nil }
            await clock.advance(by: .seconds(9), whenAsleep: 2)
            await clock.untilAsleep(2)
            #expect(board.isResponsive)
            await clock.advance(by: .seconds(1), whenAsleep: 2)
            await board.until("blocked") { $0.state == .stuck(on: "a call into the kernel") }
            #expect(!board.isResponsive)
            #expect(board.health("other").state == .ready)
            #expect(board.health("other").restarts == 0)
            gate.open()
            await board.until("blocked") { $0.restarts == 1 }
            #expect(board.isResponsive)
        }
    }

    @Test func `one that fails leaves the other alone`() async throws {
        let well = Scripted("well") { health in
            health.ready()
            health.waiting(for: "nothing")
            await untilCancelled()
        }
        try await supervising(Scripted("ill") { _ in throw Broken("ill") }, well) { _, board in
            await board.until("ill") { $0.restarts == 1 }
            await board.until("well") { $0.state == .ready }
            #expect(board.health("well").restarts == 0)
        }
    }
}
