import Synchronization
import Testing

@testable import LinuxSystem

@Suite struct WriterThreadTests {
    /// Takes what is written, the first of it after a gate has opened.
    private final class Taker: Sendable {
        private let isOpen = Mutex(false)
        let gate = Semaphore()
        /// Is signalled when the first waits at the gate.
        let begun = Semaphore()
        private let items = Mutex<[String]>([])

        var taken: [String] { items.withLock { $0 } }

        func pass() {
            let waits = isOpen.withLock { isOpen in
                defer { isOpen = true }
                return !isOpen
            }
            guard waits else { return }
            begun.signal()
            gate.wait()
        }

        func take(_ item: String) { items.withLock { $0.append(item) } }
    }

    private let taker = Taker()

    private func writer(capacity: Int, isOpen: Bool) -> WriterThread<Int> {
        if isOpen { taker.gate.signal() }
        return WriterThread(name: "writer", capacity: capacity, patience: .milliseconds(isOpen ? 10_000 : 20)) {
            [taker] item in
            taker.pass()
            taker.take("\(item)")
        } reportLoss: { [taker] count in
            taker.take("lost \(count)")
        }
    }

    @Test func `an item is written when its writer goes on`() {
        let writer = writer(capacity: 1, isOpen: true)
        for item in 0..<100 {
            writer.append(item)
            #expect(taker.taken.last == "\(item)")
        }
    }

    @Test func `one of many items is not waited for, unless there are too many`() {
        let closed = WriterThread<Int>(name: "writer", patience: .seconds(60)) { [taker] item in
            taker.pass()
            taker.take("\(item)")
        } reportLoss: { _ in
        }
        closed.append(0, isUrgent: false)
        #expect(taker.taken.isEmpty)
        taker.gate.signal()
        closed.append(1)
        #expect(taker.taken == ["0", "1"])
        let writer = writer(capacity: 10, isOpen: true)
        for item in 2..<1_000 { writer.append(item, isUrgent: false) }
        writer.drain(atMost: .seconds(30))
        #expect(taker.taken == (0..<1_000).map { "\($0)" })
    }

    @Test func `an item may count for many, and for more than there is room for if it is alone`() {
        let writer = writer(capacity: 3, isOpen: false)
        writer.append(0)
        // The first is being written, and has left the room.
        taker.begun.wait()
        writer.append(1, count: 5)
        writer.append(2, count: 2)
        taker.gate.signal()
        writer.drain(atMost: .seconds(30))
        writer.append(3, count: 2, isUrgent: false)
        writer.drain(atMost: .seconds(30))
        #expect(taker.taken == ["0", "1", "lost 2", "3"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `nobody hangs where writing does, and what is lost is counted at its place`() {
        let writer = writer(capacity: 3, isOpen: false)
        let start = ContinuousClock.now
        for item in 0..<1_000 { writer.append(item) }
        // A thousand waits would be 20 seconds.
        #expect(start.duration(to: .now) < .seconds(10))
        #expect(taker.taken.isEmpty)
        taker.gate.signal()
        writer.drain(atMost: .seconds(30))
        writer.append(1_000)
        writer.drain(atMost: .seconds(30))
        #expect(taker.taken == ["0", "1", "2", "3", "lost 996", "1000"])
    }

    @Test(.timeLimit(.minutes(1))) func `the end of the process is not kept waiting`() {
        let writer = writer(capacity: 3, isOpen: false)
        writer.append(0)
        writer.drain(atMost: .milliseconds(20))
        #expect(taker.taken.isEmpty)
        taker.gate.signal()
        writer.drain(atMost: .seconds(30))
        #expect(taker.taken == ["0"])
    }
}
