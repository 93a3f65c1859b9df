import HTTPWire
import Testing

/// Heads of responses of HTTP/2 and what follows their bodies, and the octets of HTTP/1.1 that say the same.
@Suite struct HTTP2ResponseFieldsTests {
    static let statuses: [Row] = [
        Row("200", ":status=200", "HTTP/1.1 200 OK⏎Content-Length: 0⏎⏎"),
        Row("one that nobody knows", ":status=299", "HTTP/1.1 299 ⏎Content-Length: 0⏎⏎"),
        Row("the lowest of no class", ":status=600", "HTTP/1.1 600 ⏎Content-Length: 0⏎⏎"),
        Row("the highest", ":status=999", "HTTP/1.1 999 ⏎Content-Length: 0⏎⏎"),
        Row("none", "", "pseudoFields"),
        Row("none, but a field", "x=1", "pseudoFields"),
        Row("behind a field", "x=1 | :status=200", "pseudoFields"),
        Row("twice", ":status=200 | :status=200", "pseudoFields"),
        Row("two", ":status=200 | :status=404", "pseudoFields"),
        Row("twice, a field between", ":status=200 | x=1 | :status=200", "pseudoFields"),
        Row("one of a request behind it", ":status=200 | :path=/", "pseudoFields"),
        Row("one of a request before it", ":method=GET | :status=200", "pseudoFields"),
        Row("an unknown one", ":status=200 | :x=1", "pseudoFields"),
        Row("in capitals", ":Status=200", "pseudoFields"),
        Row("empty", ":status=", "status"),
        Row("two digits", ":status=20", "status"),
        Row("four digits", ":status=2000", "status"),
        Row("below a hundred", ":status=099", "status"),
        Row("letters", ":status=2x0", "status"),
        Row("a sign", ":status=+20", "status"),
        Row("a blank", ":status=20 ", "status"),
        Row("a reason", ":status=200 OK", "status"),
        Row("CR LF and a field", ":status=200⏎x: y", "status"),
        Row("CR LF in three octets", ":status=2⏎", "status"),
        Row("another protocol", ":status=101", "status"),
        Row("another protocol, and a stream that goes on", ":status=101 | then body", "status"),
    ]

    @Test(arguments: statuses) func `a status comes first and has three digits`(row: Row) { expect(row) }

    static let bodies: [Row] = [
        Row("a length", ":status=200 | content-length=5 | then body", "HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎"),
        Row("no length", ":status=200 | then body", "HTTP/1.1 200 OK⏎Transfer-Encoding: chunked⏎⏎"),
        Row("no body", ":status=404", "HTTP/1.1 404 Not Found⏎Content-Length: 0⏎⏎"),
        Row("a length of nothing", ":status=200 | content-length=0", "HTTP/1.1 200 OK⏎Content-Length: 0⏎⏎"),
        Row(
            "a length of nothing before an end",
            ":status=200 | content-length=0 | then body",
            "HTTP/1.1 200 OK⏎Content-Length: 0⏎⏎"
        ),
        Row("a length and no body", ":status=200 | content-length=5", "contentLength"),
        Row("two lengths", ":status=200 | content-length=5 | content-length=5 | then body", "contentLength"),
        Row("a list of lengths", ":status=200 | content-length=5, 5 | then body", "contentLength"),
        Row("a length with a sign", ":status=200 | content-length=+5 | then body", "contentLength"),
        Row(
            "a length that is too large",
            ":status=200 | content-length=9223372036854775808 | then body",
            "contentLength"
        ),
        Row("a malformed length where there is no body", ":status=304 | content-length=x", "contentLength"),
        Row("nothing new", ":status=304 | etag=\"a\"", "HTTP/1.1 304 Not Modified⏎etag: \"a\"⏎⏎"),
        Row(
            "nothing new, of a length",
            ":status=304 | content-length=5",
            "HTTP/1.1 304 Not Modified⏎Content-Length: 5⏎⏎"
        ),
        Row("nothing new, before an end", ":status=304 | then body", "HTTP/1.1 304 Not Modified⏎⏎"),
        Row("no content", ":status=204", "HTTP/1.1 204 No Content⏎⏎"),
        Row("no content, before an end", ":status=204 | then body", "HTTP/1.1 204 No Content⏎⏎"),
        Row("no content, of a length", ":status=204 | content-length=5", "HTTP/1.1 204 No Content⏎⏎"),
        Row("no content, of no length", ":status=204 | content-length=0", "HTTP/1.1 204 No Content⏎⏎"),
        Row("reset content", ":status=205", "HTTP/1.1 205 Reset Content⏎Content-Length: 0⏎⏎"),
        Row("an interim one", ":status=100 | then body", "HTTP/1.1 100 Continue⏎⏎"),
        Row(
            "an interim one with fields",
            ":status=103 | link=</a> | then body",
            "HTTP/1.1 103 Early Hints⏎link: </a>⏎⏎"
        ),
        Row("an interim one with a length", ":status=103 | content-length=5 | then body", "HTTP/1.1 103 Early Hints⏎⏎"),
        Row("an interim one that is the end", ":status=103", "status"),
        Row("an interim one that nobody knows", ":status=199 | then body", "HTTP/1.1 199 ⏎⏎"),
        Row(
            "a field that repeats",
            ":status=200 | set-cookie=a | x=1 | set-cookie=b",
            "HTTP/1.1 200 OK⏎set-cookie: a⏎x: 1⏎set-cookie: b⏎Content-Length: 0⏎⏎"
        ),
        Row("te, which is of requests", ":status=200 | te=trailers", "connectionField"),
        Row(
            "fields that are wrong only late: nothing is written",
            ":status=200 | x=1 | connection=close",
            "connectionField"
        ),
    ]

