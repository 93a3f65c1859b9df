import HTTPWire

/// A stream of HTTP/2 that a client began, seen as its connection of HTTP/1 with one request.
struct ServedStream: ~Copyable {
    private var input = InnerInput()
    private var output: InnerOutput
    private let number: UInt32
    private var method = HTTPMethod.get
    /// How much of the head at hand was looked at, and what came of it before.
    private var scanned = 0
    private var partial = OctetBuffer()
    /// Nil before the head.
    private var body: InnerBody?

    init(_ number: UInt32) {
        self.number = number
        output = InnerOutput(number)
    }

    // MARK: - What comes

    /// What the client sent, as HTTP/1, and was not taken yet.
    var inbound: OctetBuffer { _read { yield input.octets } }

    /// Whether the client has ended its side.
    var hasEnded: Bool { input.hasEnded }

    mutating func begin(
        _ fields: borrowing FieldSectionBuffer,
        isEnd: Bool,
        _ limits: HeadLimits
    ) throws(HTTP2HeadFault) {
        var method = HTTPMethod.get
        try input.begin(isEnd: isEnd) { (octets) throws(HTTP2HeadFault) in
            let request = try fields.writeRequestHead(isEnd: isEnd, limits, to: &octets)
            method = request.method
            return request.body
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

    /// Whether the response is sent, with its end.
    var isSent: Bool { output.isSent }

    /// How many octets wait for the windows.
    var pendingCount: Int { output.pendingCount }

    mutating func flush(_ connection: inout HTTP2Connection) { output.flush(&connection) }

    /// Sends octets of HTTP/1: interim responses, and the response.
    ///
    /// - Returns: false if they are none.
    mutating func send(
        _ octets: Span<UInt8>,
        parser: inout ResponseParser,
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
        _ parser: inout ResponseParser,
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
            switch parser.parse(rest, resumingAt: &scanned, to: method) {
            case .incomplete:
                partial.append(rest)
                return true
            case .complete(let length):
                scanned = 0
                offset += length
                guard begin(parser.head, in: rest, &connection) else { return false }
            case .refused, .http2Preface: return false
            }
        }
        return true
    }

    private mutating func begin(
        _ head: ResponseHead,
        in octets: Span<UInt8>,
        _ connection: inout HTTP2Connection
    ) -> Bool {
        var isEnd = false
        // RFC 9113 section 8.6.
        guard head.status != 101 else { return false }
        if head.status >= 200 {
            switch head.body {
            case .none, .octets(0):
                isEnd = true
                output.end()
                body = .octets(0)
            case .octets(let count): body = .octets(count)
            case .chunked: body = .chunked(ChunkedReader())
            // Nobody else could tell its end from a fault.
            case .untilClose: return false
            }
        }
        connection.send(head, in: octets, on: number, isEnd: isEnd)
        return true
    }
}
