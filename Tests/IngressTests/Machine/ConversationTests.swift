import Testing

@testable import Ingress

/// How requests follow each other on a client's connection, and what becomes of them when somebody fails.
@Suite struct ConversationTests {
    private static let get = "GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n"
    private static let post = "POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 3\r\n\r\nabc"
    private static let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

    struct Refusal: Sendable, CustomTestStringConvertible {
        let sent: String
        let status: Int
        var isKept = false
        var testDescription: String { sent }

        init(_ sent: String, _ status: Int, isKept: Bool = false) {
            self.sent = sent
            self.status = status
            self.isKept = isKept
        }
    }

    @Test(arguments: [
        Refusal("GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n", 404, isKept: true),
        Refusal("GET / HTTP/1.1\r\nHost: empty.example\r\n\r\n", 503, isKept: true),
        Refusal("TRACE / HTTP/1.1\r\nHost: lone.example\r\n\r\n", 405, isKept: true),
        Refusal("CONNECT lone.example:80 HTTP/1.1\r\nHost: lone.example:80\r\n\r\n", 501, isKept: true),
        Refusal("GET / HTTP/1.1\r\n\r\n", 400),
        Refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Refusal("GET / HTTP/1.1\nHost: lone.example\n\n", 400),
        Refusal("GET /%zz HTTP/1.1\r\nHost: lone.example\r\n\r\n", 400, isKept: true),
        Refusal("GET / HTTP/2.0\r\nHost: lone.example\r\n\r\n", 505),
        Refusal(
            "POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400
        ),
        Refusal("POST / HTTP/1.1\r\nHost: lone.example\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        Refusal("GET / HTTP/1.1\r\nHost: lone.example\r\nExpect: miracles\r\n\r\n", 417),
        Refusal("POST / HTTP/1.1\r\nHost: nobody.example\r\nContent-Length: 3\r\n\r\nabc", 404, isKept: true),
        Refusal("POST / HTTP/1.1\r\nHost: nobody.example\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", 404),
    ])
    func `a request that goes nowhere is answered by the proxy`(_ row: Refusal) throws {
        let bench = try MachineBench()
        bench.client(row.sent)
        #expect(bench.statuses == [row.status])
        #expect(bench.upstreams.isEmpty)
        #expect(bench.isClientFinished == !row.isKept)
        #expect(bench.clientText.contains("Connection: close\r\n") == !row.isKept)
    }

    @Test func `a client may begin with HTTP/2, and not go over to it`() throws {
        let bench = try MachineBench()
        bench.client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        #expect(bench.isMultiplexed)
        #expect(bench.clientText.isEmpty)
        let other = try MachineBench()
        other.client("GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        #expect(!other.isMultiplexed)
        #expect(other.statuses == [404, 505])
    }

    @Test func `requests on one connection use one connection to the endpoint`() throws {
        let bench = try MachineBench()
        for _ in 0..<3 {
            bench.client(Self.get)
            try bench.upstream(Self.fine)
        }
        #expect(bench.statuses == [200, 200, 200])
        #expect(bench.upstreams.count == 1)
    }

    @Test func `requests that come at once are answered in order`() throws {
        let bench = try MachineBench()
        bench.client(
            "GET /1 HTTP/1.1\r\nHost: lone.example\r\n\r\nGET /2 HTTP/1.1\r\nHost: nobody.example\r\n\r\n" + Self.get
        )
        #expect(bench.statuses == [])
        #expect(bench.upstreamText().hasPrefix("GET /1 "))
        #expect(!bench.upstreamText().contains("/2"))
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [200, 404])
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [200, 404, 200])
    }

