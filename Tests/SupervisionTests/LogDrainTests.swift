import Logging
import RecordedLog
import Supervision
import Testing

@Suite struct LogDrainTests {
    @Test(
        arguments: [
            ([0, 0], []),
            ([3, 0], ["dropped 3"]),
            // What is dropped right behind is told at the end.
            ([3, 4, 1], ["dropped 3", "dropped 5"]),
            ([0, 0, 2], ["dropped 2"]),
        ] as [([UInt64], [String])]
    )
    func `what is dropped is told now and then, and at the end`(dropped: [UInt64], told: [String]) async {
        let record = RecordedLog()
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self)
        for _ in dropped.dropLast() { wake.yield() }
        wake.finish()
        var writes = dropped.makeIterator()
        await LogDrain(record.logger, complaint: "dropped").run(on: wakes) { writes.next() ?? 0 }
        #expect(record.lines == told)
        #expect(writes.next() == nil)
    }
}
