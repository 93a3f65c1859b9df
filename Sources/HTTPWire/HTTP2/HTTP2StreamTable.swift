/// A stream that is neither idle nor closed (RFC 9113 section 5.1).
struct HTTP2Stream: Sendable {
    let number: UInt32
    /// Whether the peer may send more: else the stream is half-closed (remote).
    var isReceiving = true
    /// Whether we may send more: else the stream is half-closed (local).
    var isSending = true
    /// Whether the peer's head has come, and not an interim one only.
    var hasHead = false
    /// Whether the peer knows of the stream: it began it, or our head was sent.
    var isKnown: Bool
    /// Whether octets were refused because of the stream's window.
    var isWaiting = false
    /// How much we may send. Below zero, if the peer has made it smaller.
    var sendWindow: Int
    var receiving: HTTP2ReceiveWindow

    /// Takes so many octets of DATA off the window. Returns what is wrong with it, if anything is.
    @inline(__always)
    mutating func takeData(_ count: Int) -> HTTP2ErrorCode? {
        guard isReceiving else { return .streamClosed }
        guard hasHead else { return .protocolError }
        return receiving.take(count) ? nil : .flowControlError
    }
}

/// The streams that are under way, and which ones were lately.
struct HTTP2StreamTable: ~Copyable, Sendable {
    /// Why a number is of no stream that is under way.
    enum Past: Sendable {
        /// Nothing is known of it any more, or never was.
        case unknown
        case closed
        /// We have reset it: the peer may have sent more before it heard of that.
        case reset
    }

    /// How many are remembered: more than a peer may have under way at a time.
    private static let places = 256
    private static let resetMark: UInt32 = 1 << 31

    /// In no order.
    var streams: [HTTP2Stream] = []
    /// Where a stream was seen last, by the low bits of its number.
    private var hints: [UInt16] = []
    /// Numbers of streams that are over, by their low bits.
    private var past: [UInt32] = []
    /// The highest one that was reset and that another one has taken the place of.
    private(set) var highestForgotten: UInt32 = 0

    @inline(__always)
    private static func place(_ number: UInt32) -> Int { Int(number >> 1) & (places - 1) }

    /// Where the stream is among `streams`.
    @inline(__always)
    mutating func index(of number: UInt32) -> Int? {
        guard !streams.isEmpty else { return nil }
        let hint = Int(hints[Self.place(number)])
        if hint < streams.count, streams[hint].number == number { return hint }
        return search(number)
    }

    /// A stream that another one with the same low bits came after.
    private mutating func search(_ number: UInt32) -> Int? {
        guard past(of: number) == .unknown else { return nil }
        guard let index = streams.firstIndex(where: { $0.number == number }) else { return nil }
        hints[Self.place(number)] = UInt16(truncatingIfNeeded: index)
        return index
    }

    mutating func insert(_ stream: HTTP2Stream) {
        if hints.isEmpty {
            hints = Array(repeating: 0, count: Self.places)
            past = Array(repeating: 0, count: Self.places)
        }
        hints[Self.place(stream.number)] = UInt16(truncatingIfNeeded: streams.count)
        streams.append(stream)
    }

    /// The stream is over.
    mutating func remove(at index: Int, _ past: Past) {
        remember(streams[index].number, past)
        let last = streams.removeLast()
        guard index < streams.count else { return }
        streams[index] = last
        hints[Self.place(last.number)] = UInt16(truncatingIfNeeded: index)
    }

    mutating func removeAll() { streams = [] }

    mutating func remember(_ number: UInt32, _ past: Past) {
        if self.past.isEmpty { self.past = Array(repeating: 0, count: Self.places) }
        let place = Self.place(number)
        let former = self.past[place]
        if former & Self.resetMark != 0, former & ~Self.resetMark != number {
            highestForgotten = max(highestForgotten, former & ~Self.resetMark)
        }
        self.past[place] = past == .reset ? number | Self.resetMark : number
    }

    func past(of number: UInt32) -> Past {
        guard !past.isEmpty else { return .unknown }
        let entry = past[Self.place(number)]
        guard entry & ~Self.resetMark == number else { return .unknown }
        return entry & Self.resetMark == 0 ? .closed : .reset
    }
}
