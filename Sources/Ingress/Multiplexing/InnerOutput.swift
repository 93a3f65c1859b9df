import HTTPWire

/// What leaves on a stream of HTTP/2 behind a head: as much as the windows take, the rest later.
struct InnerOutput: ~Copyable {
    /// Sent with its end.
    private(set) var isSent = false
    private let number: UInt32
    /// What the windows did not take.
    private var pending = OctetBuffer()
    private var isEnding = false
    private var trailers: (fields: FieldList, octets: [UInt8])?

    init(_ number: UInt32) {
        self.number = number
    }

    var pendingCount: Int { pending.count }

    /// The head was the end.
    mutating func end() { isSent = true }

    mutating func send(_ octets: Span<UInt8>, isEnd: Bool, _ connection: inout HTTP2Connection) {
        guard !isSent, !isEnding else { return }
        isEnding = isEnd
        guard pending.isEmpty else { return pending.append(octets) }
        let taken = connection.sendData(octets, on: number, isEnd: isEnd)
        if taken < octets.count {
            pending.append(octets.extracting(taken..<octets.count))
        } else if isEnd {
            isSent = true
        }
    }

    mutating func end(_ fields: FieldList, _ octets: [UInt8], _ connection: inout HTTP2Connection) {
        guard !isSent, !isEnding else { return }
        isEnding = true
        trailers = (fields, octets)
        flush(&connection)
    }

    /// Nothing more is sent.
    mutating func cut() {
        isSent = true
        pending = OctetBuffer()
        trailers = nil
    }

    /// Sends what the windows take now.
    mutating func flush(_ connection: inout HTTP2Connection) {
        guard !isSent else { return }
        if !pending.isEmpty {
            let isEnd = isEnding && trailers == nil
            let taken = connection.sendData(pending.octets.span, on: number, isEnd: isEnd)
            if taken < pending.count { return pending.removeFirst(taken) }
            pending = OctetBuffer()
            if isEnd { isSent = true }
        }
        guard isEnding, let trailers else { return }
        connection.sendTrailers(trailers.fields, in: trailers.octets.span, on: number)
        isSent = true
    }
}
