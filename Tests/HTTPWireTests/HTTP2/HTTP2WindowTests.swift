import HTTPWire
import Testing

/// Windows both ways (RFC 9113 sections 5.2 and 6.9): 1,000 octets of ours for a stream, 65,535 for the connection.
@Suite struct HTTP2WindowTests {
    static let receiving: [HTTP2Row] = [
        .server("the whole window", "POST 1 | DATA 1 x*1000 | DATA+end 1", "head 1 | data 1 1000 | data+end 1"),
        .server(
            "more",
            "POST 1 | DATA 1 x*1000 | DATA 1 \"a\" | GET 3",
            "head 1 | data 1 1000 | reset 1 FLOW_CONTROL_ERROR | head+end 3",
            "RESET 1 FLOW_CONTROL_ERROR"
        ),
        .server(
            "more at once",
            "POST 1 | DATA 1 x*1001",
            "head 1 | reset 1 FLOW_CONTROL_ERROR",
            "RESET 1 FLOW_CONTROL_ERROR"
        ),
        .server(
            "more because of the padding",
            "POST 1 | DATA+padded 1 u8:1 x*998 00 | DATA+padded 1 u8:1 x*999 00",
            "head 1 | data 1 998 | reset 1 FLOW_CONTROL_ERROR",
            "RESET 1 FLOW_CONTROL_ERROR"
        ),
        .server(
            "half of it credited",
            "POST 1 | DATA 1 x*600 | !credit 1 499 | !credit 1 1 | DATA 1 x*900",
            "head 1 | data 1 600 | data 1 900",
            "WINDOW 1 500"
        ),
        .server(
            "padding, which is credited",
            "POST 1 | DATA+padded 1 u8:255 x*400 \(zeros(255)) | DATA+padded 1 u8:255 \(zeros(255)) | DATA 1 x*512",
            "head 1 | data 1 400 | data 1 512",
            "WINDOW 1 512"
        ),
        .server(
            "the end of a body needs no credit",
            "POST 1 | DATA+end 1 x*900 | !credit 1 900",
            "head 1 | data+end 1 900"
        ),
        .server(
            "a stream that is over needs none",
            "POST 1 | DATA 1 x*900 | RESET 1 u32:8 | !credit 1 900",
            "head 1 | data 1 900 | reset 1 CANCEL"
        ),
        .server(
            "the connection's, credited in many pieces",
            streams(36, "x*1000") + " | !credit 0 32766 | !credit 0 1",
            streamEvents(36, 1_000),
            streamFrames(36) + " | WINDOW 0 32767"
        ),
        .server(
            "more than the connection's",
            streams(65, "x*1000") + " | POST 131 | DATA 131 x*536",
            streamEvents(65, 1_000) + " | head 131 | failed FLOW_CONTROL_ERROR",
            streamFrames(65) + " | GOAWAY 131 FLOW_CONTROL_ERROR"
        ),
        .server(
            "all of the connection's",
            streams(65, "x*1000") + " | POST 131 | DATA 131 x*535 | DATA+end 131",
            streamEvents(65, 1_000) + " | head 131 | data 131 535 | data+end 131",
            streamFrames(65)
        ),
        .server(
            "DATA that is refused, which is credited",
            "\(repeated(3) { "GET \($0 * 2 + 1) | DATA 1 x*11000" }) | GET 7",
            "head+end 1 | reset 1 STREAM_CLOSED | head+end 3 | head+end 5 | head+end 7",
            "RESET 1 STREAM_CLOSED | WINDOW 0 33000"
        ),
        .server(
            "before our settings are known",
            "^ preface | SETTINGS 0 | POST 1 | DATA 1 x*16384 | DATA 1 x*16384 | DATA 1 x*16384 | DATA 1 x*16383 | SETTINGS+ack 0 | !credit 1 65535 | DATA 1 x*1000 | DATA 1 \"a\"",
            "head 1 | data 1 16384 | data 1 16384 | data 1 16384 | data 1 16383 | data 1 1000 | reset 1 FLOW_CONTROL_ERROR",
            "SETTINGS+ack | WINDOW 0 65535 | WINDOW 1 65535 | RESET 1 FLOW_CONTROL_ERROR"
        ),
        .server(
            "more than before our settings are known",
            "^ preface | SETTINGS 0 | POST 1 | DATA 1 x*16384 | DATA 1 x*16384 | DATA 1 x*16384 | DATA 1 x*16384",
            "head 1 | data 1 16384 | data 1 16384 | data 1 16384 | failed FLOW_CONTROL_ERROR",
            "SETTINGS+ack | GOAWAY 1 FLOW_CONTROL_ERROR"
        ),
    ]

