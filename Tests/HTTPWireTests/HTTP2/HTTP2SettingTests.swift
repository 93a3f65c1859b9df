import HTTPWire
import Testing

/// SETTINGS and GOAWAY (RFC 9113 sections 6.5 and 6.8).
@Suite struct HTTP2SettingTests {
    private static let ack = "SETTINGS+ack"

    static let settings: [HTTP2Row] = [
        .server("none", "SETTINGS 0", "", ack),
        .server("push", "SETTINGS 0 2=1", "", ack),
        .server("no push", "SETTINGS 0 2=0", "", ack),
        .server("push of another value", "SETTINGS 0 2=2", fails: .protocolError),
        .client("no push of a server", "SETTINGS 0 2=0", "", ack),
        .client("push of a server", "SETTINGS 0 2=1", fails: .protocolError),
        .server("the largest window", "SETTINGS 0 4=2147483647", "", ack),
        .server("a larger window", "SETTINGS 0 4=2147483648", fails: .flowControlError),
        .server("the smallest frames", "SETTINGS 0 5=16384", "", ack),
        .server("smaller frames", "SETTINGS 0 5=16383", fails: .protocolError),
        .server("the largest frames", "SETTINGS 0 5=16777215", "", ack),
        .server("larger frames", "SETTINGS 0 5=16777216", fails: .protocolError),
        .server("no table", "SETTINGS 0 1=0 | GET 1 | !ok+end 1", "head+end 1", "\(ack) | HEADERS+end+fields 1"),
        .server(
            "a huge table",
            "SETTINGS 0 1=4294967295 | GET 1 | !ok+end 1",
            "head+end 1",
            "\(ack) | HEADERS+end+fields 1"
        ),
        .server("no priorities", "SETTINGS 0 9=1", "", ack),
        .server("no priorities of another value", "SETTINGS 0 9=2", fails: .protocolError),
        .server("extended CONNECT of a client", "SETTINGS 0 8=1", "", ack),
        .client("extended CONNECT of a server", "SETTINGS 0 8=1", "", ack),
        .server("small fields", "SETTINGS 0 6=1", "", ack),
        .server("unknown ones", "SETTINGS 0 255=1 0=7", "", ack),
        .server(
            "the same one twice",
            "SETTINGS 0 4=1 4=0 | GET 1 | !ok 1 | !send 1 1",
            "head+end 1 | sent 0",
            "\(ack) | HEADERS+fields 1"
        ),
        .server("a fault behind a right one", "SETTINGS 0 4=1 5=1", fails: .protocolError),
        .server("an acknowledgement of nothing", "SETTINGS+ack 0 | GET 1", "head+end 1"),
        .server(
            "a block that is longer than a frame",
            "GET 1 | !large+end 1 40000",
            "head+end 1",
            "HEADERS+end 1 | CONTINUATION 1 | CONTINUATION+fields 1"
        ),
        .server(
            "a block that a larger frame takes",
            "SETTINGS 0 5=50000 | GET 1 | !large+end 1 40000",
            "head+end 1",
            "\(ack) | HEADERS+end+fields 1"
        ),
        .client("no streams", "SETTINGS 0 3=0 | !ask", "none", ack),
        .client(
            "one stream",
            "SETTINGS 0 3=1 | !ask+end | !ask | EMPTY 1 | !ask",
            "none | head+end 1",
            "\(ack) | HEADERS+end+fields 1 | HEADERS+fields 3"
        ),
        .client(
            "fewer streams than there are",
            "!ask+end | !ask+end | SETTINGS 0 3=1 | EMPTY 3 | !ask | EMPTY 1 | !ask",
            "head+end 3 | none | head+end 1",
            "HEADERS+end+fields 1 | HEADERS+end+fields 3 | \(ack) | HEADERS+fields 5"
        ),
    ]

