import HTTPWire
import Testing

/// Fields of requests, and the head of HTTP/1.1 that is made of them or what is wrong with them.
@Suite struct HTTP2RequestHeadTests {
    private static let get = ":method=GET|:scheme=https|:path=/|:authority=a"
    private static let post = ":method=POST|:scheme=https|:path=/|:authority=a"

    static let withoutBody: [Row] = [
        Row("a plain one", get, "GET / HTTP/1.1⏎Host: a⏎⏎none"),
        Row(
            "a query",
            ":method=GET|:scheme=http|:path=/b?c=d|:authority=a:8080",
            "GET /b?c=d HTTP/1.1⏎Host: a:8080⏎⏎none"
        ),
        Row("fields in their order", get + "|b=1|a=2|b=", "GET / HTTP/1.1⏎Host: a⏎b: 1⏎a: 2⏎b: ⏎⏎none"),
        Row("a scheme in capitals", ":method=GET|:scheme=HTTPS|:path=/|:authority=a", "GET / HTTP/1.1⏎Host: a⏎⏎none"),
        Row("asterisk", ":method=OPTIONS|:scheme=https|:path=*|:authority=a", "OPTIONS * HTTP/1.1⏎Host: a⏎⏎none"),
        Row("CONNECT", ":method=CONNECT|:authority=a:443", "CONNECT a:443 HTTP/1.1⏎Host: a:443⏎⏎none"),
        Row("Host alone", ":method=GET|:scheme=https|:path=/|host=b", "GET / HTTP/1.1⏎Host: b⏎⏎none"),
        Row("neither", ":method=GET|:scheme=https|:path=/", "GET / HTTP/1.1⏎Host: ⏎⏎none"),
        Row("both, the same", get + "|host=A|x=y", "GET / HTTP/1.1⏎Host: a⏎x: y⏎⏎none"),
        Row(
            "several cookies",
            get + "|cookie=a=b|x=y|cookie=c|cookie=d",
            "GET / HTTP/1.1⏎Host: a⏎cookie: a=b; c; d⏎x: y⏎⏎none"
        ),
        Row("trailers are taken", get + "|te=trailers", "GET / HTTP/1.1⏎Host: a⏎Connection: TE⏎TE: trailers⏎⏎none"),
        Row("an expectation", get + "|expect=x", "GET / HTTP/1.1⏎Host: a⏎expect: x⏎⏎none"),
        Row("POST of nothing", post, "POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎none"),
        Row("POST of a length of zero", post + "|content-length=0", "POST / HTTP/1.1⏎Host: a⏎content-length: 0⏎⏎0"),
        Row("DELETE of nothing", ":method=DELETE|:scheme=https|:path=/", "DELETE / HTTP/1.1⏎Host: ⏎⏎none"),
        Row("tab and obs-text in a value", get + "|x=a\tb\u{e9}", "GET / HTTP/1.1⏎Host: a⏎x: a\tb\u{e9}⏎⏎none"),
        Row("an odd name", get + "|a_b!~=c", "GET / HTTP/1.1⏎Host: a⏎a_b!~: c⏎⏎none"),
        Row("a length of what does not come", post + "|content-length=1", "contentLength"),
    ]

    static let withBody: [Row] = [
        Row("no length", post, "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎chunked"),
        Row("no length, of GET", get, "GET / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎chunked"),
        Row("a length", post + "|content-length=5", "POST / HTTP/1.1⏎Host: a⏎content-length: 5⏎⏎5"),
        Row("two lengths", post + "|content-length=5|content-length=5", "contentLength"),
        Row("a list of lengths", post + "|content-length=5, 5", "contentLength"),
        Row("a length with a sign", post + "|content-length=+5", "contentLength"),
        Row("an empty length", post + "|content-length=", "contentLength"),
        Row("H2.TE", post + "|transfer-encoding=chunked", "connectionField"),
    ]

