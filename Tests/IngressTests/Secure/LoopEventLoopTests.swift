import Ingress
import NIOCore
import Synchronization
import Testing

@Suite struct LoopEventLoopTests {
    private final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        func note(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    @Test func `tasks are run in order, also those that tasks add`() {
        let (loop, log) = (LoopEventLoop(now: .zero), Log())
        loop.execute {
            log.note("a")
            loop.execute { log.note("c") }
        }
        loop.execute { log.note("b") }
        #expect(log.all == [] && loop.nextDeadline == .zero)
        loop.runReady()
        #expect(log.all == ["a", "b", "c"] && loop.nextDeadline == nil)
    }

    @Test func `what has a time is run by it, in the order in which it was given at one time`() {
        let (loop, log) = (LoopEventLoop(now: .seconds(1)), Log())
        for (name, delay) in [("c", 30), ("a", 10), ("d", 30), ("b", 20)] as [(String, Int64)] {
            loop.scheduleTask(in: .milliseconds(delay)) { log.note(name) }
        }
        #expect(loop.nextDeadline == .milliseconds(1010))
        loop.runDue(now: .milliseconds(1009))
        #expect(log.all == [])
        loop.runDue(now: .milliseconds(1025))
        #expect(log.all == ["a", "b"] && loop.nextDeadline == .milliseconds(1030))
        loop.runDue(now: .seconds(9))
        #expect(log.all == ["a", "b", "c", "d"] && loop.nextDeadline == nil)
    }

    @Test func `what is cancelled is not run`() {
        let (loop, log) = (LoopEventLoop(now: .zero), Log())
        let tasks = (0..<4).map { number in loop.scheduleTask(in: .seconds(1)) { log.note("\(number)") } }
        tasks[1].cancel()
        tasks[3].cancel()
        loop.runDue(now: .seconds(2))
        #expect(log.all == ["0", "2"])
        tasks[0].cancel()
    }

    @Test func `another thread's task wakes the loop, its own does not`() async {
        let (wakes, loop) = await Task.detached { () -> (Log, LoopEventLoop) in
            let wakes = Log()
            return (wakes, LoopEventLoop(now: .zero) { wakes.note("wake") })
        }.value
        // On whichever thread this is, the loop says whether it is its own.
        let isOwn = loop.inEventLoop
        loop.execute {}
        #expect(wakes.all == (isOwn ? [] : ["wake"]))
    }

    @Test func `the end cancels what has a time and runs what has none`() {
        let (loop, log) = (LoopEventLoop(now: .zero), Log())
        let late = loop.scheduleTask(in: .seconds(1)) { log.note("late") }
        late.futureResult.whenFailure { _ in log.note("cancelled") }
        loop.execute { log.note("ready") }
        loop.end()
        #expect(log.all == ["ready", "cancelled"] && loop.nextDeadline == nil)
    }
}
