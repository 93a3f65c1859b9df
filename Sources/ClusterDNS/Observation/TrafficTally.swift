import DNSWire
import LinuxSystem

/// What one thread counts of the queries that it answers: plain words, which nobody else reads.
struct TrafficTally: Sendable {
    /// By transport, family and type: see `place`.
    private(set) var requests = InlineArray<80, UInt64>(repeating: 0)
    /// By code; the last are codes that have no name.
    private(set) var responses = InlineArray<25, UInt64>(repeating: 0)
    /// Queries with DO.
    private(set) var dnssecRequests: UInt64 = 0
    private(set) var durations = DurationTally()
    /// Of messages over UDP, and over TCP.
    private(set) var requestSizes = InlineArray<2, SizeTally>(repeating: SizeTally())
    private(set) var responseSizes = InlineArray<2, SizeTally>(repeating: SizeTally())

    /// Notes a query when it is answered.
    ///
    /// - Parameters:
    ///   - size: of the query, in octets.
    ///   - replySize: of what it is answered with.
    @inline(__always)
    mutating func note(
        _ type: MeasuredType,
        dnssecOK: Bool,
        size: Int,
        _ code: ResponseCode,
        replySize: Int,
        _ origin: PacketOrigin
    ) {
        let transport = origin.transport == .stream ? 1 : 0
        requests[Self.place(transport, origin.address.isIPv4 ? 0 : 1, type)] &+= 1
        responses[min(Int(code.rawValue), 24)] &+= 1
        if dnssecOK { dnssecRequests &+= 1 }
        requestSizes[transport].note(size)
        responseSizes[transport].note(replySize)
    }

    /// Notes how long answers took.
    mutating func note(_ elapsed: Duration, count: UInt64) {
        durations.note(elapsed, count: count)
    }

    /// Where the requests of a kind are counted.
    static func place(_ transport: Int, _ family: Int, _ type: MeasuredType) -> Int {
        (transport * 2 + family) * MeasuredType.count + Int(type.rawValue)
    }

    /// Adds what another thread counted.
    static func += (tally: inout TrafficTally, other: TrafficTally) {
        for index in tally.requests.indices { tally.requests[index] &+= other.requests[index] }
        for index in tally.responses.indices { tally.responses[index] &+= other.responses[index] }
        tally.dnssecRequests &+= other.dnssecRequests
        tally.durations += other.durations
        for index in tally.requestSizes.indices {
            tally.requestSizes[index] += other.requestSizes[index]
            tally.responseSizes[index] += other.responseSizes[index]
        }
    }
}

/// Sizes of messages, in CoreDNS' buckets.
struct SizeTally: Sendable {
    /// The upper bounds in octets of all buckets but the last.
    static let bounds: [Double] = [
        0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16_000, 32_000, 48_000, 64_000,
    ]

    private(set) var counts = InlineArray<15, UInt64>(repeating: 0)
    private(set) var sum: UInt64 = 0

    @inline(__always)
    mutating func note(_ size: Int) {
        sum &+= UInt64(size)
        counts[size <= 400 ? (size + 99) / 100 : Self.bucket(ofLarge: size)] &+= 1
    }

    private static func bucket(ofLarge size: Int) -> Int {
        switch size {
        case ...511: 5
        case ...1023: 6
        case ...2047: 7
        case ...4095: 8
        case ...8291: 9
        case ...16_000: 10
        case ...32_000: 11
        case ...48_000: 12
        case ...64_000: 13
        default: 14
        }
    }

    static func += (tally: inout SizeTally, other: SizeTally) {
        for index in tally.counts.indices { tally.counts[index] &+= other.counts[index] }
        tally.sum &+= other.sum
    }
}

/// How long answers took, in the buckets of `DurationHistogram`.
struct DurationTally: Sendable {
    private(set) var counts = InlineArray<17, UInt64>(repeating: 0)
    /// In nanoseconds.
    private(set) var sum: UInt64 = 0

    var isEmpty: Bool { counts.indices.allSatisfy { counts[$0] == 0 } }

    mutating func note(_ elapsed: Duration, count: UInt64) {
        let (seconds, attoseconds) = elapsed.components
        let nanoseconds = UInt64(max(0, seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000))
        sum &+= nanoseconds &* count
        // 0.25 ms and less, then up to twice as much each time: the place of the highest bit.
        let quarters = (max(1, nanoseconds) - 1) / 250_000
        counts[min(16, UInt64.bitWidth - quarters.leadingZeroBitCount)] &+= count
    }

    static func += (tally: inout DurationTally, other: DurationTally) {
        for index in tally.counts.indices { tally.counts[index] &+= other.counts[index] }
        tally.sum &+= other.sum
    }
}
