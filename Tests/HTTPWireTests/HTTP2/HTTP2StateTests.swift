import HTTPWire
import Testing

/// What may come on a stream in which state, and which numbers begin one (RFC 9113 sections 5.1 and 5.1.1).
@Suite struct HTTP2StateTests {
    private static let closed = "failed STREAM_CLOSED"

    static let idle: [HTTP2Row] = [
        .server("DATA", "DATA+end 1 \"a\"", fails: .protocolError),
        .server("RST_STREAM", "RESET 1 u32:8", fails: .protocolError),
        .server("WINDOW_UPDATE", "WINDOW 1 u32:1", fails: .protocolError),
        .server(
            "WINDOW_UPDATE of a higher one",
            "GET 1 | WINDOW 3 u32:1",
            "head+end 1",
            fails: .protocolError,
            last: 1
        ),
        .server("DATA of an even one", "GET 5 | DATA 2 \"a\"", "head+end 5", fails: .protocolError, last: 5),
        .server("RST_STREAM of an even one", "GET 5 | RESET 2 u32:8", "head+end 5", fails: .protocolError, last: 5),
        .server("WINDOW_UPDATE of an even one", "GET 5 | WINDOW 2 u32:1", "head+end 5", fails: .protocolError, last: 5),
        .client("DATA of no stream of ours", "DATA 1 \"a\"", fails: .protocolError),
        .client("HEADERS of no stream of ours", "OK 1", fails: .protocolError),
        .client("HEADERS of a stream of the server's", "OK 2", fails: .protocolError),
        .client("RST_STREAM of no stream of ours", "RESET 1 u32:8", fails: .protocolError),
    ]

    static let numbers: [HTTP2Row] = [
        .server("even", "GET 2", fails: .protocolError),
        .server("growing", "GET 1 | GET 7 | GET 9", "head+end 1 | head+end 7 | head+end 9"),
        .server("lower", "GET 5 | GET 3", "head+end 5", fails: .protocolError, last: 5),
        .server(
            "DATA of a lower one that never was",
            "GET 5 | DATA 3 \"a\"",
            "head+end 5",
            fails: .streamClosed,
            last: 5
        ),
        .server("RST_STREAM of a lower one that never was", "GET 5 | RESET 3 u32:8 | GET 7", "head+end 5 | head+end 7"),
        .server(
            "the highest",
            "GET 2147483647 | GET 2147483645",
            "head+end 2147483647",
            fails: .protocolError,
            last: 2147483647
        ),
        .client("of ours", "!ask | !ask+end | !ask", "", "HEADERS+fields 1 | HEADERS+end+fields 3 | HEADERS+fields 5"),
    ]

    static let halfClosed: [HTTP2Row] = [
        .server(
            "DATA",
            "GET 1 | DATA+end 1 \"a\" | GET 3",
            "head+end 1 | reset 1 STREAM_CLOSED | head+end 3",
            "RESET 1 STREAM_CLOSED"
        ),
        .server(
            "DATA behind the end of DATA",
            "POST 1 | DATA+end 1 | DATA 1 \"a\"",
            "head 1 | data+end 1 | reset 1 STREAM_CLOSED",
            "RESET 1 STREAM_CLOSED"
        ),
        .server(
            "HEADERS",
            "GET 1 | GET 1 | GET 3",
            "head+end 1 | reset 1 STREAM_CLOSED | head+end 3",
            "RESET 1 STREAM_CLOSED"
        ),
        .server(
            "HEADERS that fill the table",
            "GET 1 | HEADERS+fields 1 learn | HEADERS+end+fields 3 known",
            "head+end 1 | reset 1 STREAM_CLOSED | head+end 3",
            "RESET 1 STREAM_CLOSED"
        ),
        .server("WINDOW_UPDATE", "GET 1 | WINDOW 1 u32:5", "head+end 1"),
        .server("PRIORITY", "GET 1 | PRIORITY 1 u32:3 00", "head+end 1"),
        .server("RST_STREAM", "GET 1 | RESET 1 u32:8 | !streams", "head+end 1 | reset 1 CANCEL | 0 streams"),
        .server("RST_STREAM of an unknown code", "GET 1 | RESET 1 u32:77", "head+end 1 | reset 1 77"),
        .server(
            "what is sent behind RST_STREAM",
            "GET 1 | RESET 1 u32:8 | !ok 1 | !send 1 5 | !reset 1 8",
            "head+end 1 | reset 1 CANCEL"
        ),
    ]

