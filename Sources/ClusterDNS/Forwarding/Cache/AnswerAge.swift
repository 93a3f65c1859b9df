import DNSWire

/// What is done to the TTLs of records that were kept.
struct AnswerAge: Hashable, Sendable, BitwiseCopyable {
    /// What is taken off.
    private let seconds: UInt32
    private let least: UInt32
    private let most: UInt32

    init(seconds: UInt32) {
        self.seconds = seconds
        least = 0
        most = UInt32.max
    }

    private init(fixed ttl: UInt32) {
        seconds = 0
        least = ttl
        most = ttl
    }

    static let none = AnswerAge(seconds: 0)
    /// Behind their time (RFC 8767 section 4).
    static let stale = AnswerAge(fixed: CacheTimes.staleTTL)

    /// Changes the records of a message from `start` on.
    func apply(to message: inout OutputSpan<UInt8>, from start: Int) {
        guard seconds > 0 || least > 0 else { return }
        let end = message.count
        var octets = message.mutableSpan
        RecordAges.age(&octets, from: start, to: end, by: seconds, within: least...most)
    }
}
