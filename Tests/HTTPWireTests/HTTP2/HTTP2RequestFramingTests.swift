import HTTPWire
import Testing

/// What tells where the body of a request of HTTP/2 ends, once it is one of HTTP/1; and what else is not passed on as it is.
@Suite struct HTTP2RequestFramingTests {
    private static func head(_ method: String) -> String {
        ":method=\(method) | :scheme=https | :authority=a | :path=/"
    }

    private static let get = head("GET")
    private static let post = head("POST")

    static let lengths: [Row] = [
        Row(
            "a length, and a body",
            "\(post) | content-length=5 | then body",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 5⏎⏎"
        ),
        Row("a length of GET", "\(get) | content-length=5 | then body", "GET / HTTP/1.1⏎Host: a⏎Content-Length: 5⏎⏎"),
        Row("zero, at the end", "\(post) | content-length=0", "POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎"),
        Row("zero of GET", "\(get) | content-length=0", "GET / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎"),
        Row(
            "zero, before an end",
            "\(post) | content-length=0 | then body",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎"
        ),
        Row(
            "zeros before it",
            "\(post) | content-length=005 | then body",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 5⏎⏎"
        ),
        Row(
            "the largest",
            "\(post) | content-length=9223372036854775807 | then body",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 9223372036854775807⏎⏎"
        ),
        Row("a length and no body", "\(post) | content-length=5", "contentLength"),
        Row("a length of GET and no body", "\(get) | content-length=5", "contentLength"),
        Row("too large", "\(post) | content-length=9223372036854775808 | then body", "contentLength"),
        Row("larger than a word", "\(post) | content-length=18446744073709551617 | then body", "contentLength"),
        Row("two", "\(post) | content-length=5 | content-length=6 | then body", "contentLength"),
        Row("the same twice", "\(post) | content-length=5 | content-length=5 | then body", "contentLength"),
        Row("zero twice", "\(post) | content-length=0 | content-length=0", "contentLength"),
        Row("a list", "\(post) | content-length=5, 5 | then body", "contentLength"),
        Row("a list without a blank", "\(post) | content-length=5,5 | then body", "contentLength"),
        Row("a plus", "\(post) | content-length=+5 | then body", "contentLength"),
        Row("a minus", "\(post) | content-length=-5 | then body", "contentLength"),
        Row("minus zero", "\(post) | content-length=-0", "contentLength"),
        Row("hexadecimal", "\(post) | content-length=0x5 | then body", "contentLength"),
        Row("a letter", "\(post) | content-length=a | then body", "contentLength"),
        Row("a fraction", "\(post) | content-length=5.0 | then body", "contentLength"),
        Row("a blank within", "\(post) | content-length=5 5 | then body", "contentLength"),
        Row("empty", "\(post) | content-length=", "contentLength"),
        Row("digits that are not ASCII", "\(post) | content-length=\u{b2} | then body", "contentLength"),
        Row("a blank before", "\(post) | content-length= 5 | then body", "fieldValue"),
    ]

    @Test(arguments: lengths) func `a length is one number, and agrees with the end of the stream`(row: Row) {
        expect(row)
    }

    static let unsaid: [Row] = [
        Row("no body of GET", get, "GET / HTTP/1.1⏎Host: a⏎⏎"),
        Row("a body of GET", "\(get) | then body", "GET / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"),
        Row("no body of POST", post, "POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎"),
        Row("a body of POST", "\(post) | then body", "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"),
        Row("no body of PUT", head("PUT"), "PUT / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎"),
        Row("no body of PATCH", head("PATCH"), "PATCH / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎"),
        Row("no body of HEAD", head("HEAD"), "HEAD / HTTP/1.1⏎Host: a⏎⏎"),
        Row("a body of HEAD", "\(head("HEAD")) | then body", "HEAD / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"),
        Row("no body of DELETE", head("DELETE"), "DELETE / HTTP/1.1⏎Host: a⏎⏎"),
        Row(
            "a body of DELETE",
            "\(head("DELETE")) | then body",
            "DELETE / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"
        ),
        Row("no body of OPTIONS", head("OPTIONS"), "OPTIONS / HTTP/1.1⏎Host: a⏎⏎"),
        Row("no body of a method nobody knows", head("QUERY"), "QUERY / HTTP/1.1⏎Host: a⏎⏎"),
        Row(
            "a body of a method nobody knows",
            "\(head("QUERY")) | then body",
            "QUERY / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"
        ),
    ]

