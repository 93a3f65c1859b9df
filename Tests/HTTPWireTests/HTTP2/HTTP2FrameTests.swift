import HTTPWire
import Testing

/// Frames by themselves (RFC 9113 sections 3.4, 4, 5.5 and 6): their sizes, padding, streams and flags.
@Suite struct HTTP2FrameTests {
    private static let failed = "failed PROTOCOL_ERROR"
    private static let leave = "GOAWAY 0 PROTOCOL_ERROR"

    static let beginnings: [HTTP2Row] = [
        .server("as it should", "^ preface | SETTINGS 0 | SETTINGS+ack 0 | GET 1", "head+end 1", "SETTINGS+ack"),
        .server("nothing yet", "^", ""),
        .server("some of the preface", "^ raw 505249202a", ""),
        .server("HTTP/1", "^ raw \"GET\" 20 \"/\"", failed, leave),
        .server("a preface that goes wrong", "^ raw 505249202a20485454502f322e300d0a0d0a534d0d0a0d0b", failed, leave),
        .server("frames without a preface", "^ SETTINGS 0", failed, leave),
        .server("no SETTINGS", "^ preface | GET 1", failed, leave),
        .server("PING before SETTINGS", "^ preface | PING 0 \"12345678\"", failed, leave),
        .server("an unknown frame before SETTINGS", "^ preface | X 0", failed, leave),
        .server("an acknowledgement before SETTINGS", "^ preface | SETTINGS+ack 0", failed, leave),
        .server("settings at once", "^ preface | SETTINGS 0 3=100 4=65535 | GET 1", "head+end 1", "SETTINGS+ack"),
        .client("as it should, of a server", "^ SETTINGS 0 | SETTINGS+ack 0", "", "SETTINGS+ack"),
        .client(
            "a server of HTTP/1",
            "^ raw \"HTTP/1.1\" 20 \"400\" 20 \"Bad\"",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .client("no SETTINGS of a server", "^ PING 0 \"12345678\"", failed, leave),
        .client("a preface of a server", "^ preface", "failed FRAME_SIZE_ERROR", "GOAWAY 0 FRAME_SIZE_ERROR"),
    ]

    static let sizes: [HTTP2Row] = [
        .server("as large as may be", "POST 1 | DATA+end 1 x*1000", "head 1 | data+end 1 1000"),
        .server(
            "larger",
            "POST 1 | DATA+end 1 length=16385",
            "head 1 | failed FRAME_SIZE_ERROR",
            "GOAWAY 1 FRAME_SIZE_ERROR"
        ),
        .server(
            "an unknown one that is larger",
            "X 0 length=16385",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server(
            "HEADERS that are larger",
            "HEADERS+fields 1 length=16385",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server(
            "SETTINGS of half a parameter",
            "SETTINGS 0 000300",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server(
            "an acknowledgement with settings",
            "SETTINGS+ack 0 3=1",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server("a short PING", "PING 0 \"1234567\"", "failed FRAME_SIZE_ERROR", "GOAWAY 0 FRAME_SIZE_ERROR"),
        .server("a long PING", "PING 0 \"123456789\"", "failed FRAME_SIZE_ERROR", "GOAWAY 0 FRAME_SIZE_ERROR"),
        .server("a short GOAWAY", "GOAWAY 0 u32:0 000000", "failed FRAME_SIZE_ERROR", "GOAWAY 0 FRAME_SIZE_ERROR"),
        .server(
            "a short RST_STREAM",
            "POST 1 | RESET 1 000000",
            "head 1 | failed FRAME_SIZE_ERROR",
            "GOAWAY 1 FRAME_SIZE_ERROR"
        ),
        .server(
            "a long RST_STREAM",
            "POST 1 | RESET 1 u32:8 00",
            "head 1 | failed FRAME_SIZE_ERROR",
            "GOAWAY 1 FRAME_SIZE_ERROR"
        ),
        .server("a short WINDOW_UPDATE", "WINDOW 0 000001", "failed FRAME_SIZE_ERROR", "GOAWAY 0 FRAME_SIZE_ERROR"),
        .server(
            "a long WINDOW_UPDATE",
            "POST 1 | WINDOW 1 u32:1 00",
            "head 1 | failed FRAME_SIZE_ERROR",
            "GOAWAY 1 FRAME_SIZE_ERROR"
        ),
        .server(
            "a short PRIORITY",
            "POST 1 | PRIORITY 1 u32:0",
            "head 1 | reset 1 FRAME_SIZE_ERROR",
            "RESET 1 FRAME_SIZE_ERROR"
        ),
        .server(
            "a long PRIORITY",
            "POST 1 | PRIORITY 1 u32:0 0000",
            "head 1 | reset 1 FRAME_SIZE_ERROR",
            "RESET 1 FRAME_SIZE_ERROR"
        ),
        .server(
            "a short PRIORITY of no stream",
            "PRIORITY 1 u32:0",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server(
            "HEADERS that end in the priority",
            "HEADERS+fields+priority 1 u32:0",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server(
            "HEADERS without the length of the padding",
            "HEADERS+fields+padded 1",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server(
            "DATA without the length of the padding",
            "POST 1 | DATA+padded 1",
            "head 1 | failed FRAME_SIZE_ERROR",
            "GOAWAY 1 FRAME_SIZE_ERROR"
        ),
    ]

    static let paddings: [HTTP2Row] = [
        .server("padded DATA", "POST 1 | DATA+end+padded 1 u8:3 \"abc\" 000000", "head 1 | data+end 1 abc"),
        .server("no padding, and its length", "POST 1 | DATA+end+padded 1 u8:0 \"abc\"", "head 1 | data+end 1 abc"),
        .server("padding and nothing else", "POST 1 | DATA+end+padded 1 u8:3 000000", "head 1 | data+end 1"),
        .server(
            "more padding than DATA",
            "POST 1 | DATA+end+padded 1 u8:4 000000",
            "head 1 | \(failed)",
            "GOAWAY 1 PROTOCOL_ERROR"
        ),
        .server("padded HEADERS", "HEADERS+end+fields+padded 1 u8:2 get 0000", "head+end 1"),
        .server("more padding than HEADERS", "HEADERS+end+fields+padded 1 u8:7 get", failed, leave),
        .server(
            "padding instead of the priority",
            "HEADERS+end+fields+padded+priority 1 u8:2 u32:0 0000",
            "failed FRAME_SIZE_ERROR",
            "GOAWAY 0 FRAME_SIZE_ERROR"
        ),
        .server("padding and a priority", "HEADERS+end+fields+padded+priority 1 u8:2 u32:0 10 get 0000", "head+end 1"),
        .server("a priority", "HEADERS+end+fields+priority 3 u32:1 10 get", "head+end 3"),
        .server("an exclusive priority", "HEADERS+end+fields+priority 3 u32:2147483649 10 get", "head+end 3"),
    ]

    static let streams: [HTTP2Row] = [
        .server("DATA", "DATA 0 \"a\"", failed, leave),
        .server("HEADERS", "HEADERS+end+fields 0 get", failed, leave),
        .server("PRIORITY", "PRIORITY 0 u32:1 00", failed, leave),
        .server("RST_STREAM", "RESET 0 u32:8", failed, leave),
        .server("CONTINUATION", "CONTINUATION+fields 0 get", failed, leave),
        .server("SETTINGS of a stream", "SETTINGS 1 3=1", failed, leave),
        .server("an acknowledgement of a stream", "SETTINGS+ack 1", failed, leave),
        .server("PING of a stream", "PING 1 \"12345678\"", failed, leave),
        .server("GOAWAY of a stream", "GOAWAY 1 u32:0 u32:0", failed, leave),
        .server("a reserved bit", "HEADERS+end+fields 2147483649 get", "head+end 1"),
    ]

    static let others: [HTTP2Row] = [
        .server("PING", "PING 0 \"12345678\"", "", "PING+ack 12345678"),
        .server("PING with all flags but one", "raw 000008 06 fe 00000000 \"12345678\"", "", "PING+ack 12345678"),
        .server(
            "an answer to PING",
            "!ping | PING+ack 0 0000000000000000",
            "",
            "PING \(String(repeating: "\u{0}", count: 8))"
        ),
        .server("an unknown frame", "X 0 \"abc\" | GET 1", "head+end 1"),
        .server("an unknown frame of a stream", "X 7 \"abc\" | GET 1", "head+end 1"),
        .server("an unknown frame with all flags", "X+all 0 \"abc\" | GET 1", "head+end 1"),
        .server(
            "unknown flags",
            "raw 000006 01 d7 00000001 get | raw 000008 06 fe 00000000 \"12345678\"",
            "head+end 1",
            "PING+ack 12345678"
        ),
        .server("a promise", "POST 1 | PUSH+fields 1 u32:2 get", "head 1 | \(failed)", "GOAWAY 1 PROTOCOL_ERROR"),
        .client(
            "a promise of a server",
            "!ask+end | PUSH+fields 1 u32:2 get",
            failed,
            "HEADERS+end+fields 1 | GOAWAY 0 PROTOCOL_ERROR"
        ),
        .server("PRIORITY of no stream", "PRIORITY 7 u32:1 00 | GET 1", "head+end 1"),
        .server(
            "PRIORITY of a stream that is over",
            "GET 1 | !ok+end 1 | PRIORITY 1 u32:3 00",
            "head+end 1",
            "HEADERS+end+fields 1"
        ),
        .server("PRIORITY of a stream", "POST 1 | PRIORITY 1 u32:3 00", "head 1"),
        .server(
            "PRIORITY on itself",
            "POST 1 | PRIORITY 1 u32:1 00",
            "head 1 | reset 1 PROTOCOL_ERROR",
            "RESET 1 PROTOCOL_ERROR"
        ),
        .server("PRIORITY of no stream on itself", "PRIORITY 2 u32:2 00", failed, leave),
        .server(
            "PRIORITY on itself of a stream that is over",
            "GET 1 | !ok+end 1 | PRIORITY 1 u32:1 00",
            "head+end 1",
            "HEADERS+end+fields 1"
        ),
        .server(
            "HEADERS on themselves",
            "HEADERS+end+fields+priority 1 u32:1 00 get | GET 3",
            "head+end 3",
            "RESET 1 PROTOCOL_ERROR"
        ),
        .server(
            "trailers on themselves",
            "POST 1 | HEADERS+end+fields+priority 1 u32:1 00 trailers",
            "head 1 | reset 1 PROTOCOL_ERROR",
            "RESET 1 PROTOCOL_ERROR"
        ),
        .server("nothing behind a fault", "DATA 0 \"a\" | GET 1 | PING 0 \"12345678\" | !ping | !away", failed, leave),
    ]

    static let blocks: [HTTP2Row] = [
        .server("in two frames", "HEADERS+end 1 8284 | CONTINUATION+fields 1 87010161", "head+end 1"),
        .server("in three frames", "HEADERS 1 82 | CONTINUATION 1 84 | CONTINUATION+fields 1 87010161", "head 1"),
        .server(
            "the end of the stream at the end of the block",
            "HEADERS 1 8284 | CONTINUATION+end+fields 1 87010161 | DATA+end 1",
            "head 1 | data+end 1"
        ),
        .server("empty frames", "HEADERS+end 1 | CONTINUATION 1 | CONTINUATION+fields 1 get", "head+end 1"),
        .server(
            "padding in the first",
            "HEADERS+end+padded 1 u8:2 8284 0000 | CONTINUATION+fields 1 87010161",
            "head+end 1"
        ),
        .server(
            "trailers in two frames",
            "POST 1 | HEADERS+end 1 0001 | CONTINUATION+fields 1 610162",
            "head 1 | trailers 1"
        ),
        .server("another frame between", "HEADERS+end 1 8284 | PING 0 \"12345678\"", failed, leave),
        .server("an unknown frame between", "HEADERS+end 1 8284 | X 0", failed, leave),
        .server("HEADERS between", "HEADERS+end 1 8284 | GET 3", failed, leave),
        .server("the same HEADERS again", "HEADERS+end 1 8284 | HEADERS+end 1 8284", failed, leave),
        .server("PRIORITY between", "HEADERS+end 1 8284 | PRIORITY 1 u32:3 00", failed, leave),
        .server("of another stream", "HEADERS+end 1 8284 | CONTINUATION+fields 3 87010161", failed, leave),
        .server(
            "behind the end",
            "GET 1 | CONTINUATION+fields 1 87",
            "head+end 1 | \(failed)",
            "GOAWAY 1 PROTOCOL_ERROR"
        ),
        .server(
            "behind DATA",
            "POST 1 | DATA 1 \"a\" | CONTINUATION+fields 1 87",
            "head 1 | data 1 a | \(failed)",
            "GOAWAY 1 PROTOCOL_ERROR"
        ),
        .server("before anything", "CONTINUATION+fields 1 87", failed, leave),
        .server("broken", "HEADERS+end+fields 1 broken", "failed COMPRESSION_ERROR", "GOAWAY 0 COMPRESSION_ERROR"),
        .server(
            "broken in two frames",
            "HEADERS+end 1 82 | CONTINUATION+fields 1 40",
            "failed COMPRESSION_ERROR",
            "GOAWAY 0 COMPRESSION_ERROR"
        ),
        .server(
            "broken trailers",
            "POST 1 | HEADERS+end+fields 1 broken",
            "head 1 | failed COMPRESSION_ERROR",
            "GOAWAY 1 COMPRESSION_ERROR"
        ),
        .server(
            "a table that is larger than ours",
            "HEADERS+end+fields 1 3fe21f get",
            "failed COMPRESSION_ERROR",
            "GOAWAY 0 COMPRESSION_ERROR"
        ),
        .server(
            "too large",
            "HEADERS+end+fields 1 get 00016170 x*112 000162 70 x*112 | GET 3",
            "head+end 1 too large | head+end 3"
        ),
    ]

    @Test(arguments: beginnings)
    func `a connection begins with the preface and settings`(row: HTTP2Row) { row.check() }

    @Test(arguments: sizes + paddings)
    func `frames have the sizes that they should have`(row: HTTP2Row) { row.check() }

    @Test(arguments: streams + others)
    func `frames are of the streams that they may be of`(row: HTTP2Row) { row.check() }

    @Test(arguments: blocks)
    func `a field block is one, in however many frames it comes`(row: HTTP2Row) { row.check() }
}
