import HTTPWire
import Testing

/// What endpoints have sent that proxies took for another number of responses than there were: what is seen in it here. What
/// is refused ends the connection.
@Suite struct SmugglingResponseTests {
    static let responses: [Row] = [
        Row("one and another", "HTTP/1.1 200 O⏎Content-Length: 2⏎⏎okHTTP/1.1 204 N⏎⏎", "200 [ok] | 204"),
        Row(
            "a length that is too short: the rest is no response",
            "HTTP/1.1 200 O⏎Content-Length: 2⏎⏎okay",
            "200 [ok] | malformed status line"
        ),
        Row(
            "a response in a body",
            "HTTP/1.1 200 O⏎Content-Length: 21⏎⏎HTTP/1.1 200 Evil⏎⏎",
            "200 [HTTP/1.1 200 Evil⏎⏎]"
        ),
        Row(
            "a length and chunks",
            "HTTP/1.1 200 O⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎⏎0⏎⏎",
            "content length and transfer encoding"
        ),
        Row("two lengths", "HTTP/1.1 200 O⏎Content-Length: 0⏎Content-Length: 5⏎⏎hello", "more than one content length"),
        Row("a body of 204", "HTTP/1.1 204 N⏎Content-Length: 5⏎⏎hello", "204 | malformed status line"),
        Row("chunks of 304", "HTTP/1.1 304 N⏎Transfer-Encoding: chunked⏎⏎0⏎⏎", "304 | malformed status line"),
        Row("a response behind an interim one", "HTTP/1.1 100 C⏎⏎HTTP/1.1 200 O⏎Content-Length: 0⏎⏎", "100 | 200 []"),
        Row("all until the end", "HTTP/1.1 200 O⏎⏎HTTP/1.1 200 O⏎⏎", "200 [HTTP/1.1 200 O⏎⏎..."),
        Row("chunks with a bad size", "HTTP/1.1 200 O⏎Transfer-Encoding: chunked⏎⏎0x5⏎hello⏎", "malformed chunk size"),
        Row("chunks with LF", "HTTP/1.1 200 O⏎Transfer-Encoding: chunked⏎⏎5\nhello⏎", "malformed chunk size"),
        Row("a field split by LF", "HTTP/1.1 200 O⏎X: y\nContent-Length: 0⏎⏎", "line feed without carriage return"),
        Row("a field split by CR", "HTTP/1.1 200 O⏎X: y\rContent-Length: 0⏎⏎", "carriage return without line feed"),
        Row("a length behind a blank", "HTTP/1.1 200 O⏎ Content-Length: 5⏎⏎hello", "folded field"),
        Row("a length before a blank", "HTTP/1.1 200 O⏎Content-Length : 5⏎⏎hello", "blank before the colon of a field"),
        Row(
            "CR behind the status line (llhttp)",
            "HTTP/1.1 200 OK\r\rContent-Length: 4⏎⏎Evil",
            "carriage return without line feed"
        ),
        Row("an empty line between responses", "HTTP/1.1 204 N⏎⏎⏎HTTP/1.1 204 N⏎⏎", "204 | malformed status line"),
    ]

    @Test(arguments: responses)
    func `a connection has the responses that it says, and what says two things is refused`(row: Row) {
        row.check { Stream.responses($0, cuts: $1) }
    }
}
