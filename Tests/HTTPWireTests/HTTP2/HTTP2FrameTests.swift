import HTTPWire
import Testing

/// Frames by themselves (RFC 9113 sections 3.4, 4, 5.5 and 6): their sizes, padding, streams and flags.
@Suite struct HTTP2FrameTests {
    static let beginnings: [HTTP2Row] = [
        .server("as it should", "^ preface | SETTINGS 0 | SETTINGS+ack 0 | GET 1", "head+end 1", "SETTINGS+ack"),
        .server("nothing yet", "^", ""),
        .server("some of the preface", "^ raw 505249202a", ""),
        .server("HTTP/1", "^ raw \"GET\" 20 \"/\"", fails: .protocolError),
        .server(
            "a preface that goes wrong",
            "^ raw 505249202a20485454502f322e300d0a0d0a534d0d0a0d0b",
            fails: .protocolError
        ),
        .server("frames without a preface", "^ SETTINGS 0", fails: .protocolError),
        .server("no SETTINGS", "^ preface | GET 1", fails: .protocolError),
        .server("PING before SETTINGS", "^ preface | PING 0 \"12345678\"", fails: .protocolError),
        .server("an unknown frame before SETTINGS", "^ preface | X 0", fails: .protocolError),
        .server("an acknowledgement before SETTINGS", "^ preface | SETTINGS+ack 0", fails: .protocolError),
        .server("settings at once", "^ preface | SETTINGS 0 3=100 4=65535 | GET 1", "head+end 1", "SETTINGS+ack"),
        .client("as it should, of a server", "^ SETTINGS 0 | SETTINGS+ack 0", "", "SETTINGS+ack"),
        .client("a server of HTTP/1", "^ raw \"HTTP/1.1\" 20 \"400\" 20 \"Bad\"", fails: .frameSizeError),
        .client("no SETTINGS of a server", "^ PING 0 \"12345678\"", fails: .protocolError),
        .client("a preface of a server", "^ preface", fails: .frameSizeError),
    ]

    static let sizes: [HTTP2Row] = [
        .server("as large as may be", "POST 1 | DATA+end 1 x*1000", "head 1 | data+end 1 1000"),
        .server("larger", "POST 1 | DATA+end 1 length=16385", "head 1", fails: .frameSizeError, last: 1),
        .server("an unknown one that is larger", "X 0 length=16385", fails: .frameSizeError),
        .server("HEADERS that are larger", "HEADERS+fields 1 length=16385", fails: .frameSizeError),
        .server("SETTINGS of half a parameter", "SETTINGS 0 000300", fails: .frameSizeError),
        .server("an acknowledgement with settings", "SETTINGS+ack 0 3=1", fails: .frameSizeError),
        .server("a short PING", "PING 0 \"1234567\"", fails: .frameSizeError),
        .server("a long PING", "PING 0 \"123456789\"", fails: .frameSizeError),
        .server("a short GOAWAY", "GOAWAY 0 u32:0 000000", fails: .frameSizeError),
        .server("a short RST_STREAM", "POST 1 | RESET 1 000000", "head 1", fails: .frameSizeError, last: 1),
        .server("a long RST_STREAM", "POST 1 | RESET 1 u32:8 00", "head 1", fails: .frameSizeError, last: 1),
        .server("a short WINDOW_UPDATE", "WINDOW 0 000001", fails: .frameSizeError),
        .server("a long WINDOW_UPDATE", "POST 1 | WINDOW 1 u32:1 00", "head 1", fails: .frameSizeError, last: 1),
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
        .server("a short PRIORITY of no stream", "PRIORITY 1 u32:0", fails: .frameSizeError),
        .server("HEADERS that end in the priority", "HEADERS+fields+priority 1 u32:0", fails: .frameSizeError),
        .server("HEADERS without the length of the padding", "HEADERS+fields+padded 1", fails: .frameSizeError),
        .server(
            "DATA without the length of the padding",
            "POST 1 | DATA+padded 1",
            "head 1",
            fails: .frameSizeError,
            last: 1
        ),
    ]