    @Test func `the body of a refused request is skipped for the next one`() throws {
        let bench = try MachineBench()
        bench.client("POST / HTTP/1.1\r\nHost: nobody.example\r\nContent-Length: 5\r\n\r\nGET /" + Self.get)
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [404, 200])
    }

    @Test func `a refused body that does not end ends the connection`() throws {
        let bench = try MachineBench()
        bench.client("POST / HTTP/1.1\r\nHost: nobody.example\r\nContent-Length: 9999999\r\n\r\n")
        for _ in 0..<9 { bench.client([UInt8](repeating: 65, count: 10_000)) }
        #expect(bench.statuses == [404])
        #expect(bench.isClientFinished)
    }

    @Test func `an early response goes out while the request comes`() throws {
        let bench = try MachineBench()
        bench.client("POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 9\r\n\r\nabc")
        try bench.upstream("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        #expect(bench.statuses == [413])
        // The endpoint waits for the rest, or not: it gets no further request.
        #expect(!bench.upstreams[0].isOpen)
        bench.client("defghi" + Self.get)
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [413, 200])
    }

    @Test func `a client is told to go on by the endpoint`() throws {
        let bench = try MachineBench()
        bench.client("PUT / HTTP/1.1\r\nHost: lone.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        try bench.upstream("HTTP/1.1 100 Continue\r\n\r\n")
        #expect(bench.statuses == [100])
        bench.client("abc")
        #expect(bench.upstreamText().hasSuffix("\r\n\r\nabc"))
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [100, 200])
        #expect(!bench.isClientFinished)
    }

    @Test func `a client that was not told to go on has its connection ended`() throws {
        let bench = try MachineBench()
        bench.client("PUT / HTTP/1.1\r\nHost: lone.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        try bench.upstream("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
        #expect(bench.clientText.contains("Connection: close\r\n"))
    }

    @Test func `a chunk that is none is refused and looks complete to nobody`() throws {
        let bench = try MachineBench()
        bench.client("POST / HTTP/1.1\r\nHost: lone.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        bench.client("xyz\r\n")
        #expect(bench.statuses == [400])
        #expect(!bench.upstreams[0].isOpen)
        #expect(!bench.upstreamText().contains("0\r\n\r\n"))
        #expect(bench.isClientFinished)
    }

    // MARK: - Tunnels

    private static let offer =
        "GET / HTTP/1.1\r\nHost: lone.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    private static let taken = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    @Test func `after an upgrade octets go both ways until both have ended`() throws {
        let bench = try MachineBench()
        bench.client(Self.offer)
        try bench.upstream(Self.taken + "from")
        #expect(bench.clientText.hasSuffix("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nfrom"))
        bench.client("to")
        #expect(bench.upstreamText().hasSuffix("\r\n\r\nto"))
        bench.clientEnds()
        #expect(bench.upstreams[0].isFinished)
        #expect(bench.upstreams[0].isOpen)
        try bench.upstream("last", ends: true)
        #expect(bench.clientText.hasSuffix("fromlast"))
        #expect(bench.isClientClosed)
        #expect(!bench.upstreams[0].isOpen)
    }

    @Test func `an upgrade that is declined is a response like others`() throws {
        let bench = try MachineBench()
        bench.client(Self.offer)
        try bench.upstream(Self.fine)
        bench.client(Self.get)
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [200, 200])
    }

    @Test func `an upgrade that nobody asked for is an error of the endpoint`() throws {
        let bench = try MachineBench()
        bench.client(Self.get)
        try bench.upstream(Self.taken)
        #expect(bench.statuses == [502])
    }

    // MARK: - Failures of endpoints

    @Test func `an endpoint that cannot be reached has another one tried`() throws {
        for attempt in 0..<8 {
            let bench = try MachineBench()
            bench.unreachable = ["10.42.0.1"]
            bench.client("POST / HTTP/1.1\r\nHost: web.example\r\nContent-Length: 3\r\n\r\nabc")
            #expect(bench.upstreams.map(\.endpoint) == ["10.42.0.2"], "attempt \(attempt)")
            #expect(bench.upstreamText().hasSuffix("\r\n\r\nabc"))
            try bench.upstream(Self.fine)
            #expect(bench.statuses == [200])
        }
    }

    @Test func `no endpoint that can be reached is 502`() throws {
        let bench = try MachineBench()
        bench.unreachable = ["10.42.0.1", "10.42.0.2"]
        bench.client("GET / HTTP/1.1\r\nHost: web.example\r\n\r\n")
        #expect(bench.statuses == [502])
    }

    @Test func `an endpoint that takes too long to connect is 504`() throws {
        let bench = try MachineBench()
        bench.connects = false
        bench.client(Self.get)
        bench.upstreamExpires()
        #expect(bench.statuses == [504])
    }

    @Test func `a kept connection that was closed meanwhile has the request sent again`() throws {
        let bench = try MachineBench()
        bench.client(Self.get)
        try bench.upstream(Self.fine)
        bench.client(Self.get)
        bench.upstreamBreaks()
        #expect(bench.upstreams.count == 2)
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [200, 200])
    }

    @Test func `a request that must not be sent twice is not`() throws {
        let bench = try MachineBench()
        bench.client(Self.get)
        try bench.upstream(Self.fine)
        bench.client(Self.post)
        bench.upstreamBreaks()
        #expect(bench.upstreams.count == 1)
        #expect(bench.statuses == [200, 502])
    }

    @Test(arguments: [
        "", "HTTP/1.1 200", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
    ])
    func `an endpoint that makes no sense is 502`(sent: String) throws {
        let bench = try MachineBench()
        bench.client(Self.get)
        try bench.upstream(sent, ends: true)
        #expect(bench.statuses == [502])
        #expect(!bench.upstreams[0].isOpen)
        #expect(!bench.isClientFinished)
    }

    struct Cut: Sendable, CustomTestStringConvertible {
        let name: String
        var request = ConversationTests.get
        let sent: String
        /// Whether the end of the connection would be taken for the end of the body.
        var isReset = false
        var testDescription: String { name }
    }

    @Test(arguments: [
        Cut(name: "a length", sent: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"),
        Cut(name: "chunks", sent: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"),
        Cut(
            name: "a chunk that is none",
            sent: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n"
        ),
        Cut(
            name: "chunks for HTTP/1.0",
            request: "GET / HTTP/1.0\r\nHost: lone.example\r\n\r\n",
            sent: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
            isReset: true
        ),
    ])
    func `a response that breaks off is not made to look complete`(_ row: Cut) throws {
        let bench = try MachineBench()
        bench.client(row.request)
        try bench.upstream(row.sent, ends: true)
        #expect(bench.statuses == [200])
        #expect(bench.isClientClosed)
        #expect(bench.isClientCut == row.isReset)
        #expect(!bench.clientText.hasSuffix("0\r\n\r\n"))
    }

    // MARK: - Failures of clients

    @Test func `a client that leaves takes its request along`() throws {
        let bench = try MachineBench()
        bench.client(Self.get)
        bench.clientEnds()
        #expect(!bench.upstreams[0].isOpen)
        #expect(bench.isClientClosed)
        #expect(bench.statuses == [])
    }

    @Test func `a client that breaks off in a body takes its request along`() throws {
        let bench = try MachineBench()
        bench.client("POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 9\r\n\r\nabc")
        bench.clientBreaks()
        #expect(!bench.upstreams[0].isOpen)
    }

    @Test func `a slow head is 408`() throws {
        let bench = try MachineBench()
        bench.client("GET / HTTP/1.1\r\nHost:")
        bench.clientExpires()
        #expect(bench.statuses == [408])
        #expect(bench.isClientFinished)
    }

    @Test func `a slow body is 408`() throws {
        let bench = try MachineBench()
        bench.client("POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 99999\r\n\r\nabc")
        bench.clientExpires()
        #expect(bench.statuses == [408])
        #expect(!bench.upstreams[0].isOpen)
    }

    @Test func `a body that keeps coming has all the time it needs`() throws {
        let bench = try MachineBench()
        bench.client("POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 999999\r\n\r\n")
        for _ in 0..<9 {
            bench.client([UInt8](repeating: 65, count: 20_000))
            bench.clientExpires()
        }
        #expect(bench.statuses == [])
    }

    @Test func `a connection that waits for nothing is closed without a word`() throws {
        let bench = try MachineBench()
        bench.clientExpires()
        #expect(bench.isClientClosed)
        #expect(bench.toClient.isEmpty)
    }

    // MARK: - Stopping

    @Test func `a proxy that stops lets the request at hand end and the connection with it`() throws {
        let bench = try MachineBench()
        bench.client(Self.get)
        bench.drain()
        #expect(!bench.isClientClosed)
        try bench.upstream(Self.fine)
        #expect(bench.clientText.contains("Connection: close\r\n"))
        #expect(bench.isClientFinished)
    }

    @Test func `a proxy that stops closes connections that wait for their next request`() throws {
        let bench = try MachineBench()
        bench.client(Self.get)
        try bench.upstream(Self.fine)
        bench.drain()
        #expect(bench.isClientClosed)
    }

    @Test func `a proxy that stops answers the first request of who has just come`() throws {
        let bench = try MachineBench()
        bench.drain()
        #expect(!bench.isClientClosed)
        bench.client(Self.get)
        try bench.upstream(Self.fine)
        #expect(bench.statuses == [200])
        #expect(bench.isClientFinished)
    }
}
