import DNSWire
import LinuxSystem

/// What one thread sees of the queries that it answers. Costs some words written, no lock, no memory and no look at a clock
/// for each.
struct TrafficObserver: Sendable {
    /// Queries for names of the cluster and of others.
    private(set) var served = TrafficTally()
    /// Those that are not answered but refused, or that cannot be read.
    private(set) var dropped = TrafficTally()
    /// Of both, those that were answered in this round of packets.
    private var servedNow: UInt64 = 0
    private var droppedNow: UInt64 = 0

    /// Notes a query that is answered at once.
    ///
    /// - Parameters:
    ///   - query: nil if the packet could not be read.
    ///   - size: of the packet.
    ///   - reply: the whole reply; empty if there is none, so that there is nothing to note.
    @inline(__always)
    mutating func note(_ query: Query?, size: Int, _ reply: Span<UInt8>, _ origin: PacketOrigin) {
        guard reply.count >= HeaderReply.length else { return }
        if tally(query, size: size, reply, origin) { servedNow &+= 1 } else { droppedNow &+= 1 }
    }

    /// Notes a query that is answered after others were asked.
    ///
    /// - Parameter elapsed: since it came.
    mutating func note(_ query: Query, size: Int, _ reply: Span<UInt8>, _ origin: PacketOrigin, elapsed: Duration) {
        if tally(query, size: size, reply, origin) {
            served.note(elapsed, count: 1)
        } else {
            dropped.note(elapsed, count: 1)
        }
    }

    /// Whether `endRound` is owed.
    var hasAnswered: Bool { servedNow | droppedNow != 0 }

    /// Notes how long the answers of this round took.
    ///
    /// - Parameter elapsed: since the round began.
    mutating func endRound(_ elapsed: Duration) {
        if servedNow > 0 { served.note(elapsed, count: servedNow) }
        if droppedNow > 0 { dropped.note(elapsed, count: droppedNow) }
        (servedNow, droppedNow) = (0, 0)
    }

    /// Returns whether the query was served.
    @inline(__always)
    private mutating func tally(_ query: Query?, size: Int, _ reply: Span<UInt8>, _ origin: PacketOrigin) -> Bool {
        let code = ResponseCode(of: reply, to: query)
        guard let query, code.isOfServed else {
            drop(query, size: size, code, reply.count, origin)
            return false
        }
        served.note(
            MeasuredType(query.type),
            dnssecOK: query.edns?.dnssecOK ?? false,
            size: size,
            code,
            replySize: reply.count,
            origin
        )
        return true
    }

    private mutating func drop(
        _ query: Query?,
        size: Int,
        _ code: ResponseCode,
        _ replySize: Int,
        _ origin: PacketOrigin
    ) {
        dropped.note(
            query.map { MeasuredType($0.type) } ?? .other,
            dnssecOK: query?.edns?.dnssecOK ?? false,
            size: size,
            code,
            replySize: replySize,
            origin
        )
    }
}

extension ResponseCode {
    /// The code of a whole reply.
    @inline(__always)
    init(of reply: Span<UInt8>, to query: Query?) {
        // The only code of ours that the header has no room for.
        self = (query?.edns?.version ?? 0) > 0 ? .badVersion : ResponseCode(rawValue: UInt16(reply[3] & 0xf))
    }

    /// Whether the query was looked at as one for a name.
    fileprivate var isOfServed: Bool {
        switch self {
        case .noError, .nameError, .serverFailure: true
        default: false
        }
    }
}
