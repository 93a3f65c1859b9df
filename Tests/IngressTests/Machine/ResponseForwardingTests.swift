import Testing

@testable import Ingress

/// What a response is made of on its way to a client.
@Suite struct ResponseForwardingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var request = "GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n"
        let sent: String
        var ends = false
        let got: String
        /// Whether the client's connection goes on.
        var isKept = true
        /// Whether the endpoint's does.
        var isPooled = true
        var testDescription: String { name }
    }

    private static let own = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: linnet\r\n"

    static let rows = [
        Row(
            name: "a length",
            sent: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            got: "HTTP/1.1 200 OK\r\n\(own)Content-Length: 2\r\n\r\nhi"
        ),
        Row(
            name: "Date and Server of the endpoint stay",
            sent: "HTTP/1.1 200 Fine\r\nServer: x\r\nDate: y\r\nContent-Length: 0\r\n\r\n",
            got: "HTTP/1.1 200 Fine\r\nServer: x\r\nDate: y\r\nContent-Length: 0\r\n\r\n"
        ),
        Row(
            name: "chunks",
            sent: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            got: "HTTP/1.1 200 OK\r\n\(own)Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
        ),
        Row(
            name: "chunks for an HTTP/1.0 client",
            request: "GET / HTTP/1.0\r\nHost: lone.example\r\nConnection: keep-alive\r\n\r\n",
            sent: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            got: "HTTP/1.1 200 OK\r\n\(own)Connection: close\r\n\r\nhi",
            isKept: false
        ),
        Row(
            name: "a body until the end of the connection",
            sent: "HTTP/1.1 200 OK\r\n\r\nhi",
            ends: true,
            got: "HTTP/1.1 200 OK\r\n\(own)Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            isPooled: false
        ),
        Row(
            name: "the same for an HTTP/1.0 client",
            request: "GET / HTTP/1.0\r\nHost: lone.example\r\n\r\n",
            sent: "HTTP/1.0 200 OK\r\n\r\nhi",
            ends: true,
            got: "HTTP/1.1 200 OK\r\n\(own)Connection: close\r\n\r\nhi",
            isKept: false,
            isPooled: false
        ),
        Row(
            name: "HTTP/1.0 with keep-alive",
            request: "GET / HTTP/1.0\r\nHost: lone.example\r\nConnection: keep-alive\r\n\r\n",
            sent: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            got: "HTTP/1.1 200 OK\r\n\(own)Content-Length: 2\r\nConnection: keep-alive\r\n\r\nhi"
        ),
        Row(
            name: "an endpoint that closes",
            sent: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
            got: "HTTP/1.1 200 OK\r\n\(own)Content-Length: 2\r\n\r\nhi",
            isPooled: false
        ),
        Row(
            name: "a client that closes",
            request: "GET / HTTP/1.1\r\nHost: lone.example\r\nConnection: close\r\n\r\n",
            sent: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            got: "HTTP/1.1 200 OK\r\n\(own)Content-Length: 2\r\nConnection: close\r\n\r\nhi",
            isKept: false
        ),
        Row(
            name: "HEAD keeps the length",
            request: "HEAD / HTTP/1.1\r\nHost: lone.example\r\n\r\n",
            sent: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n",
            got: "HTTP/1.1 200 OK\r\n\(own)Content-Length: 99\r\n\r\n"
        ),
        Row(
            name: "HEAD of chunks",
            request: "HEAD / HTTP/1.1\r\nHost: lone.example\r\n\r\n",
            sent: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            got: "HTTP/1.1 200 OK\r\n\(own)\r\n"
        ),
        Row(
            name: "204",
            sent: "HTTP/1.1 204 No Content\r\n\r\n",
            got: "HTTP/1.1 204 No Content\r\n\(own)\r\n"
        ),
        Row(
            name: "304 keeps the length",
            sent: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n",
            got: "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\(own)Content-Length: 5\r\n\r\n"
        ),
        Row(
            name: "interim responses",
            sent: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            got: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\(own)Content-Length: 0\r\n\r\n"
        ),
        Row(
            name: "interim responses are not for HTTP/1.0",
            request: "GET / HTTP/1.0\r\nHost: lone.example\r\nConnection: keep-alive\r\n\r\n",
            sent: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            got: "HTTP/1.1 200 OK\r\n\(own)Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"
        ),
        Row(
            name: "fields of the connection are gone",
            sent:
                "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nX-Stay: 2\r\nContent-Length: 0\r\n\r\n",
            got: "HTTP/1.1 200 OK\r\nX-Stay: 2\r\n\(own)Content-Length: 0\r\n\r\n"
        ),
        Row(
            name: "octets behind the response",
            sent: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n",
            got: "HTTP/1.1 200 OK\r\n\(own)Content-Length: 2\r\n\r\nhi",
            isPooled: false
        ),
        Row(
            name: "octets behind a response without a body",
            sent: "HTTP/1.1 204 No Content\r\n\r\nx",
            got: "HTTP/1.1 204 No Content\r\n\(own)\r\n",
            isPooled: false
        ),
    ]

    @Test(arguments: rows)
    func `a client gets a response written anew`(_ row: Row) throws {
        let bench = try MachineBench()
        bench.client(row.request)
        try bench.upstream(row.sent, ends: row.ends)
        #expect(bench.clientText == row.got)
        #expect(bench.isClientEnding == !row.isKept)
        #expect(bench.upstreams[0].isIdle == row.isPooled)
        #expect(bench.upstreams[0].isOpen == row.isPooled)
    }

    /// Cut anywhere, what comes out is the same, but that chunks may be other ones.
    @Test(arguments: rows)
    func `a response in pieces comes out the same`(_ row: Row) throws {
        for size in [1, 2, 3, 7] {
            let bench = try MachineBench()
            bench.client(row.request, pieces: Array(repeating: size, count: row.request.utf8.count / size))
            try bench.upstream(
                row.sent,
                pieces: Array(repeating: size, count: row.sent.utf8.count / size),
                ends: row.ends
            )
            #expect(Self.withoutChunks(bench.clientText) == Self.withoutChunks(row.got))
            #expect(bench.isClientEnding == !row.isKept)
            #expect(bench.upstreams[0].isOpen == row.isPooled)
        }
    }

    /// The octets of a chunked body alone, behind its head.
    private static func withoutChunks(_ text: String) -> String {
        guard text.contains("Transfer-Encoding: chunked\r\n\r\n"),
            let end = text.firstRange(of: "Transfer-Encoding: chunked\r\n\r\n")?.upperBound
        else { return text }
        var lines = text[end...].split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        var body = ""
        while let line = lines.popFirst(), let length = Int(line, radix: 16), length > 0 {
            body += lines.popFirst() ?? ""
        }
        return text[..<end] + body
    }
}
