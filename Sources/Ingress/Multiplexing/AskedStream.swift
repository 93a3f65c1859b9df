import HTTPWire

/// A stream of HTTP/2 to an endpoint, seen as a connection of HTTP/1 for one request.
struct AskedStream: ~Copyable {
    private var input = InnerInput()
    private var output: InnerOutput
    private let number: UInt32
    private let scheme: HTTP2Scheme
    private var isToHead = false
    /// How much of the head was looked at, and what came of it before.
    private var scanned = 0
    private var partial = OctetBuffer()
    /// Nil before the head.
    private var body: InnerBody?

    init(_ number: UInt32, scheme: HTTP2Scheme) {
        self.number = number
        self.scheme = scheme
        output = InnerOutput(number)
    }

    // MARK: - What comes

    /// What the endpoint sent, as HTTP/1, and was not taken yet.
    var inbound: OctetBuffer { _read { yield input.octets } }

    /// Whether the endpoint has ended its side.
    var hasEnded: Bool { input.hasEnded }

    mutating func begin(
        _ fields: borrowing FieldSectionBuffer,
        isEnd: Bool,
        _ limits: HeadLimits
    ) throws(HTTP2HeadFault) {
        let isToHead = isToHead
        try input.begin(isEnd: isEnd) { (octets) throws(HTTP2HeadFault) in
            try fields.writeResponseHead(isEnd: isEnd, isToHead: isToHead, limits, to: &octets).body
        }
    }

    /// - Returns: false if it is more, or less, than the head said.
    mutating func receive(_ data: Span<UInt8>, isEnd: Bool) -> Bool { input.add(data, isEnd: isEnd) }

    mutating func receiveTrailers(_ fields: borrowing FieldSectionBuffer) throws(HTTP2HeadFault) {
        try input.addTrailers(fields)
    }

    /// Removes what was taken of `inbound`. Returns how many octets of the body are to be credited.
    mutating func take(_ count: Int) -> Int { input.take(count) }

    // MARK: - What leaves

    /// Whether the request is sent, with its end.
    var isSent: Bool { output.isSent }

    /// How many octets wait for the windows.
    var pendingCount: Int { output.pendingCount }

    mutating func flush(_ connection: inout HTTP2Connection) { output.flush(&connection) }

    /// Sends octets of a request of HTTP/1.
    ///
    /// - Returns: false if they are none.
    mutating func send(
        _ octets: Span<UInt8>,
        parser: inout RequestParser,
        connection: inout HTTP2Connection
    ) -> Bool {
        guard !partial.isEmpty else { return send(whole: octets, &parser, &connection) }
        partial.append(octets)
        var joined = OctetBuffer()
        swap(&joined, &partial)
        return send(whole: joined.octets.span, &parser, &connection)
    }

    private mutating func send(
        whole octets: Span<UInt8>,
        _ parser: inout RequestParser,
        _ connection: inout HTTP2Connection
    ) -> Bool {
        var offset = 0
        if body == nil {
            switch parser.parse(octets, resumingAt: &scanned) {
            case .incomplete:
                partial.append(octets)
                return true
            case .complete(let length):
                offset = length
                begin(parser.head, in: octets, &connection)
            case .refused, .http2Preface: return false
            }
        }
        guard offset < octets.count, var body = body.take() else { return true }
        let isComplete = body.send(octets, from: &offset, &output, &connection)
        self.body = body
        return isComplete != nil
    }

    private mutating func begin(_ head: RequestHead, in octets: Span<UInt8>, _ connection: inout HTTP2Connection) {
        isToHead = head.method == .head
        var isEnd = false
        switch head.body {
        case .none, .octets(0):
            isEnd = true
            output.end()
            body = .octets(0)
        case .octets(let count): body = .octets(count)
        case .chunked: body = .chunked(ChunkedReader())
        }
        connection.send(head, in: octets, scheme: scheme, on: number, isEnd: isEnd)
    }
}
