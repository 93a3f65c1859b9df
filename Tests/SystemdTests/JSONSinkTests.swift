import Logging
import Systemd
import Testing

@Suite struct JSONSinkTests {
    private static func line(_ record: LogRecord) -> String {
        let output = Output()
        JSONSink(output: output.write).write(record)
        return output.text
    }

    @Test func `an entry is an object on a line`() {
        let record = LogRecord.sample("link repaired", level: .warning, [("changes", "2"), ("link.name", "flannel.1")])
        let expected =
            #"{"time":"1970-01-01T00:00:00.500Z","level":"warning","logger":"linnet.overlay","#
            + #""message":"link repaired","changes":"2","link.name":"flannel.1"}"#
        #expect(Self.line(record) == expected + "\n")
    }

    @Test func `lines for programs are objects, each its own`() {
        let output = Output()
        JSONSink(output: output.write).write(.sample(lines: ["{\"a\":1}", "ü"], [("changes", "2")]))
        let objects = [#"{\"a\":1}"#, "ü"].map {
            #"{"time":"1970-01-01T00:00:00.500Z","level":"info","logger":"linnet.overlay","message":"\#($0)","changes":"2"}"#
        }
        #expect(output.texts == [objects.map { "\($0)\n" }.joined()])
    }

    @Test(arguments: [
        (#"say "no""#, #"say \"no\""#), (#"back\slash"#, #"back\\slash"#), ("two\nlines", #"two\nlines"#),
        ("dos\r\n", #"dos\r\n"#), ("tab\t", #"tab\t"#), ("\u{1b}\u{0}\u{1f}", #"\u001b\u0000\u001f"#),
        ("größer 🐧", "größer 🐧"), ("/", "/"), ("\u{7f}", #"\u007f"#),
    ])
    func `text is quoted as JSON wants it, in messages, keys and values`(text: String, quoted: String) {
        let line = Self.line(.sample(text, [(text, text)]))
        #expect(line.hasSuffix(#""message":"\#(quoted)","\#(quoted)":"\#(quoted)"}"# + "\n"))
        #expect(line.utf8.filter { $0 == 10 }.count == 1)
    }
}