    @Test(arguments: bodies) func `a body ends where the status, the length or the stream says`(row: Row) {
        expect(row)
    }

    static let toHead: [Row] = [
        Row("no length", ":status=200", "HTTP/1.1 200 OK⏎⏎"),
        Row("a length, that of GET", ":status=200 | content-length=5", "HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎"),
        Row(
            "a length before an end",
            ":status=200 | content-length=5 | then body",
            "HTTP/1.1 200 OK⏎Content-Length: 5⏎⏎"
        ),
        Row("an end that comes later", ":status=200 | then body", "HTTP/1.1 200 OK⏎⏎"),
        Row("two lengths", ":status=200 | content-length=5 | content-length=5", "contentLength"),
    ]

    @Test(arguments: toHead) func `an answer to HEAD has no body, whatever its length`(row: Row) {
        #expect(Translation.response(HTTP2Section(Wire.text(row.octets)), isToHead: true) == row.outcome)
    }

    static let trailers: [Row] = [
        Row("none", "", "0⏎⏎"),
        Row("those of gRPC", "grpc-status=0 | grpc-message=", "0⏎grpc-status: 0⏎grpc-message: ⏎⏎"),
        Row("a pseudo-header field", "grpc-status=0 | :status=200", "pseudoFields"),
        Row("one of requests", ":path=/", "pseudoFields"),
        Row("an unknown one", ":x=1", "pseudoFields"),
        Row("a name in capitals", "X=1", "fieldName"),
        Row("an empty name", "=1", "fieldName"),
        Row("CR LF in a name", "x: y⏎z=1", "fieldName"),
        Row("CR LF in a value", "x=1⏎y: 2", "fieldValue"),
        Row("an end and a request in a value", "x=1⏎⏎GET /admin HTTP/1.1⏎Host: a", "fieldValue"),
        Row("a blank before a value", "x= 1", "fieldValue"),
        Row("transfer-encoding", "transfer-encoding=chunked", "connectionField"),
        Row("a fault behind others: nothing is written", "x=1 | connection=y", "connectionField"),
        Row("a length, which is left out", "x=1 | content-length=5", "0⏎x: 1⏎⏎"),
        Row("two lengths", "content-length=5 | content-length=5", "contentLength"),
        Row("a host, which is left out", "host=b | x=1", "0⏎x: 1⏎⏎"),
        Row("te, which is left out", "te=trailers", "0⏎⏎"),
        Row("other te", "te=chunked", "connectionField"),
        Row("what says who sends it, which is left out", "authorization=a | cookie=b | x-forwarded-for=c", "0⏎⏎"),
    ]

    @Test(arguments: trailers) func `trailers are the last chunk's, and have nothing that belongs to a head`(row: Row) {
        #expect(Translation.trailers(HTTP2Section(Wire.text(row.octets))) == row.outcome)
    }

    private func expect(_ row: Row) {
        #expect(Translation.response(HTTP2Section(Wire.text(row.octets))) == row.outcome)
    }
}
