/// A connection of HTTP/2 (RFC 9113): frames, streams, windows and the limits against abuse, without a socket and a clock.
///
/// What came is given to `next`, what is to leave is taken from `output`.
package struct HTTP2Connection: ~Copyable, Sendable {
    /// Which side is ours.
    package enum Role: Sendable {
        case server
        case client
    }

    enum Phase: Sendable {
        /// Before the end of the client's preface. To: `settings`.
        case preface
        /// Before the peer's first frame. To: `open`.
        case settings
        case open
    }

    /// What is to leave.
    package var output = OctetBuffer()
    /// The fields of the event that was told last, if it has any.
    package internal(set) var fields = FieldSectionBuffer()

    let role: Role
    let limits: HTTP2Limits
    var phase: Phase
    /// Why the connection is over, if it is.
    var failure: HTTP2ErrorCode?
    var decoder = HPACKDecoder()
    var encoder = HPACKEncoder()
    var table = HTTP2StreamTable()
    var peer = HTTP2PeerSettings()
    /// Of the connection, as `sendWindow`.
    var receiving: HTTP2ReceiveWindow
    var sendWindow = 65_535
    /// Whether octets were refused because of the connection's window.
    var isWaiting = false
    /// Whether the peer has acknowledged our SETTINGS, and so keeps to them.
    var isAcknowledged = false
    /// Whether a PING of ours was not answered yet.
    package internal(set) var isAwaitingPing = false
    /// A field block of which more has to come, and what came of it.
    var partial: HTTP2FieldBlock?
    var partialOctets = OctetBuffer()
    /// The highest stream that was begun: by the peer as a server, by us as a client.
    var highest: UInt32 = 0
    /// The highest stream of the peer's that is still taken.
    var lastTaken = UInt32(Int32.max)
    /// The highest stream of ours that the peer takes.
    var lastPeerTakes = UInt32(Int32.max)
    /// Whether the peer has said that it takes no new streams.
    var isPeerLeaving = false
    var tally = HTTP2Tally()
    var answers = HTTP2Answers()

    /// The preface and the SETTINGS of ours stand in the output.
    package init(_ role: Role, _ limits: HTTP2Limits = HTTP2Limits()) {
        self.role = role
        self.limits = limits
        phase = role == .server ? .preface : .settings
        let window = max(limits.connectionWindow, 65_535)
        receiving = HTTP2ReceiveWindow(size: window, left: window)
        begin()
    }

    /// How many streams are not over.
    package var streamCount: Int { table.streams.count }

    /// Whether the peer's SETTINGS have come.
    package var isOpen: Bool { phase == .open && failure == nil }

    /// How many streams of ours the peer takes at a time.
    package var streamLimit: Int { peer.maxConcurrentStreams }

    /// Looks at the next frame.
    ///
    /// - Parameters:
    ///   - octets: what came and was not looked at yet begins at `offset`.
    ///   - now: in milliseconds, from a beginning that is the same in all calls.
    package mutating func next(_ octets: Span<UInt8>, from offset: inout Int, now: Int64) -> HTTP2Event {
        if let failure { return .failed(failure) }
        tally.begin(now, limits.period)
        do throws(HTTP2ErrorCode) {
            if phase == .preface {
                guard try readPreface(octets, &offset) else { return .needsMore }
            }
            while octets.count &- offset >= HTTP2FrameHeader.count {
                let header = HTTP2FrameHeader(octets, at: offset)
                try check(header)
                let start = offset &+ HTTP2FrameHeader.count
                let end = start &+ header.length
                guard end <= octets.count else { return .needsMore }
                offset = end
                if let event = try read(header, octets, start..<end) { return event }
            }
            return .needsMore
        } catch {
            return fail(error)
        }
    }

    /// Ends the connection because of a fault of the peer's.
    mutating func fail(_ code: HTTP2ErrorCode) -> HTTP2Event {
        appendGoAway(code, last: lastLookedAt)
        failure = code
        table.removeAll()
        return .failed(code)
    }
}

extension HTTP2Connection {
    /// What a client sends first (RFC 9113 section 3.4).
    private static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    private mutating func begin() {
        var settings = OctetBuffer()
        switch role {
        case .server:
            settings.append(.maxConcurrentStreams, limits.streams)
            settings.append(.enableConnectProtocol, 1)
        case .client:
            output.append(Self.preface)
            answers.appended += Self.preface.utf8CodeUnitCount
            settings.append(.enablePush, 0)
        }
        settings.append(.initialWindowSize, limits.streamWindow)
        settings.append(.maxHeaderListSize, limits.fieldOctets)
        settings.append(.noRFC7540Priorities, 1)
        appendFrame(.settings, stream: 0, settings.octets.span)
        if limits.connectionWindow > 65_535 { appendWindowUpdate(0, limits.connectionWindow - 65_535) }
    }

    /// Returns whether all of it has come.
    private mutating func readPreface(_ octets: Span<UInt8>, _ offset: inout Int) throws(HTTP2ErrorCode) -> Bool {
        var expected = OctetBuffer()
        expected.append(Self.preface)
        let count = min(octets.count - offset, expected.count)
        for index in 0..<count where octets[offset + index] != expected.octets[index] { throw .protocolError }
        guard count == expected.count else { return false }
        offset += count
        phase = .settings
        return true
    }

    /// What is wrong with a frame whatever its payload is.
    @inline(__always)
    private func check(_ header: HTTP2FrameHeader) throws(HTTP2ErrorCode) {
        guard header.length <= HTTP2FrameHeader.maximumLength else { throw .frameSizeError }
        if phase == .settings, header.kind != .settings || header.flags.contains(.acknowledgement) {
            throw .protocolError
        }
        // Nothing may stand between the frames of a field block (RFC 9113 section 6.10).
        guard (header.kind == .continuation) == (partial != nil) else { throw .protocolError }
    }

    @inline(__always)
    private mutating func read(
        _ header: HTTP2FrameHeader,
        _ octets: Span<UInt8>,
        _ payload: Range<Int>
    ) throws(HTTP2ErrorCode) -> HTTP2Event? {
        switch header.kind {
        case .data: return try readData(header, octets, payload)
        case .headers: return try readHeaders(header, octets, payload)
        case .continuation: return try readContinuation(header, octets.extracting(payload))
        case .windowUpdate: return try readWindowUpdate(header, octets.extracting(payload))
        case .reset: return try readReset(header, octets.extracting(payload))
        case .settings: return try readSettings(header, octets.extracting(payload))
        case .ping: try readPing(header, octets.extracting(payload))
        case .priority: return try readPriority(header, octets.extracting(payload))
        case .goAway: return try readGoAway(header, octets.extracting(payload))
        // We are no client that takes promises, and a server is sent none (RFC 9113 section 8.4).
        case .pushPromise: throw .protocolError
        default: try tally.countIdleFrame(limits)
        }
        return nil
    }
}
