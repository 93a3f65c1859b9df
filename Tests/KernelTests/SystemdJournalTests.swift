import Logging
import Supervision
import Systemd
import Testing

/// The journal's sink against a real systemd-journald.
@Suite(.timeLimit(.minutes(1)))
struct SystemdJournalTests {
    @Test func `an entry has a field for each key and is found by it`() throws {
        let journal = try JournalDaemon()
        try journal.write {
            let logger = Self.logger("linnet.overlay")
            logger.warning(
                "route repaired",
                metadata: ["link.name": "flannel.1", "route.destination": "10.42.2.0/24"],
                file: "Overlay/OverlayReconciler.swift",
                function: "apply()",
                line: 42
            )
            logger.info("something else", metadata: ["link.name": "cni0"])
        }
        let lines = try journal.read("LINK_NAME=flannel.1").split(separator: "\n").map(String.init)
        for field in [
            "LINK_NAME=flannel.1", "ROUTE_DESTINATION=10.42.2.0/24", "PRIORITY=4", "SYSLOG_IDENTIFIER=linnet-test",
            "CODE_FILE=Overlay/OverlayReconciler.swift", "CODE_FUNC=apply()", "CODE_LINE=42", "LOGGER=linnet.overlay",
        ] {
            #expect(lines.filter { $0 == field }.count == 1, "\(field) in \(lines)")
        }
        #expect(lines.contains { $0.hasPrefix("MESSAGE=route repaired") })
        #expect(!lines.contains { $0.contains("something else") })
    }

    @Test func `a fixed event is found by its message ID`() throws {
        let journal = try JournalDaemon()
        try journal.write {
            Self.logger("linnet").log(.error, "capability failed", [.capability: "overlay"], event: .capabilityFailed)
            Self.logger("linnet").log(.error, "capability failed in a way that is no event")
        }
        let text = try journal.read("MESSAGE_ID=\(LogEvent.capabilityFailed.rawValue)", form: "cat")
        #expect(text == "capability failed (capability=overlay)\n")
    }

    @Test func `priorities follow the levels`() throws {
        let journal = try JournalDaemon()
        try journal.write {
            var logger = Self.logger("linnet")
            logger.logLevel = .trace
            for level in Logger.Level.allCases { logger.log(level: level, "\(level)") }
        }
        #expect(try journal.read("LOGGER=linnet", "PRIORITY=7", form: "cat") == "trace\ndebug\n")
        #expect(try journal.read("LOGGER=linnet", "-p", "warning", form: "cat") == "warning\nerror\ncritical\n")
    }

    @Test func `an entry of several lines and more than a datagram holds arrives whole`() throws {
        let journal = try JournalDaemon()
        let text = "first\n" + String(repeating: "x", count: 300_000) + "\nlast"
        // Not by a logger: it makes a line of what it is given, and cuts it.
        let record = LogRecord(
            time: 0,
            level: .info,
            label: "linnet",
            message: text,
            metadata: [],
            file: "",
            function: "",
            line: 0
        )
        try journal.write { JournalSink(identifier: "linnet-test").write(record) }
        #expect(try journal.read("LOGGER=linnet", form: "cat") == text + "\n")
    }

    @Test func `what is below the level is not written`() throws {
        let journal = try JournalDaemon()
        try journal.write {
            let logger = Self.logger("linnet")
            logger.debug("hidden")
            logger.info("shown")
        }
        #expect(try journal.read("LOGGER=linnet", form: "cat") == "shown\n")
    }

    private static func logger(_ label: String) -> Logger {
        Logger(label: label) { label in
            StructuredLogHandler(label: label, level: LogLevel(.info), sink: JournalSink(identifier: "linnet-test"))
        }
    }
}