    static let paddings: [HTTP2Row] = [
        .server("padded DATA", "POST 1 | DATA+end+padded 1 u8:3 \"abc\" 000000", "head 1 | data+end 1 abc"),
        .server("no padding, and its length", "POST 1 | DATA+end+padded 1 u8:0 \"abc\"", "head 1 | data+end 1 abc"),
        .server("padding and nothing else", "POST 1 | DATA+end+padded 1 u8:3 000000", "head 1 | data+end 1"),
        .server(
            "more padding than DATA",
            "POST 1 | DATA+end+padded 1 u8:4 000000",
            "head 1",
            fails: .protocolError,
            last: 1
        ),
        .server("padded HEADERS", "HEADERS+end+fields+padded 1 u8:2 get 0000", "head+end 1"),
        .server("more padding than HEADERS", "HEADERS+end+fields+padded 1 u8:7 get", fails: .protocolError),
        .server(
            "padding instead of the priority",
            "HEADERS+end+fields+padded+priority 1 u8:2 u32:0 0000",
            fails: .frameSizeError
        ),
        .server("padding and a priority", "HEADERS+end+fields+padded+priority 1 u8:2 u32:0 10 get 0000", "head+end 1"),
        .server("a priority", "HEADERS+end+fields+priority 3 u32:1 10 get", "head+end 3"),
        .server("an exclusive priority", "HEADERS+end+fields+priority 3 u32:2147483649 10 get", "head+end 3"),
    ]

    static let streams: [HTTP2Row] = [
        .server("DATA", "DATA 0 \"a\"", fails: .protocolError),
        .server("HEADERS", "HEADERS+end+fields 0 get", fails: .protocolError),
        .server("PRIORITY", "PRIORITY 0 u32:1 00", fails: .protocolError),
        .server("RST_STREAM", "RESET 0 u32:8", fails: .protocolError),
        .server("CONTINUATION", "CONTINUATION+fields 0 get", fails: .protocolError),
        .server("SETTINGS of a stream", "SETTINGS 1 3=1", fails: .protocolError),
        .server("an acknowledgement of a stream", "SETTINGS+ack 1", fails: .protocolError),
        .server("PING of a stream", "PING 1 \"12345678\"", fails: .protocolError),
        .server("GOAWAY of a stream", "GOAWAY 1 u32:0 u32:0", fails: .protocolError),
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
        .server("a promise", "POST 1 | PUSH+fields 1 u32:2 get", "head 1", fails: .protocolError, last: 1),
        .client(
            "a promise of a server",
            "!ask+end | PUSH+fields 1 u32:2 get",
            "failed PROTOCOL_ERROR",
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
        .server("PRIORITY of no stream on itself", "PRIORITY 2 u32:2 00", fails: .protocolError),
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
        .server(
            "nothing behind a fault",
            "DATA 0 \"a\" | GET 1 | PING 0 \"12345678\" | !ping | !away",
            fails: .protocolError
        ),
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
        .server("another frame between", "HEADERS+end 1 8284 | PING 0 \"12345678\"", fails: .protocolError),
        .server("an unknown frame between", "HEADERS+end 1 8284 | X 0", fails: .protocolError),
        .server("HEADERS between", "HEADERS+end 1 8284 | GET 3", fails: .protocolError),
        .server("the same HEADERS again", "HEADERS+end 1 8284 | HEADERS+end 1 8284", fails: .protocolError),
        .server("PRIORITY between", "HEADERS+end 1 8284 | PRIORITY 1 u32:3 00", fails: .protocolError),
        .server("of another stream", "HEADERS+end 1 8284 | CONTINUATION+fields 3 87010161", fails: .protocolError),
        .server("behind the end", "GET 1 | CONTINUATION+fields 1 87", "head+end 1", fails: .protocolError, last: 1),
        .server(
            "behind DATA",
            "POST 1 | DATA 1 \"a\" | CONTINUATION+fields 1 87",
            "head 1 | data 1 a",
            fails: .protocolError,
            last: 1
        ),
        .server("before anything", "CONTINUATION+fields 1 87", fails: .protocolError),
        .server("broken", "HEADERS+end+fields 1 broken", fails: .compressionError),
        .server("broken in two frames", "HEADERS+end 1 82 | CONTINUATION+fields 1 40", fails: .compressionError),
        .server("broken trailers", "POST 1 | HEADERS+end+fields 1 broken", "head 1", fails: .compressionError, last: 1),
        .server("a table that is larger than ours", "HEADERS+end+fields 1 3fe21f get", fails: .compressionError),
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
