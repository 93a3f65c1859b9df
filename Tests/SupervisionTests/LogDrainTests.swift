import Logging
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
        let record = Record()
        let logger = Logger(label: "test") { _ in RecordingLogHandler(record: record) }
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self)
        for _ in dropped.dropLast() { wake.yield() }
        wake.finish()
        var writes = dropped.makeIterator()
        await LogDrain(logger, complaint: "dropped").run(on: wakes) { writes.next() ?? 0 }
        #expect(record.all == told)
        #expect(writes.next() == nil)
    }
}

/// Notes each message, and the numbers of changes behind it.
private struct RecordingLogHandler: LogHandler {
    let record: Record
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: Logging.LogEvent) {
        record.add("\(event.message) \(event.metadata?[LogKey.changes.rawValue] ?? "")")
    }
}