    static let pseudoFields: [Row] = [
        Row("none at all", "x=y", "pseudoFields"),
        Row("no method", ":scheme=https|:path=/|:authority=a", "pseudoFields"),
        Row("no scheme", ":method=GET|:path=/|:authority=a", "pseudoFields"),
        Row("no path", ":method=GET|:scheme=https|:authority=a", "pseudoFields"),
        Row("two methods", get + "|:method=GET", "pseudoFields"),
        Row("two schemes", get + "|:scheme=https", "pseudoFields"),
        Row("two paths", get + "|:path=/admin", "pseudoFields"),
        Row("two authorities", get + "|:authority=b", "pseudoFields"),
        Row("one behind a field", ":method=GET|:scheme=https|x=y|:path=/", "pseudoFields"),
        Row("an unknown one", get + "|:protocol=websocket", "pseudoFields"),
        Row("that of responses", get + "|:status=200", "pseudoFields"),
        Row("in capitals", get + "|:Path=/", "pseudoFields"),
        Row("a colon alone", get + "|:=/", "pseudoFields"),
        Row("CONNECT with a path", ":method=CONNECT|:authority=a:1|:path=/", "pseudoFields"),
        Row("CONNECT with a scheme", ":method=CONNECT|:authority=a:1|:scheme=https", "pseudoFields"),
        Row("CONNECT to nothing", ":method=CONNECT|host=a:1", "pseudoFields"),
        Row("CONNECT without a port", ":method=CONNECT|:authority=a", "authority"),
        Row("a method of nothing", ":method=|:scheme=https|:path=/", "method"),
        Row("a method with a request in it", ":method=GET /admin HTTP/1.1|:scheme=https|:path=/", "method"),
        Row("a method with a line end", ":method=GET⏎|:scheme=https|:path=/", "method"),
        Row("another scheme", ":method=GET|:scheme=ftp|:path=/", "scheme"),
        Row("a scheme with a host in it", ":method=GET|:scheme=http://b/c?|:path=/", "scheme"),
        Row("an empty path", ":method=GET|:scheme=https|:path=", "path"),
        Row("an absolute path", ":method=GET|:scheme=https|:path=http://b/", "path"),
        Row("a path without a slash", ":method=GET|:scheme=https|:path=admin", "path"),
        Row("a path that joins the host", ":method=GET|:scheme=https|:path=@b/", "path"),
        Row("an asterisk with GET", ":method=GET|:scheme=https|:path=*", "path"),
        Row("an asterisk and more", ":method=OPTIONS|:scheme=https|:path=*/", "path"),
        Row("a blank in a path", ":method=GET|:scheme=https|:path=/ HTTP/1.1", "path"),
        Row("a line end in a path", ":method=GET|:scheme=https|:path=/⏎Host: b", "path"),
        Row("NUL in a path", ":method=GET|:scheme=https|:path=/\u{0}", "path"),
        Row("a fragment", ":method=GET|:scheme=https|:path=/#b", "path"),
        Row("an octet of the upper half in a path", ":method=GET|:scheme=https|:path=/\u{e9}", "path"),
        Row("an empty authority", ":method=GET|:scheme=https|:path=/|:authority=", "authority"),
        Row("userinfo", ":method=GET|:scheme=https|:path=/|:authority=b@a", "authority"),
        Row("a blank in the authority", ":method=GET|:scheme=https|:path=/|:authority=a b", "authority"),
        Row("a line end in the authority", ":method=GET|:scheme=https|:path=/|:authority=a⏎x: y", "authority"),
        Row("another host", get + "|host=b", "authority"),
        Row("another port", get + "|host=a:80", "authority"),
        Row("two hosts", get + "|host=a|host=a", "authority"),
        Row("a malformed host", ":method=GET|:scheme=https|:path=/|host=a/b", "authority"),
    ]

    static let fields: [Row] = [
        Row("a capital", get + "|X=y", "fieldName"),
        Row("an empty name", get + "|=y", "fieldName"),
        Row("a colon in a name", get + "|transfer-encoding: chunked⏎x=y", "fieldName"),
        Row("a colon at the end of a name", get + "|host:=b", "fieldName"),
        Row("a blank in a name", get + "|transfer-encoding =chunked", "fieldName"),
        Row("a line end in a name", get + "|x⏎y=z", "fieldName"),
        Row("an octet of the upper half in a name", get + "|x\u{e9}=z", "fieldName"),
        Row("a request in a value", get + "|x=y⏎⏎GET /admin HTTP/1.1⏎Host: a", "fieldValue"),
        Row("a line feed in a value", get + "|x=y\nz", "fieldValue"),
        Row("a carriage return in a value", get + "|x=y\rz", "fieldValue"),
        Row("NUL in a value", get + "|x=y\u{0}z", "fieldValue"),
        Row("DEL in a value", get + "|x=y\u{7f}z", "fieldValue"),
        Row("a blank before a value", get + "|x= y", "fieldValue"),
        Row("a tab behind a value", get + "|x=y\t", "fieldValue"),
        Row("a coding in two lines", get + "|x=y⏎transfer-encoding: chunked", "fieldValue"),
        Row("connection", get + "|connection=x", "connectionField"),
        Row("keep-alive", get + "|keep-alive=x", "connectionField"),
        Row("proxy-connection", get + "|proxy-connection=x", "connectionField"),
        Row("upgrade", get + "|upgrade=websocket", "connectionField"),
        Row("http2-settings", get + "|http2-settings=x", "connectionField"),
        Row("another te", get + "|te=gzip", "connectionField"),
        Row("trailers and another te", get + "|te=trailers, gzip", "connectionField"),
    ]

    @Test(arguments: withoutBody + pseudoFields + fields)
    func `what ends with its head becomes a request without a body or is refused`(_ row: Row) {
        #expect(HTTP2Translation.request(row.octets, isEnd: true) == row.outcome)
    }

    @Test(arguments: withBody)
    func `a body never comes without its framing`(_ row: Row) {
        #expect(HTTP2Translation.request(row.octets, isEnd: false) == row.outcome)
    }

    @Test func `what is longer than a head may be is too large and leaves nothing behind`() {
        let octets = Wire.octets(Self.get + "|x=y|z=")
        #expect(HTTP2Translation.request(octets, isEnd: true, HeadLimits(firstLine: 16)).hasPrefix("GET"))
        #expect(HTTP2Translation.request(octets, isEnd: true, HeadLimits(firstLine: 15)) == "tooLarge")
        // Host: a, x: y, z: and the empty line.
        #expect(HTTP2Translation.request(octets, isEnd: true, HeadLimits(fields: 22)).hasPrefix("GET"))
        #expect(HTTP2Translation.request(octets, isEnd: true, HeadLimits(fields: 21)) == "tooLarge")
        #expect(HTTP2Translation.request(octets, isEnd: true, HeadLimits(fieldCount: 3)).hasPrefix("GET"))
        #expect(HTTP2Translation.request(octets, isEnd: true, HeadLimits(fieldCount: 2)) == "tooLarge")
    }
}
