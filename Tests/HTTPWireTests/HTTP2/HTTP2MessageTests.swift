import HTTPWire
import Testing

/// Streams that begin, exchange messages and end (RFC 9113 sections 5.1 and 8.1).
@Suite struct HTTP2MessageTests {
    static let served: [HTTP2Row] = [
        .server("a request", "GET 1 | !ok+end 1 | !streams", "head+end 1 | 0 streams", "HEADERS+end+fields 1"),
        .server(
            "a response with a body",
            "GET 1 | !ok 1 | !send 1 5 | !send+end 1 7 | !streams",
            "head+end 1 | 0 streams",
            "HEADERS+fields 1 | DATA 1 5 | DATA+end 1 7"
        ),
        .server("a body", "POST 1 | DATA 1 \"abc\" | DATA+end 1 \"d\"", "head 1 | data 1 abc | data+end 1 d"),
        .server(
            "a body that ends with nothing",
            "POST 1 | DATA 1 \"a\" | DATA+end 1",
            "head 1 | data 1 a | data+end 1"
        ),
        .server("trailers", "POST 1 | DATA 1 \"a\" | TRAILERS 1", "head 1 | data 1 a | trailers 1"),
        .server("trailers at once", "POST 1 | TRAILERS 1", "head 1 | trailers 1"),
        .server(
            "trailers that end nothing",
            "POST 1 | OK 1",
            "head 1 | reset 1 PROTOCOL_ERROR",
            "RESET 1 PROTOCOL_ERROR"
        ),
        .server(
            "two at a time",
            "POST 1 | POST 3 | DATA 3 \"a\" | DATA+end 1 \"b\" | DATA+end 3",
            "head 1 | head 3 | data 3 a | data+end 1 b | data+end 3"
        ),
        .server(
            "a response before the request has ended",
            "POST 1 | !ok+end 1 | DATA 1 \"a\" | !streams | DATA+end 1 | !streams",
            "head 1 | data 1 a | 1 streams | data+end 1 | 0 streams",
            "HEADERS+end+fields 1"
        ),
        .server(
            "a response in the place of the rest of the request",
            "POST 1 | !ok+end 1 | !reset 1 0 | DATA 1 \"a\" | DATA+end 1 \"b\"",
            "head 1",
            "HEADERS+end+fields 1 | RESET 1 NO_ERROR"
        ),
        .server(
            "trailers of ours",
            "GET 1 | !ok 1 | !send 1 5 | !ok+end 1",
            "head+end 1",
            "HEADERS+fields 1 | DATA 1 5 | HEADERS+end+fields 1"
        ),
        .server(
            "nothing behind the end",
            "GET 1 | !ok+end 1 | !send 1 5 | !ok 1 | !reset 1 8",
            "head+end 1",
            "HEADERS+end+fields 1"
        ),
        .server(
            "an end without a body",
            "GET 1 | !ok 1 | !send+end 1 0",
            "head+end 1",
            "HEADERS+fields 1 | DATA+end 1 0"
        ),
    ]

    static let asked: [HTTP2Row] = [
        .client("a response", "!ask+end | EMPTY 1 | !streams", "head+end 1 | 0 streams", "HEADERS+end+fields 1"),
        .client(
            "a body",
            "!ask+end | OK 1 | DATA 1 \"abc\" | DATA+end 1 \"d\" | !streams",
            "head 1 | data 1 abc | data+end 1 d | 0 streams",
            "HEADERS+end+fields 1"
        ),
        .client(
            "trailers of a server",
            "!ask+end | OK 1 | DATA 1 \"a\" | TRAILERS 1",
            "head 1 | data 1 a | trailers 1",
            "HEADERS+end+fields 1"
        ),
        .client(
            "interim responses",
            "!ask+end | EARLY 1 | EARLY 1 | OK 1 | DATA+end 1 \"a\"",
            "head 1 | head 1 | head 1 | data+end 1 a",
            "HEADERS+end+fields 1"
        ),
        .client(
            "an interim response and trailers",
            "!ask+end | EARLY 1 | OK 1 | TRAILERS 1",
            "head 1 | head 1 | trailers 1",
            "HEADERS+end+fields 1"
        ),
        .client(
            "an interim response that ends it",
            "!ask+end | HEADERS+end+fields 1 early",
            "reset 1 PROTOCOL_ERROR",
            "HEADERS+end+fields 1 | RESET 1 PROTOCOL_ERROR"
        ),
        .client(
            "an interim response behind the head",
            "!ask+end | OK 1 | EARLY 1",
            "head 1 | reset 1 PROTOCOL_ERROR",
            "HEADERS+end+fields 1 | RESET 1 PROTOCOL_ERROR"
        ),
        .client(
            "DATA before the head",
            "!ask+end | DATA 1 \"a\"",
            "reset 1 PROTOCOL_ERROR",
            "HEADERS+end+fields 1 | RESET 1 PROTOCOL_ERROR"
        ),
        .client(
            "DATA behind an interim response",
            "!ask+end | EARLY 1 | DATA 1 \"a\"",
            "head 1 | reset 1 PROTOCOL_ERROR",
            "HEADERS+end+fields 1 | RESET 1 PROTOCOL_ERROR"
        ),
        .client(
            "a head without a status",
            "!ask+end | HEADERS+fields 1 trailers | DATA+end 1 \"a\"",
            "head 1 | data+end 1 a",
            "HEADERS+end+fields 1"
        ),
        .client(
            "a response before the request has ended",
            "!ask | EMPTY 1 | !send 1 5 | RESET 1 u32:0 | !send 1 5 | !streams",
            "head+end 1 | reset 1 NO_ERROR | 0 streams",
            "HEADERS+fields 1 | DATA 1 5"
        ),
        .client(
            "a refusal",
            "!ask+end | !ask+end | RESET 3 u32:7 | EMPTY 1",
            "reset 3 REFUSED_STREAM | head+end 1",
            "HEADERS+end+fields 1 | HEADERS+end+fields 3"
        ),
        .client("a stream that is given up", "!ask | !reset 1 8", "", "HEADERS+fields 1 | RESET 1 CANCEL"),
        .client("a stream that nobody heard of", "!open | !reset 1 8 | !ask+end", "opened 1", "HEADERS+end+fields 3"),
        .server("a server begins none", "!ask | GET 1", "exhausted | head+end 1"),
    ]

    @Test(arguments: served + asked)
    func `messages are told and sent, however their octets come in`(row: HTTP2Row) { row.check() }
}
