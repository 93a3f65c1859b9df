import HTTPWire

/// A stream of HTTP/2, seen as a connection of HTTP/1 with one request.
struct InnerStream: ~Copyable {
    /// Who began it.
    enum Origin {
        /// A client: the request comes, and the response leaves.
        case client
        /// We did, to an endpoint: the request leaves, and the response comes.
        case us(HTTP2Scheme)
    }

    let origin: Origin
    private let number: UInt32
    private var input = InnerInput()
    private var output: InnerOutput
    private var method = HTTPMethod.get
    /// How much of the head at hand was looked at, and what came of it before.
    private var scanned = 0
    private var partial = OctetBuffer()
    /// Nil before the head.
    private var body: InnerBody?

    init(_ number: UInt32, from origin: Origin) {
        self.number = number
        self.origin = origin
        output = InnerOutput(number)
    }

    // MARK: - What comes

    /// What the peer sent, as HTTP/1, and was not taken yet.
    var inbound: OctetBuffer { _read { yield input.octets } }

    /// Whether the peer has ended its side.
    var hasEnded: Bool { input.hasEnded }

    /// Whether the peer has asked for a WebSocket: then what comes behind the head is nobody's until it has one.
    var isTunnel: Bool { input.isTunnel }

    mutating func begin(
        _ fields: borrowing FieldSectionBuffer,
        isEnd: Bool,
        _ limits: HeadLimits
    ) throws(HTTP2HeadFault) {
        var method = method
        let origin = origin
        try input.begin(isEnd: isEnd) { (octets) throws(HTTP2HeadFault) in
            switch origin {
            case .client:
                let request = try fields.writeRequestHead(
                    isEnd: isEnd,
                    limits,
                    webSocketKey: WebSocketKey.random().octets,
                    to: &octets
                )
                method = request.method
                return request.body
            case .us:
                return try fields.writeResponseHead(isEnd: isEnd, isToHead: method == .head, limits, to: &octets).body
            }
        }
        self.method = method
    }

    /// - Returns: false if it is more, or less, than the head said.
    mutating func receive(_ data: Span<UInt8>, isEnd: Bool) -> Bool { input.add(data, isEnd: isEnd) }

    mutating func receiveTrailers(_ fields: borrowing FieldSectionBuffer) throws(HTTP2HeadFault) {
        try input.addTrailers(fields)
    }

    /// Removes what was taken of `inbound`. Returns how many octets of the body are to be credited.
    mutating func take(_ count: Int) -> Int { input.take(count) }

    // MARK: - What leaves

    /// Whether the message is sent, with its end.
    var isSent: Bool { output.isSent }

    /// How many octets wait for the windows.
    var pendingCount: Int { output.pendingCount }

    mutating func flush(_ connection: inout HTTP2Connection) { output.flush(&connection) }

    /// Ends the own side of a WebSocket. All else has an end of its own.
    mutating func finish(_ connection: inout HTTP2Connection) {
        guard case .tunnel = body else { return }
        output.send(Span(), isEnd: true, &connection)
    }

    /// Nothing more is sent.
    mutating func cut() { output.cut() }

    /// Sends octets of HTTP/1: interim responses and the response, or the request.
    ///
    /// - Returns: false if they are none.
    mutating func send(
        _ octets: Span<UInt8>,
        _ parsers: inout InnerParsers,
        _ connection: inout HTTP2Connection
    ) -> Bool {
        guard !partial.isEmpty else { return send(whole: octets, &parsers, &connection) }
        partial.append(octets)
        var joined = OctetBuffer()
        swap(&joined, &partial)
        return send(whole: joined.octets.span, &parsers, &connection)
    }

    private mutating func send(
        whole octets: Span<UInt8>,
        _ parsers: inout InnerParsers,
        _ connection: inout HTTP2Connection
    ) -> Bool {
        var offset = 0
        while offset < octets.count {
            if var body = body.take() {
                guard let isComplete = body.send(octets, from: &offset, &output, &connection) else { return false }
                self.body = body
                if isComplete { return true }
                continue
            }
            let rest = octets.extracting(offset..<octets.count)
            switch parsers.parse(rest, resumingAt: &scanned, as: origin, to: method) {
            case .incomplete:
                partial.append(rest)
                return true
            case .complete(let length):
                scanned = 0
                offset += length
                guard begin(rest, parsers, &connection) else { return false }
            case .refused, .http2Preface: return false
            }
        }
        return true
    }

    /// Sends the head that was parsed last.
    private mutating func begin(
        _ octets: Span<UInt8>,
        _ parsers: borrowing InnerParsers,
        _ connection: inout HTTP2Connection
    ) -> Bool {
        switch origin {
        case .client:
            let head = parsers.responses.head
            // RFC 9113 section 8.6.
            guard head.status != 101 else { return beginTunnel(octets, parsers, &connection) }
            // Who asked for a WebSocket would take success for one (RFC 8441 section 5).
            guard !isTunnel || !(200..<300).contains(head.status) else { return false }
            // Of a body up to the end of the connection nobody else could tell a fault.
            guard head.isInterim || head.body != .untilClose else { return false }
            let isEnd = !head.isInterim && expect(InnerBody(head.body))
            connection.send(head, in: octets, on: number, isEnd: isEnd)
        case .us(let scheme):
            let head = parsers.requests.head
            method = head.method
            connection.send(head, in: octets, scheme: scheme, on: number, isEnd: expect(InnerBody(head.body)))
        }
        return true
    }

    /// The peer has the WebSocket that it asked for, if it did.
    private mutating func beginTunnel(
        _ octets: Span<UInt8>,
        _ parsers: borrowing InnerParsers,
        _ connection: inout HTTP2Connection
    ) -> Bool {
        guard isTunnel else { return false }
        body = .tunnel
        connection.send(parsers.responses.head, in: octets, on: number, isEnd: false)
        return true
    }

    /// Has the body follow the head. Returns whether the head is the end: then there is none.
    private mutating func expect(_ body: InnerBody?) -> Bool {
        self.body = body ?? .octets(0)
        guard body == nil else { return false }
        output.end()
        return true
    }
}

/// What the streams of HTTP/2 of one loop read heads of HTTP/1 with.
struct InnerParsers: ~Copyable {
    private(set) var requests: RequestParser
    private(set) var responses: ResponseParser

    /// - Parameter limits: what was kept to by what came. What was added here may be as much as anybody has configured.
    init(_ limits: HeadLimits) {
        let limits = HeadLimits(
            firstLine: .max,
            fields: .max,
            fieldCount: .max,
            allowsNonASCIITargets: limits.allowsNonASCIITargets
        )
        requests = RequestParser(limits)
        responses = ResponseParser(limits)
    }

    /// Reads the head that leaves on a stream.
    mutating func parse(
        _ octets: Span<UInt8>,
        resumingAt scanned: inout Int,
        as origin: InnerStream.Origin,
        to method: HTTPMethod
    ) -> HeadProgress {
        switch origin {
        case .client: responses.parse(octets, resumingAt: &scanned, to: method)
        case .us: requests.parse(octets, resumingAt: &scanned)
        }
    }
}