    @Test(arguments: unsaid) func `without a length a body comes in chunks, and none is said to be none`(row: Row) {
        expect(row)
    }

    static let others: [Row] = [
        Row("trailers", "\(get) | te=trailers", "GET / HTTP/1.1⏎Host: a⏎Connection: TE⏎TE: trailers⏎⏎"),
        Row("trailers in capitals", "\(get) | te=Trailers", "GET / HTTP/1.1⏎Host: a⏎Connection: TE⏎TE: trailers⏎⏎"),
        Row(
            "trailers twice",
            "\(get) | te=trailers | te=trailers",
            "GET / HTTP/1.1⏎Host: a⏎Connection: TE⏎TE: trailers⏎⏎"
        ),
        Row("trailers and chunked", "\(get) | te=trailers | te=chunked", "connectionField"),
        Row("chunked", "\(get) | te=chunked", "connectionField"),
        Row("a list", "\(get) | te=trailers, deflate", "connectionField"),
        Row("a weight", "\(get) | te=trailers;q=0.5", "connectionField"),
        Row("a list of the same", "\(get) | te=trailers,trailers", "connectionField"),
        Row("of a length like that of trailers", "\(get) | te=trailerz", "connectionField"),
        Row("empty", "\(get) | te=", "connectionField"),
        Row("a cookie", "\(get) | cookie=a=b", "GET / HTTP/1.1⏎Host: a⏎Cookie: a=b⏎⏎"),
        Row(
            "several cookies",
            "\(get) | cookie=a=b | cookie=c | cookie=d=e; f=g",
            "GET / HTTP/1.1⏎Host: a⏎Cookie: a=b; c; d=e; f=g⏎⏎"
        ),
        Row(
            "cookies among other fields",
            "\(get) | cookie=a | x=1 | cookie=b | y=2",
            "GET / HTTP/1.1⏎Host: a⏎x: 1⏎y: 2⏎Cookie: a; b⏎⏎"
        ),
        Row("an empty cookie", "\(get) | cookie=", "GET / HTTP/1.1⏎Host: a⏎⏎"),
        Row(
            "empty cookies among others",
            "\(get) | cookie= | cookie=a | cookie= | cookie=b | cookie=",
            "GET / HTTP/1.1⏎Host: a⏎Cookie: a; b⏎⏎"
        ),
        Row("a field that repeats, in order", "\(get) | x=1 | y=2 | x=3", "GET / HTTP/1.1⏎Host: a⏎x: 1⏎y: 2⏎x: 3⏎⏎"),
        Row(
            "all of them",
            "\(post) | te=trailers | cookie=a | content-length=1 | host=a | cookie=b | x=1 | then body",
            "POST / HTTP/1.1⏎Host: a⏎x: 1⏎Cookie: a; b⏎Connection: TE⏎TE: trailers⏎Content-Length: 1⏎⏎"
        ),
        Row(
            "what gRPC sends",
            "\(post) | content-type=application/grpc | te=trailers | grpc-timeout=1S | then body",
            "POST / HTTP/1.1⏎Host: a⏎content-type: application/grpc⏎grpc-timeout: 1S⏎Connection: TE⏎TE: trailers⏎Transfer-Encoding: chunked⏎⏎"
        ),
    ]

    @Test(arguments: others) func `te and cookies are written as HTTP/1 has them`(row: Row) { expect(row) }

    @Test func `an expectation goes on`() {
        let section = HTTP2Section("\(Self.post) | expect=100-continue | content-length=1 | then body")
        let head = Translation.request(section)
        #expect(head == "POST / HTTP/1.1⏎Host: a⏎expect: 100-continue⏎Content-Length: 1⏎⏎")
        #expect(Reading.request(Wire.octets(head)).contains("expecting"))
    }

    private func expect(_ row: Row) {
        #expect(Translation.request(HTTP2Section(Wire.text(row.octets))) == row.outcome)
    }
}