    static let over: [HTTP2Row] = [
        .server(
            "DATA",
            "GET 1 | !ok+end 1 | DATA 1 \"a\"",
            "head+end 1 | \(closed)",
            "HEADERS+end+fields 1 | GOAWAY 1 STREAM_CLOSED"
        ),
        .server(
            "HEADERS",
            "GET 1 | !ok+end 1 | GET 1",
            "head+end 1 | \(closed)",
            "HEADERS+end+fields 1 | GOAWAY 1 STREAM_CLOSED"
        ),
        .server(
            "CONTINUATION",
            "GET 1 | !ok+end 1 | CONTINUATION+fields 1 get",
            "head+end 1 | failed PROTOCOL_ERROR",
            "HEADERS+end+fields 1 | GOAWAY 1 PROTOCOL_ERROR"
        ),
        .server(
            "WINDOW_UPDATE",
            "GET 1 | !ok+end 1 | WINDOW 1 u32:5 | WINDOW 1 u32:0",
            "head+end 1",
            "HEADERS+end+fields 1"
        ),
        .server("RST_STREAM", "GET 1 | !ok+end 1 | RESET 1 u32:8", "head+end 1", "HEADERS+end+fields 1"),
        .server(
            "DATA behind RST_STREAM",
            "POST 1 | RESET 1 u32:8 | DATA 1 \"a\"",
            "head 1 | reset 1 CANCEL",
            fails: .streamClosed,
            last: 1
        ),
        .server(
            "HEADERS behind RST_STREAM",
            "POST 1 | RESET 1 u32:8 | GET 1",
            "head 1 | reset 1 CANCEL",
            fails: .streamClosed,
            last: 1
        ),
        .server(
            "CONTINUATION behind RST_STREAM",
            "POST 1 | RESET 1 u32:8 | CONTINUATION+fields 1 get",
            "head 1 | reset 1 CANCEL",
            fails: .protocolError,
            last: 1
        ),
        .server("RST_STREAM behind RST_STREAM", "POST 1 | RESET 1 u32:8 | RESET 1 u32:8", "head 1 | reset 1 CANCEL"),
    ]

