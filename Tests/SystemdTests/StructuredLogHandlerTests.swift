import Logging
import Systemd
import Testing

@Suite struct StructuredLogHandlerTests {
    private let sink = KeepingSink()
    private let level = LogLevel(.info)

    private func logger(_ provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "linnet.overlay") { [sink, level] label in
            var handler = StructuredLogHandler(label: label, level: level, sink: sink)
            handler.metadataProvider = provider
            return handler
        }
    }

    @Test func `an entry carries its logger, place and time`() throws {
        logger().notice("link repaired", file: "Overlay/X.swift", function: "apply()", line: 7)
        let record = try #require(sink.records.first)
        #expect(record.label == "linnet.overlay")
        #expect(record.level == .notice)
        #expect(record.message == "link repaired")
        #expect(record.file == "Overlay/X.swift")
        #expect(record.function == "apply()")
        #expect(record.line == 7)
        #expect(record.metadata.isEmpty)
        // After the day this was written.
        #expect(record.time > 1_760_000_000)
    }

    @Test func `what is nearest to the entry wins, in the order of the keys`() throws {
        var logger = logger(Logger.MetadataProvider { ["a": "provider", "b": "provider", "c": "provider"] })
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("text", metadata: ["c": "entry", "aa": "entry"])
        let metadata = try #require(sink.records.first).metadata
        #expect(metadata.map { "\($0.key)=\($0.value)" } == ["a=provider", "aa=entry", "b=logger", "c=entry"])
    }

    @Test(
        arguments: [
            (nil, "no such device"), (["error": "EBUSY"], "EBUSY"),
        ] as [(Logger.Metadata?, String)]
    )
    func `an entry's error is shown unless it says more itself`(metadata: Logger.Metadata?, text: String) throws {
        logger().error("pass failed", error: Failure(description: "no such device"), metadata: metadata)
        let record = try #require(sink.records.first)
        #expect(record.metadata.map { "\($0.key)=\($0.value)" } == ["error=\(text)"])
    }

    @Test func `what others wrote is printable, and not endless`() throws {
        let word = String(repeating: "x", count: 1000)
        let failure = Failure(description: "no\u{7f}")
        logger().warning("[INFO] \u{1b}[2J", error: failure, metadata: ["file": "a\nb \u{202e}c", "peer": "\(word)"])
        let record = try #require(sink.records.first)
        #expect(record.message == "[INFO] \\u{1b}[2J")
        let values = ["no\\u{7f}", "a\\u{a}b \\u{202e}c", String(word.prefix(255)) + "…"]
        #expect(record.metadata.map(\.value) == values)
    }

    @Test func `lines for programs stay whole, and do not say what they are`() throws {
        let line = "{\"a\":\"\(String(repeating: "x", count: 10_000))\"}\n"
        logger().info("\(line)", metadata: ["bulk": "1", "a": "b"])
        let record = try #require(sink.records.first)
        #expect(record.message == line)
        #expect(record.lineCount == 1)
        #expect(record.metadata.map(\.key) == ["a"])
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    @Test func `metadata stays with its copy of a logger`() {
        var first = logger()
        let second = first
        first[metadataKey: "capability"] = "overlay"
        second.info("text")
        first.info("text")
        #expect(sink.records.map(\.metadata.count) == [0, 1])
        #expect(first[metadataKey: "capability"] == "overlay")
    }

    @Test func `the level is that of the process and changes while loggers are in use`() {
        let loggers = [logger(), logger()]
        for logger in loggers { logger.debug("before") }
        level.current = .debug
        for logger in loggers { logger.debug("between") }
        level.current = .error
        for logger in loggers { logger.warning("after") }
        #expect(sink.records.map(\.message) == ["between", "between"])
        #expect(loggers[0].logLevel == .error)
    }
}
