import Logging
import Systemd
import Testing

@Suite struct TextSinkTests {
    private static func line(_ record: LogRecord) -> String {
        let output = Output()
        TextSink(output: output.write).write(record)
        return output.text
    }

    @Test func `an entry is a line`() {
        #expect(
            Self.line(.sample("link repaired", [("changes", "2"), ("link.name", "flannel.1")]))
                == "1970-01-01T00:00:00.500Z info     linnet.overlay: link repaired changes=2 link.name=flannel.1\n"
        )
    }

    @Test func `lines for programs are entries, of which a pipe takes some at once, each whole`() {
        let output = Output()
        let long = (0..<20).map { String(repeating: "\($0 % 10)", count: $0 == 7 ? 5_000 : 1_000) }
        let lines = ["", "{}", "ü"] + long
        TextSink(output: output.write).write(.sample(lines: lines, [("a", "b")]))
        let entries = lines.map { "1970-01-01T00:00:00.500Z info     linnet.overlay: \($0) a=b\n" }
        #expect(output.text == entries.joined())
        #expect(output.texts.allSatisfy { $0.hasSuffix("\n") && ($0.utf8.count <= 4_096 || $0.contains("7777")) })
        #expect(output.texts.count < 10)
    }

    @Test(arguments: Logger.Level.allCases) func `messages begin in one column`(level: Logger.Level) {
        let line = Self.line(.sample("text", level: level))
        #expect(line == "1970-01-01T00:00:00.500Z \(level)".padded(to: 34) + "linnet.overlay: text\n")
    }

    @Test(arguments: [
        ("", #""""#),
        ("10.42.0.0/16", "10.42.0.0/16"),
        ("two words", #""two words""#),
        ("a=b", #""a=b""#),
        (#"say "no""#, #""say \"no\"""#),
        ("two\nlines", #""two\nlines""#),
        ("dos\r\nlines", #""dos\r\nlines""#),
        ("tab\tbed", #""tab\tbed""#),
        ("\u{1b}[31mred", #""\u001b[31mred""#),
        ("nul\0", #""nul\u0000""#),
        (#"back\slash"#, #"back\slash"#),
        (#"two\d+ words"#, #""two\d+ words""#),
        (#"\ "no"""#, #""\\ \"no\"\"""#),
        ("\\ \n", #""\\ \n""#),
        (#"at the end \"#, #""at the end \\""#),
        ("größer", "größer"),
    ])
    func `a value that could be taken for something else is quoted`(value: String, text: String) {
        #expect(Self.line(.sample([("error", value)])).hasSuffix(": link repaired error=\(text)\n"))
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

extension LogRecord {
    fileprivate static func sample(_ metadata: [(key: String, value: String)]) -> LogRecord {
        sample("link repaired", metadata)
    }
}