    /// A client has begun all streams of its own, and ignores what comes on those that are over.
    static let overForClient: [HTTP2Row] = [
        .client(
            "all that comes behind the end",
            "!ask+end | EMPTY 1 | DATA 1 \"a\" | TRAILERS 1 | WINDOW 1 u32:5 | RESET 1 u32:8 | !ask | OK 3",
            "head+end 1 | head 3",
            "HEADERS+end+fields 1 | HEADERS+fields 3"
        ),
        .client(
            "all that comes behind RST_STREAM of ours",
            "!ask | !reset 1 8 | OK 1 | DATA 1 \"a\" | TRAILERS 1 | WINDOW 1 u32:5 | RESET 1 u32:8 | !ask | OK 3",
            "head 3",
            "HEADERS+fields 1 | RESET 1 CANCEL | HEADERS+fields 3"
        ),
        .client(
            "all that comes behind RST_STREAM of the server's",
            "!ask | RESET 1 u32:8 | OK 1 | DATA 1 \"a\" | RESET 1 u32:8 | !ask | OK 3",
            "reset 1 CANCEL | head 3",
            "HEADERS+fields 1 | HEADERS+fields 3"
        ),
        .client(
            "however many were begun since",
            "!ask | !reset 1 8 | \(exchanges(600)) | DATA 1 \"a\" | OK 1 | RESET 1 u32:8 | DATA 601 \"a\" | !streams",
            "\(repeated(600) { "head+end \($0 * 2 + 3)" }) | 0 streams",
            "HEADERS+fields 1 | RESET 1 CANCEL | \(repeated(600) { "HEADERS+end+fields \($0 * 2 + 3)" })"
        ),
        .client(
            "fields, for the sake of the table",
            "!ask | !reset 1 8 | \(exchanges(300)) | HEADERS+end+fields 1 88400161 0162 | !ask | HEADERS+fields 603 88be",
            "\(repeated(300) { "head+end \($0 * 2 + 3)" }) | head 603",
            "HEADERS+fields 1 | RESET 1 CANCEL | \(repeated(300) { "HEADERS+end+fields \($0 * 2 + 3)" }) | HEADERS+fields 603"
        ),
        .client(
            "fields that are broken",
            "!ask+end | EMPTY 1 | HEADERS+end+fields 1 broken",
            "head+end 1 | failed COMPRESSION_ERROR",
            "HEADERS+end+fields 1 | GOAWAY 0 COMPRESSION_ERROR"
        ),
        .client(
            "DATA, which is credited",
            "!ask | !reset 1 8 | \(exchanges(300)) | \(repeated(3) { _ in "DATA 1 x*11000" })",
            repeated(300) { "head+end \($0 * 2 + 3)" },
            "HEADERS+fields 1 | RESET 1 CANCEL | \(repeated(300) { "HEADERS+end+fields \($0 * 2 + 3)" }) | WINDOW 0 33000"
        ),
        .client(
            "nothing of a stream that it has not begun",
            "!ask+end | EMPTY 1 | DATA 3 \"a\"",
            "head+end 1 | failed PROTOCOL_ERROR",
            "HEADERS+end+fields 1 | GOAWAY 0 PROTOCOL_ERROR"
        ),
    ]

    static let resetByUs: [HTTP2Row] = [
        .server(
            "all that comes",
            "POST 1 | !reset 1 8 | DATA 1 \"a\" | WINDOW 1 u32:5 | TRAILERS 1 | RESET 1 u32:8 | GET 3",
            "head 1 | head+end 3",
            "RESET 1 CANCEL"
        ),
        .server(
            "fields, for the sake of the table",
            "POST 1 | !reset 1 8 | HEADERS+end+fields 1 learn | HEADERS+end+fields 3 known",
            "head 1 | head+end 3",
            "RESET 1 CANCEL"
        ),
        .server(
            "fields that are broken",
            "POST 1 | !reset 1 8 | HEADERS+end+fields 1 broken",
            "head 1 | failed COMPRESSION_ERROR",
            "RESET 1 CANCEL | GOAWAY 1 COMPRESSION_ERROR"
        ),
        .server("fields in parts", "HEADERS 1 82 | !reset 1 8 | CONTINUATION+fields 1 84", "head 1"),
        .server("twice", "POST 1 | !reset 1 8 | !reset 1 8", "head 1", "RESET 1 CANCEL"),
        .server("what never was", "!reset 1 8 | GET 1", "head+end 1"),
        .server(
            "DATA, which is credited",
            "POST 1 | !reset 1 8 | \(repeated(3) { _ in "DATA 1 x*11000" })",
            "head 1",
            "RESET 1 CANCEL | WINDOW 0 33000"
        ),
        .server(
            "after another has taken its place in the memory",
            """
            POST 1 | !reset 1 8 | GET 513 | !ok+end 513 | DATA 1 "a" | RESET 1 u32:8 | WINDOW 1 u32:5 \
            | HEADERS+end+fields 1 learn | HEADERS+end+fields 515 known
            """,
            "head 1 | head+end 513 | head+end 515",
            "RESET 1 CANCEL | HEADERS+end+fields 513"
        ),
        .server(
            "and not a higher one that never was, after that",
            "POST 1 | !reset 1 8 | GET 513 | !ok+end 513 | DATA 3 \"a\"",
            "head 1 | head+end 513 | \(closed)",
            "RESET 1 CANCEL | HEADERS+end+fields 513 | GOAWAY 513 STREAM_CLOSED"
        ),
        .server(
            "and not one that has ended, after that",
            "GET 3 | !ok+end 3 | POST 5 | !reset 5 8 | GET 517 | !ok+end 517 | DATA 3 \"a\"",
            "head+end 3 | head 5 | head+end 517 | \(closed)",
            "HEADERS+end+fields 3 | RESET 5 CANCEL | HEADERS+end+fields 517 | GOAWAY 517 STREAM_CLOSED"
        ),
    ]