    static let sending: [HTTP2Row] = [
        .server(
            "the whole window",
            "GET 1 | !ok 1 | !send+end 1 65535",
            "head+end 1",
            "HEADERS+fields 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA+end 1 16383"
        ),
        .server(
            "more",
            "GET 1 | !ok 1 | !send+end 1 65536",
            "head+end 1 | sent 65535",
            "HEADERS+fields 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16383"
        ),
        .server(
            "larger frames are not needed",
            "SETTINGS 0 5=16777215 | GET 1 | !ok 1 | !send+end 1 20000",
            "head+end 1",
            "SETTINGS+ack | HEADERS+fields 1 | DATA 1 16384 | DATA+end 1 3616"
        ),
        .server(
            "a small window",
            "SETTINGS 0 4=10 | GET 1 | !ok 1 | !send 1 11 | WINDOW 1 u32:5 | !send+end 1 4",
            "head+end 1 | sent 10 | writable 1",
            "SETTINGS+ack | HEADERS+fields 1 | DATA 1 10 | DATA+end 1 4"
        ),
        .server(
            "no window",
            "SETTINGS 0 4=0 | GET 1 | !ok 1 | !send 1 1 | WINDOW 1 u32:1 | !send+end 1 1",
            "head+end 1 | sent 0 | writable 1",
            "SETTINGS+ack | HEADERS+fields 1 | DATA+end 1 1"
        ),
        .server(
            "an end needs no window",
            "SETTINGS 0 4=0 | GET 1 | !ok 1 | !send+end 1 0 | !streams",
            "head+end 1 | 0 streams",
            "SETTINGS+ack | HEADERS+fields 1 | DATA+end 1 0"
        ),
        .server(
            "nobody waits",
            "GET 1 | !ok 1 | !send 1 10 | WINDOW 1 u32:5 | WINDOW 0 u32:5",
            "head+end 1",
            "HEADERS+fields 1 | DATA 1 10"
        ),
        .server(
            "nobody waits any more",
            "SETTINGS 0 4=10 | GET 1 | !ok 1 | !send 1 11 | WINDOW 1 u32:5 | WINDOW 1 u32:5",
            "head+end 1 | sent 10 | writable 1",
            "SETTINGS+ack | HEADERS+fields 1 | DATA 1 10"
        ),
        .server(
            "the connection's",
            "GET 1 | !ok 1 | WINDOW 1 u32:9 | !send 1 65536 | WINDOW 1 u32:5 | WINDOW 0 u32:5 | !send+end 1 4",
            "head+end 1 | sent 65535 | writable 0",
            "HEADERS+fields 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16383 | DATA+end 1 4"
        ),
        .server(
            "both",
            "GET 1 | !ok 1 | !send 1 65536 | WINDOW 1 u32:5 | WINDOW 0 u32:5",
            "head+end 1 | sent 65535 | writable 0",
            "HEADERS+fields 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16383"
        ),
        .server(
            "both, the connection's first",
            "GET 1 | !ok 1 | !send 1 65536 | WINDOW 0 u32:5 | !send 1 1 | WINDOW 1 u32:5",
            "head+end 1 | sent 65535 | writable 0 | sent 0 | writable 1",
            "HEADERS+fields 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16383"
        ),
        .server(
            "another stream's waits for the connection's",
            "GET 1 | GET 3 | !ok 1 | !ok 3 | !send 1 65535 | !send 3 1 | WINDOW 3 u32:5 | WINDOW 0 u32:5",
            "head+end 1 | head+end 3 | sent 0 | writable 0",
            "HEADERS+fields 1 | HEADERS+fields 3 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16383"
        ),
        .server(
            "made larger by settings",
            "SETTINGS 0 4=0 | GET 1 | GET 3 | !ok 1 | !ok 3 | !send 1 1 | !send 3 1 | SETTINGS 0 4=1 | !send+end 1 1",
            "head+end 1 | head+end 3 | sent 0 | sent 0 | writable 0",
            "SETTINGS+ack | HEADERS+fields 1 | HEADERS+fields 3 | SETTINGS+ack | DATA+end 1 1"
        ),
        .server(
            "one that waited for its own window waits for the connection's",
            "SETTINGS 0 4=10 | GET 1 | GET 3 | !ok 1 | !ok 3 | !send 3 11 | WINDOW 1 u32:65515 | !send 1 65525"
                + " | WINDOW 3 u32:5 | WINDOW 0 u32:5 | !send+end 3 1",
            "head+end 1 | head+end 3 | sent 10 | writable 0",
            "SETTINGS+ack | HEADERS+fields 1 | HEADERS+fields 3 | DATA 3 10"
                + " | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16373 | DATA+end 3 1"
        ),
        .server(
            "nobody waits for the connection's any more",
            "GET 1 | !ok 1 | WINDOW 1 u32:9 | !send 1 65536 | WINDOW 0 u32:5 | WINDOW 0 u32:5",
            "head+end 1 | sent 65535 | writable 0",
            "HEADERS+fields 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16383"
        ),
        .server(
            "made larger by settings, but not the connection's",
            "GET 1 | !ok 1 | !send 1 65536 | SETTINGS 0 4=65536 | WINDOW 0 u32:5 | !send+end 1 1",
            "head+end 1 | sent 65535 | writable 0",
            "HEADERS+fields 1 | DATA 1 16384 | DATA 1 16384 | DATA 1 16384 | DATA 1 16383 | SETTINGS+ack | DATA+end 1 1"
        ),
        .server(
            "made smaller by settings, below zero",
            "SETTINGS 0 4=10 | GET 1 | !ok 1 | !send 1 9 | SETTINGS 0 4=5 | !send 1 2 | WINDOW 1 u32:4 | WINDOW 1 u32:1 | !send 1 2",
            "head+end 1 | sent 0 | writable 1 | sent 1",
            "SETTINGS+ack | HEADERS+fields 1 | DATA 1 9 | SETTINGS+ack | DATA 1 1"
        ),
    ]

