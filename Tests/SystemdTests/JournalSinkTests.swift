import Logging
import Testing

@testable import Systemd

@Suite struct JournalSinkTests {
    @Test func `an entry is the journal's own fields and one for each key`() {
        let record = LogRecord.sample("link repaired", level: .warning, [("changes", "2"), ("link.name", "flannel.1")])
        #expect(
            JournalSink(identifier: "linnet").fields(of: record) == [
                "MESSAGE=link repaired (changes=2 link.name=flannel.1)",
                "PRIORITY=4",
                "SYSLOG_IDENTIFIER=linnet",
                "LOGGER=linnet.overlay",
                "CODE_FILE=Overlay/X.swift",
                "CODE_FUNC=apply()",
                "CODE_LINE=7",
                "CHANGES=2",
                "LINK_NAME=flannel.1",
            ]
        )
    }

    @Test func `a message ID is a field and not text, nor is a key that makes no field`() {
        let fields = JournalSink(identifier: "linnet").fields(
            of: .sample("text", [("message.id", "5ad4"), ("é", "1")])
        )
        #expect(fields.first == "MESSAGE=text (é=1)")
        #expect(fields.dropFirst(7) == ["MESSAGE_ID=5ad4"])
    }

    @Test(
        arguments: [
            ("capability", "CAPABILITY"), ("link.name", "LINK_NAME"), ("duration.seconds", "DURATION_SECONDS"),
            ("http2", "HTTP2"), ("a-b c", "A_B_C"), ("é", nil), ("aé", "A__"), ("", nil), ("1st", nil),
            ("_private", nil),
            (".hidden", nil), (String(repeating: "a", count: 64), String(repeating: "A", count: 64)),
            (String(repeating: "a", count: 65), nil),
        ] as [(String, String?)]
    )
    func `a key is a field's name or none`(key: String, name: String?) {
        #expect(JournalSink.fieldName(key) == name)
    }

    @Test(arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2])) func `levels are syslog's priorities`(
        level: Logger.Level,
        priority: Int
    ) {
        #expect(level.priority == priority)
    }
}
