import Testing

@testable import Ingress

/// What a request is made of on its way to an endpoint. All go to `lone.example`.
@Suite struct RequestForwardingTests {
    private static let forwarded =
        "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Server: n\r\nX-Real-Ip: 198.51.100.7\r\n"
        + "X-Forwarded-Host: lone.example\r\nX-Forwarded-Port: 80\r\n"

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let sent: String
        let line: String
        /// The fields between Host and those that the proxy adds, and behind these.
        var fields = ""
        var framing = ""
        var body = ""
        var testDescription: String { name }

        init(
            _ name: String,
            _ sent: String,
            line: String = "GET / HTTP/1.1",
            fields: String = "",
            framing: String = "",
            body: String = ""
        ) {
            self.name = name
            self.sent = sent
            self.line = line
            self.fields = fields
            self.framing = framing
            self.body = body
        }
    }

    static let rows = [
        Row("a plain request", "GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n"),
        Row("a query", "GET /a?b=c;d HTTP/1.1\r\nHost: lone.example\r\n\r\n", line: "GET /a?b=c;d HTTP/1.1"),
        Row(
            "an absolute target",
            "GET http://lone.example/x?y HTTP/1.1\r\nHost: other.example\r\n\r\n",
            line: "GET /x?y HTTP/1.1"
        ),
        Row("an absolute target without a path", "GET http://lone.example HTTP/1.1\r\nHost: lone.example\r\n\r\n"),
        Row("HTTP/1.0", "GET / HTTP/1.0\r\nHost: lone.example\r\n\r\n"),
        Row(
            "fields are kept in order",
            "GET / HTTP/1.1\r\nAccept: */*\r\nHost: lone.example\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=b\r\n\r\n",
            fields: "Accept: */*\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=b\r\n"
        ),
        Row(
            "blanks around values are gone",
            "GET / HTTP/1.1\r\nHost: lone.example\r\nX-A:1\r\nX-B: \t 2 \t\r\n\r\n",
            fields: "X-A: 1\r\nX-B: 2\r\n"
        ),
        Row(
            "fields of the connection are gone",
            "GET / HTTP/1.1\r\nHost: lone.example\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n"
                + "Proxy-Connection: x\r\nProxy-Authorization: y\r\nUpgrade: h2c\r\nHTTP2-Settings: z\r\nX-Stay: 1\r\n\r\n",
            fields: "X-Stay: 1\r\n"
        ),
        Row(
            "what only proxies may say is gone",
            "GET / HTTP/1.1\r\nHost: lone.example\r\nX-Forwarded-For: 1.1.1.1\r\nX-Real-IP: 1.1.1.1\r\n"
                + "Forwarded: for=1.1.1.1\r\nX-Forwarded-Proto: https\r\nX_Forwarded_For: 1.1.1.1\r\n"
                + "X-Forwarded-Uri: 1\r\nX-Scheme: https\r\nX-Fine: 1\r\n\r\n",
            fields: "X-Fine: 1\r\n"
        ),
        Row(
            "a Connection option does not take away what the endpoint relies on",
            "GET / HTTP/1.1\r\nHost: lone.example\r\nConnection: cookie, authorization\r\nCookie: a\r\nAuthorization: b\r\n\r\n",
            fields: "Cookie: a\r\nAuthorization: b\r\n"
        ),
        Row(
            "trailers are taken",
            "GET / HTTP/1.1\r\nHost: lone.example\r\nTE: trailers\r\n\r\n",
            framing: "Connection: TE\r\nTE: trailers\r\n"
        ),
        Row(
            "a protocol is offered",
            "GET / HTTP/1.1\r\nHost: lone.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            framing: "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        ),
        Row(
            "a body of known length",
            "POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 3\r\n\r\nabc",
            line: "POST / HTTP/1.1",
            framing: "Content-Length: 3\r\n",
            body: "abc"
        ),
        Row(
            "an empty body",
            "POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 0\r\n\r\n",
            line: "POST / HTTP/1.1",
            framing: "Content-Length: 0\r\n"
        ),
        Row(
            "a body in chunks",
            "POST / HTTP/1.1\r\nHost: lone.example\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n",
            line: "POST / HTTP/1.1",
            framing: "Transfer-Encoding: chunked\r\n",
            body: "3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"
        ),
        Row(
            "fields behind chunks, of which none says who the client is",
            "POST / HTTP/1.1\r\nHost: lone.example\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n1\r\na\r\n0\r\n"
                + "X-Sum: 1\r\nX_Forwarded_For: 1.1.1.1\r\nX-Forwarded-Uri: /x\r\nAuthorization: a\r\nX-Other: 2\r\n\r\n",
            line: "POST / HTTP/1.1",
            fields: "Trailer: X-Sum\r\n",
            framing: "Transfer-Encoding: chunked\r\n",
            body: "1\r\na\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n"
        ),
        Row(
            "a client that waits to be told to go on",
            "PUT / HTTP/1.1\r\nHost: lone.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
            line: "PUT / HTTP/1.1",
            fields: "Expect: 100-continue\r\n",
            framing: "Content-Length: 3\r\n"
        ),
        Row(
            "nobody of HTTP/1.0 waits to be told",
            "PUT / HTTP/1.0\r\nHost: lone.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
            line: "PUT / HTTP/1.1",
            framing: "Content-Length: 3\r\n",
            body: "abc"
        ),
        Row(
            "OPTIONS of a host",
            "OPTIONS http://lone.example HTTP/1.1\r\nHost: lone.example\r\n\r\n",
            line: "OPTIONS * HTTP/1.1"
        ),
        Row(
            "OPTIONS of its root",
            "OPTIONS http://lone.example/ HTTP/1.1\r\nHost: lone.example\r\n\r\n",
            line: "OPTIONS / HTTP/1.1"
        ),
        Row(
            "OPTIONS of a query",
            "OPTIONS http://lone.example?a HTTP/1.1\r\nHost: lone.example\r\n\r\n",
            line: "OPTIONS /?a HTTP/1.1"
        ),
        Row("OPTIONS of all", "OPTIONS * HTTP/1.1\r\nHost: lone.example\r\n\r\n", line: "OPTIONS * HTTP/1.1"),
    ]

    @Test(arguments: rows)
    func `an endpoint gets a request written anew`(_ row: Row) throws {
        let bench = try MachineBench()
        bench.client(row.sent)
        let host = "Host: lone.example\r\n"
        let text = "\(row.line)\r\n\(host)\(row.fields)\(Self.forwarded)\(row.framing)\r\n\(row.body)"
        #expect(bench.upstreamText() == text)
    }
}