    static let concurrency: [HTTP2Row] = [
        .server("as many as may be", "POST 1 | GET 3 | POST 5 | !streams", "head 1 | head+end 3 | head 5 | 3 streams"),
        .server(
            "more",
            "POST 1 | POST 3 | POST 5 | POST 7 | DATA+end 7 \"a\" | DATA+end 5",
            "head 1 | head 3 | head 5 | data+end 5",
            "RESET 7 REFUSED_STREAM"
        ),
        .server(
            "more, for the sake of the table",
            "POST 1 | POST 3 | POST 5 | HEADERS+end+fields 7 learn | !reset 1 8 | HEADERS+end+fields 9 known",
            "head 1 | head 3 | head 5 | head+end 9",
            "RESET 7 REFUSED_STREAM | RESET 1 CANCEL"
        ),
        .server(
            "in the place of one that has ended",
            "GET 1 | GET 3 | GET 5 | !ok+end 3 | GET 7 | !streams",
            "head+end 1 | head+end 3 | head+end 5 | head+end 7 | 3 streams",
            "HEADERS+end+fields 3"
        ),
        .server(
            "in the place of one that was reset",
            "GET 1 | GET 3 | GET 5 | RESET 1 u32:8 | GET 7",
            "head+end 1 | head+end 3 | head+end 5 | reset 1 CANCEL | head+end 7"
        ),
        .server(
            "in the place of one that we reset",
            "GET 1 | GET 3 | GET 5 | !reset 5 8 | GET 7",
            "head+end 1 | head+end 3 | head+end 5 | head+end 7",
            "RESET 5 CANCEL"
        ),
        .server(
            "far apart",
            "POST 1 | \(repeated(4) { "GET \($0 * 512 + 513) | !ok+end \($0 * 512 + 513)" }) | DATA+end 1 \"a\"",
            "head 1 | head+end 513 | head+end 1025 | head+end 1537 | head+end 2049 | data+end 1 a",
            repeated(4) { "HEADERS+end+fields \($0 * 512 + 513)" }
        ),
    ]

    /// Requests from the second on that are answered.
    private static func exchanges(_ count: Int) -> String {
        repeated(count) { "!ask+end | EMPTY \($0 * 2 + 3)" }
    }

    private static func repeated(_ count: Int, _ step: (Int) -> String) -> String {
        (0..<count).map(step).joined(separator: " | ")
    }

    @Test(arguments: idle + numbers)
    func `only HEADERS and PRIORITY may come on a stream that is idle`(row: HTTP2Row) { row.check() }

    @Test(arguments: halfClosed + over)
    func `nothing more may come behind the end of a stream`(row: HTTP2Row) { row.check() }

    @Test(arguments: overForClient)
    func `what comes on a stream of a client's that is over is ignored`(row: HTTP2Row) { row.check() }

    @Test(arguments: resetByUs)
    func `what comes on a stream that we have reset is ignored`(row: HTTP2Row) { row.check() }

    @Test(arguments: concurrency)
    func `a stream above the limit is refused`(row: HTTP2Row) { row.check() }
}
