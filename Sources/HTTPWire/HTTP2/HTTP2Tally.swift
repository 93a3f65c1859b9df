/// What a peer did within a period that is lawful, or the fault of one stream only, and too much if it is often.
struct HTTP2Tally: Sendable {
    /// WINDOW_UPDATE frames that may answer one frame of DATA, besides those for each KiB.
    private static let updatesPerFrame = 2
    /// Frames without DATA that may be on their way on a stream when it is over: an interim head, a head, the end and
    /// RST_STREAM.
    private static let lateFramesPerStream = 4

    private var start: Int64?
    private var resets = 0
    private var streamFaults = 0
    private var idleFrames = 0
    /// So many WINDOW_UPDATE frames may be answers to what was sent.
    private var expectedUpdates = 0
    /// So many octets may come on streams that we have reset: what was left of their windows.
    private var lateOctets = 0
    /// So many other frames may come on streams that are over.
    private var lateFrames = 0

    /// Begins another period if it is time to.
    @inline(__always)
    mutating func begin(_ now: Int64, _ period: Int64) {
        if let start, now &- start < period { return }
        start = now
        resets = 0
        streamFaults = 0
        idleFrames = 0
    }

    mutating func countReset(_ limits: HTTP2Limits) throws(HTTP2ErrorCode) {
        resets += 1
        if resets > limits.resets { throw .enhanceYourCalm }
    }

    mutating func countStreamFault(_ limits: HTTP2Limits) throws(HTTP2ErrorCode) {
        streamFaults += 1
        if streamFaults > limits.streamFaults { throw .enhanceYourCalm }
    }

    mutating func countIdleFrame(_ limits: HTTP2Limits) throws(HTTP2ErrorCode) {
        idleFrames += 1
        if idleFrames > limits.idleFrames { throw .enhanceYourCalm }
    }

    /// A frame of DATA was sent.
    @inline(__always)
    mutating func expectUpdates(for count: Int, _ limits: HTTP2Limits) {
        expectedUpdates = min(expectedUpdates &+ Self.updatesPerFrame &+ count >> 10, limits.idleFrames)
    }

    mutating func countUpdate(_ limits: HTTP2Limits) throws(HTTP2ErrorCode) {
        guard expectedUpdates == 0 else { return expectedUpdates -= 1 }
        try countIdleFrame(limits)
    }

    /// A stream has begun.
    @inline(__always)
    mutating func expectLateFrames(_ limits: HTTP2Limits) {
        lateFrames = min(lateFrames &+ Self.lateFramesPerStream, limits.idleFrames)
    }

    /// A stream was reset or refused on which the peer may have sent so many octets by the time it hears of that.
    mutating func expectLateData(_ count: Int) {
        lateOctets += max(count, 0)
    }

    /// DATA, with its padding, came on a stream that is over.
    mutating func countLateData(_ count: Int, _ limits: HTTP2Limits) throws(HTTP2ErrorCode) {
        guard count > 0 else { return try countLateFrame(limits) }
        guard count > lateOctets else { return lateOctets -= count }
        try countIdleFrame(limits)
    }

    /// Another frame came on a stream that is over.
    mutating func countLateFrame(_ limits: HTTP2Limits) throws(HTTP2ErrorCode) {
        guard lateFrames == 0 else { return lateFrames -= 1 }
        try countIdleFrame(limits)
    }
}
