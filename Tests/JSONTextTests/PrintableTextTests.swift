import JSONText
import Testing

@Suite struct PrintableTextTests {
    private static func run(_ count: Int, _ text: String = "x") -> String { String(repeating: text, count: count) }

    @Test(
        arguments: [
            ("nothing", "", ""),
            ("ASCII", "'a.b' is no \"name\" \\ ~", "'a.b' is no \"name\" \\ ~"),
            ("a new line", "one\ntwo\r\nthree", "one\\u{a}two\\u{d}\\u{a}three"),
            ("a tab and a NUL", "\ta\0", "\\u{9}a\\u{0}"),
            ("the end of C0", "\u{1f}\u{20}", "\\u{1f} "),
            ("a terminal's colour", "\u{1b}[31mred", "\\u{1b}[31mred"),
            ("DEL and C1", "~\u{7f}\u{80}\u{9b}\u{9f}\u{a0}", "~\\u{7f}\\u{80}\\u{9b}\\u{9f}\u{a0}"),
            ("separators of lines", "\u{2027}\u{2028}\u{2029}", "\u{2027}\\u{2028}\\u{2029}"),
            ("overrides", "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}", "\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}"),
            ("isolates", "\u{2065}\u{2066}\u{2067}\u{2068}\u{2069}", "\u{2065}\\u{2066}\\u{2067}\\u{2068}\\u{2069}"),
            ("marks of direction", "\u{61c}\u{200e}\u{200f}", "\\u{61c}\\u{200e}\\u{200f}"),
            ("other scripts", "größer שלום 🐧", "größer שלום 🐧"),
            ("accents", "e\u{301}\n", "e\u{301}\\u{a}"),
            ("a word of 256", run(256), run(256)),
            ("a word of 257", run(257), run(255) + "…"),
            ("words of 256", "\(run(256)) \(run(256))", "\(run(256)) \(run(256))"),
            ("a long word among others", "a \(run(100_000)) b", "a \(run(255))… b"),
            ("a long word of other letters", "a \(run(300, "é")) b", "a \(run(255, "é"))… b"),
            ("a long word of controls", run(100, "\n"), run(51, "\\u{a}") + "…"),
            ("a text of 8192", run(4096, "x "), run(4096, "x ")),
            ("a text of 8193", run(4096, "x ") + "y", run(4096, "x ").dropLast() + "…"),
            ("a long text", run(1_000_000, "é "), run(4096, "é ").dropLast() + "…"),
        ] as [(String, String, String)]
    )
    func `what others wrote can be shown`(_ situation: String, text: String, wanted: String) {
        // Bytes, not characters: Swift takes strings for equal that differ in their normalization.
        let shown = PrintableText.of(text)
        #expect(Array(shown.utf8) == Array(wanted.utf8), "\(situation)")
        #expect(PrintableText.of(shown) == shown, "what can be shown stays as it is")
    }
}
