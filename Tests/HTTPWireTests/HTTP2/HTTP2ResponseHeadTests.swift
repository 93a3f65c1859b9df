import HTTPWire
import Testing

/// Fields of responses and trailers, and the octets of HTTP/1.1 that are made of them or what is wrong with them.
@Suite struct HTTP2ResponseHeadTests {
    static let withoutBody: [Row] = [
        Row("nothing", ":status=200|x=y", "HTTP/1.1 200 OK⏎x: y⏎Content-Length: 0⏎⏎none"),
        Row("a status without a reason", ":status=799", "HTTP/1.1 799 ⏎Content-Length: 0⏎⏎none"),
        Row("a length of zero", ":status=200|content-length=0", "HTTP/1.1 200 OK⏎content-length: 0⏎⏎0"),
        Row("204", ":status=204", "HTTP/1.1 204 No Content⏎⏎none"),
        Row("204 with a length", ":status=204|content-length=0", "HTTP/1.1 204 No Content⏎⏎none"),
        Row(
            "304 with the length of another",
            ":status=304|content-length=9",
            "HTTP/1.1 304 Not Modified⏎content-length: 9⏎⏎none"
        ),
        Row(
            "several cookies",
            ":status=204|set-cookie=a|set-cookie=b",
            "HTTP/1.1 204 No Content⏎set-cookie: a⏎set-cookie: b⏎⏎none"
        ),
        Row("a length of what does not come", ":status=200|content-length=1", "contentLength"),
        Row("an interim one that is the last", ":status=103", "status"),
        Row("no status", "x=y", "pseudoFields"),
        Row("nothing at all", "", "pseudoFields"),
        Row("two", ":status=200|:status=200", "pseudoFields"),
        Row("a late one", "x=y|:status=200", "pseudoFields"),
        Row("one of requests", ":status=200|:path=/", "pseudoFields"),
        Row("101", ":status=101", "status"),
        Row("two digits", ":status=20", "status"),
        Row("four digits", ":status=2000", "status"),
        Row("below 100", ":status=099", "status"),
        Row("a reason", ":status=200 OK", "status"),
        Row("a sign", ":status=+20", "status"),
        Row("a capital", ":status=200|X=y", "fieldName"),
        Row("a line end", ":status=200|x=y⏎z: a", "fieldValue"),
        Row("connection", ":status=200|connection=close", "connectionField"),
        Row("chunked", ":status=200|transfer-encoding=chunked", "connectionField"),
        Row("te", ":status=200|te=trailers", "connectionField"),
    ]

    static let withBody: [Row] = [
        Row("a length", ":status=200|content-length=3", "HTTP/1.1 200 OK⏎content-length: 3⏎⏎3"),
        Row("no length", ":status=404", "HTTP/1.1 404 Not Found⏎Transfer-Encoding: chunked⏎⏎chunked"),
        Row("an interim one", ":status=103|link=x", "HTTP/1.1 103 Early Hints⏎link: x⏎⏎none"),
        Row("an interim one with a length", ":status=100|content-length=3", "HTTP/1.1 100 Continue⏎⏎none"),
        Row("204 that goes on", ":status=204", "HTTP/1.1 204 No Content⏎⏎none"),
        Row("two lengths", ":status=200|content-length=3|content-length=3", "contentLength"),
    ]

    static let trailers: [Row] = [
        Row("none", "", "0⏎⏎"),
        Row("of gRPC", "grpc-status=0|grpc-message=", "0⏎grpc-status: 0⏎grpc-message: ⏎⏎"),
        Row(
            "forbidden ones",
            "host=a|content-length=1|authorization=b|transfer-encoding=chunked|x=y|cookie=c",
            "0⏎x: y⏎⏎"
        ),
        Row("a pseudo field", ":status=200", "pseudoFields"),
        Row("a capital", "X=y", "fieldName"),
        Row("a line end", "x=y⏎⏎GET / HTTP/1.1", "fieldValue"),
    ]

    @Test(arguments: withoutBody)
    func `what ends with its head becomes a response without a body or is refused`(_ row: Row) {
        #expect(HTTP2Translation.response(row.octets, isEnd: true) == row.outcome)
    }

    @Test(arguments: withBody)
    func `a body never comes without its framing`(_ row: Row) {
        #expect(HTTP2Translation.response(row.octets, isEnd: false) == row.outcome)
    }

    @Test func `an answer to HEAD keeps the length of what is not sent`() {
        let octets = Wire.octets(":status=200|content-length=3")
        let outcome = "HTTP/1.1 200 OK⏎content-length: 3⏎⏎none"
        #expect(HTTP2Translation.response(octets, isEnd: true, isToHead: true) == outcome)
        let bare = Wire.octets(":status=200")
        #expect(HTTP2Translation.response(bare, isEnd: true, isToHead: true) == "HTTP/1.1 200 OK⏎⏎none")
    }

    @Test(arguments: trailers)
    func `trailers become the last chunk without those that may not be there`(_ row: Row) {
        #expect(HTTP2Translation.trailers(row.octets) == row.outcome)
    }
}