    static let leaving: [HTTP2Row] = [
        .server(
            "of a client",
            "GET 1 | GOAWAY 0 u32:0 u32:0 | GET 3 | !ok+end 1",
            "head+end 1 | away 0 NO_ERROR | head+end 3",
            "HEADERS+end+fields 1"
        ),
        .server("with a text", "GOAWAY 0 u32:0 u32:2 \"bye\"", "away 0 INTERNAL_ERROR"),
        .client(
            "of a server",
            "!ask+end | !ask+end | GOAWAY 0 u32:1 u32:0 | !streams | !ask | EMPTY 1 | !streams",
            "away 1 NO_ERROR | 1 streams | exhausted | head+end 1 | 0 streams",
            "HEADERS+end+fields 1 | HEADERS+end+fields 3"
        ),
        .client(
            "of a server, in two steps",
            "!ask+end | !ask+end | GOAWAY 0 u32:2147483647 u32:0 | !ask | !streams | GOAWAY 0 u32:1 u32:0 | !streams",
            "away 2147483647 NO_ERROR | exhausted | 2 streams | away 1 NO_ERROR | 1 streams",
            "HEADERS+end+fields 1 | HEADERS+end+fields 3"
        ),
        .client(
            "that takes more again",
            "!ask+end | !ask+end | GOAWAY 0 u32:1 u32:0 | GOAWAY 0 u32:3 u32:0 | !streams",
            "away 1 NO_ERROR | away 1 NO_ERROR | 1 streams",
            "HEADERS+end+fields 1 | HEADERS+end+fields 3"
        ),
        .client(
            "what still comes is ignored",
            "!ask+end | !ask+end | GOAWAY 0 u32:1 u32:0 | OK 3 | DATA 3 \"a\"",
            "away 1 NO_ERROR",
            "HEADERS+end+fields 1 | HEADERS+end+fields 3"
        ),
        .client(
            "of ours",
            "!ask+end | !away+final | EMPTY 1",
            "head+end 1",
            "HEADERS+end+fields 1 | GOAWAY 0 NO_ERROR"
        ),
        .server(
            "of ours",
            "GET 1 | !away | GET 3 | !away+final | GET 5 | !ok+end 3 | !streams",
            "head+end 1 | head+end 3 | 1 streams",
            "GOAWAY 2147483647 NO_ERROR | GOAWAY 3 NO_ERROR | HEADERS+end+fields 3"
        ),
        .server(
            "what still comes to us is ignored",
            "POST 1 | !away+final | POST 3 | DATA 3 \"a\" | WINDOW 3 u32:1 | RESET 3 u32:8 | DATA+end 1 \"b\"",
            "head 1 | data+end 1 b",
            "GOAWAY 1 NO_ERROR"
        ),
        .server(
            "fields that still come, for the sake of the table",
            "POST 1 | !away+final | HEADERS+end+fields 3 learn | HEADERS+end+fields 1 be",
            "head 1 | trailers 1",
            "GOAWAY 1 NO_ERROR"
        ),
        .server(
            "DATA of no stream still is a fault",
            "GET 1 | !away+final | DATA 3 \"a\"",
            "head+end 1 | failed PROTOCOL_ERROR",
            "GOAWAY 1 NO_ERROR | GOAWAY 1 PROTOCOL_ERROR"
        ),
        .server(
            "that is final stays so",
            "GET 1 | !away+final | !away | GET 3 | !away+final",
            "head+end 1",
            "GOAWAY 1 NO_ERROR | GOAWAY 1 NO_ERROR | GOAWAY 1 NO_ERROR"
        ),
    ]

    @Test(arguments: settings)
    func `settings of the peer are looked at and kept to`(row: HTTP2Row) { row.check() }

    @Test(arguments: leaving)
    func `streams that were looked at go on behind GOAWAY`(row: HTTP2Row) { row.check() }

    @Test func `both sides begin with their settings and widen the connection's window`() {
        let limits = HTTP2Limits()
        let server = HTTP2Connection(.server, limits)
        #expect(Self.text(server.output.octets) == "SETTINGS 3=100 8=1 4=262144 6=65536 9=1 | WINDOW 0 983041")
        let client = HTTP2Connection(.client, limits)
        #expect(client.output.octets.starts(with: HTTP2Frame.preface))
        let octets = Array(client.output.octets.dropFirst(HTTP2Frame.preface.count))
        #expect(Self.text(octets) == "SETTINGS 2=0 4=262144 6=65536 9=1 | WINDOW 0 983041")
    }

    private static func text(_ octets: [UInt8]) -> String {
        HTTP2Frame.frames(octets).map(\.description).joined(separator: " | ")
    }
}
