import HTTPWire
import Testing

/// Bodies in chunks that servers end at another place than their neighbours do: what is seen of them, and what behind them.
@Suite struct SmugglingChunkTests {
    private static let admin = "GET /admin HTTP/1.1⏎Host: a⏎⏎"
    private static let chunked = "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"

    static let bodies: [Row] = [
        Row("a size by its longest prefix (Python)", chunked + "0_2e⏎⏎" + admin + "0⏎⏎", "400 malformed chunk size"),
        Row("a size with 0x (CVE-2023-47627)", chunked + "0x20⏎" + admin + "⏎0⏎⏎", "400 malformed chunk size"),
        Row("an empty size taken for zero (Go, hyper)", chunked + "⏎⏎" + admin, "400 malformed chunk size"),
        Row(
            "a size that overflows (CVE-2013-2028)",
            chunked + "FFFFFFFFFFFFFFFED⏎" + admin,
            "400 malformed chunk size"
        ),
        Row("a size that is negative in 64 bits", chunked + "fffffffffffffff6⏎" + admin, "400 malformed chunk size"),
        Row("a size of 2^32 and some", chunked + "100000000⏎" + admin, "POST / [" + admin + "..."),
        Row("TERM.EXT: LF ends the line for one", chunked + "2;\nxx⏎20⏎0⏎⏎" + admin, "400 malformed chunk extension"),
        Row(
            "EXT.TERM: LF is of the extension for one",
            chunked + "2;a\nxy⏎0⏎⏎" + admin,
            "400 malformed chunk extension"
        ),
        Row(
            "TERM.SPILL: any two octets end the data",
            chunked + "5⏎AAAAAXX2⏎45⏎0⏎⏎" + admin,
            "400 malformed end of a chunk"
        ),
        Row("ONE.TWO: one octet ends the data", chunked + "5⏎AAAAA\n0⏎⏎" + admin, "400 malformed end of a chunk"),
        Row("ZERO.TWO: nothing ends the data", chunked + "5⏎AAAAA0⏎⏎" + admin, "400 malformed end of a chunk"),
        Row(
            "CR for the first octet, then an extension (llhttp)",
            chunked + "5\r\r;ABCD⏎34⏎E⏎0⏎⏎",
            "400 malformed chunk size"
        ),
        Row("a blank behind a size (llhttp)", chunked + "a ⏎0123456789⏎0⏎⏎", "400 malformed chunk size"),
        Row("no semicolon (llhttp)", chunked + "2 erfrferferf⏎aa⏎0⏎⏎", "400 malformed chunk size"),
        Row("quotes that do not end (llhttp)", chunked + "5;a=\"b⏎AAAAA⏎0⏎⏎", "400 malformed chunk extension"),
        Row(
            "an extension without end (CVE-2024-22019, CVE-2023-39326)",
            chunked + "1;" + String(repeating: "a", count: 5000),
            "400 chunk extensions too long"
        ),
        Row(
            "an extension at each octet (CVE-2024-22019)",
            chunked + String(repeating: "1;aaaaaaaa⏎x⏎", count: 500),
            "400 chunk extensions too long"
        ),
        Row("a body that ends with LF", chunked + "0\n\n" + admin, "400 malformed chunk size"),
        Row("trailers that end with LF", chunked + "0⏎X: y\n\n" + admin, "400 line feed without carriage return"),
        Row("trailers that a request follows at once", chunked + "0⏎" + admin, "400 blank before the colon of a field"),
        Row("trailers that frame", chunked + "0⏎Content-Length: 32⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("trailers that name a host", chunked + "0⏎Host: evil⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("trailers without end", chunked + "0⏎X: " + String(repeating: "a", count: 9000), "431 fields too long"),
        Row("too many trailers", chunked + "0⏎" + String(repeating: "X: y⏎", count: 33), "431 too many fields"),
        Row("a body that never ends", chunked + "5⏎hello⏎", "POST / [hello..."),
        Row("a whole request in a chunk", chunked + "20⏎" + admin + "⏎0⏎⏎", "POST / [" + admin + "]"),
    ]

    /// "Funky chunks" (2025): what ends a line for one reader, and is within it for the next one.
    static let lineEnds: [Row] = ["\n", "\r", "\rX", "\r\r"].flatMap { end in
        let name = end.map { $0 == "\n" ? "LF" : $0 == "\r" ? "CR" : "\($0)" }.joined(separator: " ")
        return [
            Row(
                "TERM.EXT: \(name)",
                chunked + "2;\(end)XX⏎10⏎1f⏎AAAABBBBCCCC⏎0⏎⏎DDDDEEEEFFFF⏎0⏎⏎",
                "400 malformed chunk extension"
            ),
            Row(
                "EXT.TERM: \(name)",
                chunked + "2;a\(end)XX⏎22⏎c⏎AAAABBBBCCCC⏎0⏎⏎DDDDEEEEFFFF⏎0⏎⏎",
                end == "\n" ? "400 malformed chunk extension" : "400 malformed chunk size"
            ),
        ]
    }

    static let spills: [Row] = ["\n", "\r", "", "XX", "\rX", "\r\r"].flatMap { end in
        let name =
            end.isEmpty ? "nothing" : end.map { $0 == "\n" ? "LF" : $0 == "\r" ? "CR" : "\($0)" }.joined(separator: " ")
        return [
            Row(
                "TERM.SPILL: \(name)",
                chunked + "5⏎AAAAA\(end)c⏎17⏎AAAABBBB⏎0⏎⏎CCCCDDDD⏎0⏎⏎",
                "400 malformed end of a chunk"
            ),
            Row(
                "SPILL.TERM: \(name)",
                chunked + "5⏎AAAAA\(end)1a⏎8⏎AAAABBBB⏎0⏎⏎CCCCDDDD⏎0⏎⏎",
                "400 malformed end of a chunk"
            ),
            Row("overread: \(name)", chunked + "2⏎XX\(end)012⏎XX⏎19⏎XXAAAABBBB⏎0⏎⏎", "400 malformed end of a chunk"),
        ]
    }

    static let trailers: [Row] = [
        Row("TERM.TRAIL: LF", chunked + "2⏎XX⏎0⏎\nxxx: yyy⏎⏎", "400 line feed without carriage return"),
        Row("TERM.TRAIL: CR", chunked + "2⏎XX⏎0⏎\rxxx: yyy⏎⏎", "400 carriage return without line feed"),
        Row("TERM.TRAIL: CR CR", chunked + "2⏎XX⏎0⏎\r\rxxx: yyy⏎⏎", "400 carriage return without line feed"),
        Row("who asks", chunked + "0⏎Authorization: Bearer evil⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("how the body is read", chunked + "0⏎Content-Type: text/evil⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("another coding", chunked + "0⏎Transfer-Encoding: chunked⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("a folded one", chunked + "0⏎X: y⏎ Content-Length: 32⏎⏎" + admin, "400 folded field"),
        Row("one without a name", chunked + "0⏎: y⏎⏎" + admin, "400 malformed field name"),
        Row("a blank before the empty line", chunked + "0⏎ ⏎⏎" + admin, "400 folded field"),
        Row("a request behind a blank", chunked + "0⏎ " + admin, "400 folded field"),
    ]

    /// Found in servers and proxies from 2023 to 2026.
    static let others: [Row] = [
        Row(
            "quotes that a line's end is within (CVE-2026-2332, CVE-2026-33870)",
            chunked + "1;ext=\"val⏎X⏎0⏎⏎" + admin,
            "400 malformed chunk extension"
        ),
        Row(
            "quotes that an escaped line's end is within",
            chunked + "1;ext=\"val\\⏎X\"⏎0⏎⏎" + admin,
            "400 malformed chunk extension"
        ),
        Row(
            "octets behind a size that nobody looks at (Traffic Server)",
            chunked + "1these-bytes-never-get-validated⏎Z⏎0⏎⏎",
            "400 malformed chunk size"
        ),
        Row("an underscore in zero (uhttpd)", chunked + "0_0⏎⏎" + admin, "400 malformed chunk size"),
        Row("CR before a size (uhttpd)", chunked + "\r0⏎⏎" + admin, "400 malformed chunk size"),
        Row("a zero with a sign", chunked + "+0⏎⏎" + admin, "400 malformed chunk size"),
        Row("a negative zero", chunked + "-0⏎⏎" + admin, "400 malformed chunk size"),
        Row("a zero with 0x", chunked + "0x0⏎⏎" + admin, "400 malformed chunk size"),
        Row("a size in quotes", chunked + "\"0\"⏎⏎" + admin, "400 malformed chunk size"),
        Row("more octets than said (Pound)", chunked + "5⏎AAAAAXXX⏎0⏎⏎" + admin, "400 malformed end of a chunk"),
        Row("LF behind a size (CVE-2025-22871)", chunked + "20\n" + admin + "⏎0⏎⏎", "400 malformed chunk size"),
        Row("LF behind a size of zero (CVE-2025-43859)", chunked + "0\n⏎" + admin, "400 malformed chunk size"),
        Row(
            "any two octets behind data (CVE-2025-43859)",
            chunked + "3⏎abcxy0⏎⏎" + admin,
            "400 malformed end of a chunk"
        ),
        Row("a comma before an extension (llhttp)", chunked + "5,a⏎hello⏎0⏎⏎" + admin, "400 malformed chunk size"),
        Row("an extension by a blank", chunked + "5 ;a⏎hello⏎0⏎⏎" + admin, "400 malformed chunk size"),
        Row("vertical tab behind a size", chunked + "5\u{b}⏎hello⏎0⏎⏎" + admin, "400 malformed chunk size"),
        Row("form feed behind a size", chunked + "5\u{c}⏎hello⏎0⏎⏎" + admin, "400 malformed chunk size"),
        Row("wide digits", chunked + "\u{ef}\u{bc}\u{95}⏎hello⏎0⏎⏎" + admin, "400 malformed chunk size"),
        Row("2^64, which some take for zero", chunked + "10000000000000000⏎⏎" + admin, "400 malformed chunk size"),
        Row("2^32, which some take for zero", chunked + "100000000⏎⏎" + admin, "POST / [⏎" + admin + "..."),
        Row("zero in many digits", chunked + "0000000000000000⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("zero in more digits", chunked + "00000000000000000⏎⏎" + admin, "400 malformed chunk size"),
        Row("an empty line before the first size", chunked + "⏎0⏎⏎" + admin, "400 malformed chunk size"),
        Row("a size behind the last chunk", chunked + "0⏎5⏎hello⏎⏎" + admin, "400 malformed field name"),
    ]

    @Test(arguments: bodies + lineEnds + spills + trailers + others)
    func `a body in chunks ends where it says, and what says two things is refused`(row: Row) {
        row.check { Stream.requests($0, cuts: $1) }
    }
}
