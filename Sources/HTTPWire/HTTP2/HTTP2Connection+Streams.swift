extension HTTP2Connection {
    /// What a number is of that no stream under way has.
    enum Past: Sendable {
        /// RFC 9113 section 5.1: nothing has been sent on it yet.
        case idle
        /// A higher one was begun instead, or it is long ago.
        case neverBegun
        case closed
        /// We have reset it or refuse to take it, and the peer might not know that yet. A client tells no others apart: it
        /// has begun them all, and nothing that comes on one that is over does harm.
        case ignored
    }

    func past(of number: UInt32) -> Past {
        if number & 1 == 0 || number > highest { return .idle }
        if role == .client || number > lastTaken { return .ignored }
        switch table.past(of: number) {
        case .reset: return .ignored
        case .closed: return .closed
        // As RFC 9113 section 5.1 allows of all that are closed: it may be one that we have reset.
        case .unknown: return number <= table.highestForgotten ? .ignored : .neverBegun
        }
    }

    func newStream(_ number: UInt32) -> HTTP2Stream {
        HTTP2Stream(
            number: number,
            isKnown: false,
            sendWindow: peer.initialWindow,
            receiving: HTTP2ReceiveWindow(size: limits.streamWindow, left: windowNow)
        )
    }

    /// What a peer may send on a stream when it does not know of our SETTINGS yet, or does.
    var windowAtFirst: Int { max(limits.streamWindow, 65_535) }

    /// What a peer may send on a stream that begins now.
    var windowNow: Int { isAcknowledged ? limits.streamWindow : windowAtFirst }

    /// The peer sends nothing more on a stream.
    @inline(__always)
    mutating func endReceiving(at index: Int) {
        table.streams[index].isReceiving = false
        if !table.streams[index].isSending { table.remove(at: index, .closed) }
    }

    @inline(__always)
    mutating func endSending(at index: Int) {
        table.streams[index].isSending = false
        if !table.streams[index].isReceiving { table.remove(at: index, .closed) }
    }

    /// Removes a stream that is over before the peer knows of it.
    mutating func removeReset(at index: Int) {
        if table.streams[index].isReceiving { tally.expectLateData(table.streams[index].receiving.left) }
        table.remove(at: index, .reset)
    }

    /// Resets a stream because of a fault of the peer's (RFC 9113 section 5.4.2).
    mutating func resetFaulty(at index: Int, _ code: HTTP2ErrorCode) throws(HTTP2ErrorCode) -> HTTP2Event? {
        let number = table.streams[index].number
        removeReset(at: index)
        try refuse(number, code)
        return .reset(number, code)
    }

    /// Resets a stream that is not under way.
    mutating func refuse(_ number: UInt32, _ code: HTTP2ErrorCode) throws(HTTP2ErrorCode) {
        table.remember(number, .reset)
        try tally.countStreamFault(limits)
        appendReset(number, code)
        try countAnswer(payload: 4)
    }

    /// Counts the answer that was appended last.
    mutating func countAnswer(payload: Int) throws(HTTP2ErrorCode) {
        let waiting = answers.count(HTTP2FrameHeader.count + payload, waiting: output.count)
        if waiting > limits.answers { throw .enhanceYourCalm }
    }
}