    static let faults: [HTTP2Row] = [
        .server(
            "nothing, for a stream",
            "GET 1 | WINDOW 1 u32:0",
            "head+end 1 | reset 1 PROTOCOL_ERROR",
            "RESET 1 PROTOCOL_ERROR"
        ),
        .server("nothing, for the connection", "WINDOW 0 u32:0", fails: .protocolError),
        .server("nothing but the reserved bit", "WINDOW 0 u32:2147483648", fails: .protocolError),
        .server("the largest, for the connection", "WINDOW 0 u32:2147418112 | GET 1", "head+end 1"),
        .server("too much, for the connection", "WINDOW 0 u32:2147418113", fails: .flowControlError),
        .server("too much, in two steps", "WINDOW 0 u32:2147418112 | WINDOW 0 u32:1", fails: .flowControlError),
        .server("the largest, for a stream", "GET 1 | WINDOW 1 u32:2147418112", "head+end 1"),
        .server(
            "too much, for a stream",
            "GET 1 | WINDOW 1 u32:2147418113 | GET 3",
            "head+end 1 | reset 1 FLOW_CONTROL_ERROR | head+end 3",
            "RESET 1 FLOW_CONTROL_ERROR"
        ),
        .server(
            "too much by settings",
            "GET 1 | WINDOW 1 u32:2147418112 | SETTINGS 0 4=65536",
            "head+end 1",
            fails: .flowControlError,
            last: 1
        ),
        .server("as much as may be by settings", "GET 1 | SETTINGS 0 4=2147483647", "head+end 1", "SETTINGS+ack"),
    ]

    private static func repeated(_ count: Int, _ step: (Int) -> String) -> String {
        (0..<count).map(step).joined(separator: " | ")
    }

    /// So many requests one after the other, each with a body.
    private static func streams(_ count: Int, _ body: String) -> String {
        repeated(count) {
            let stream = $0 * 2 + 1
            return "POST \(stream) | DATA \(stream) \(body) | DATA+end \(stream) | !ok+end \(stream)"
        }
    }

    private static func streamEvents(_ count: Int, _ octets: Int) -> String {
        repeated(count) { "head \($0 * 2 + 1) | data \($0 * 2 + 1) \(octets) | data+end \($0 * 2 + 1)" }
    }

    private static func streamFrames(_ count: Int) -> String {
        repeated(count) { "HEADERS+end+fields \($0 * 2 + 1)" }
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

    @Test(arguments: receiving)
    func `a peer sends no more than our windows take`(row: HTTP2Row) { row.check() }

    @Test(arguments: sending)
    func `no more is sent than the peer's windows take`(row: HTTP2Row) { row.check() }

    @Test(arguments: faults)
    func `windows become no larger than they may be`(row: HTTP2Row) { row.check() }
}
