package import DNSWire

/// What an upstream was asked and what it answered, since it came into use.
package struct UpstreamStatistics: Hashable, Sendable {
    /// Packets sent, without probes for loops.
    package internal(set) var requests: UInt64 = 0
    /// Those of them over TCP, each on a connection of its own.
    package internal(set) var streams: UInt64 = 0
    /// How long replies took, by their code.
    package internal(set) var replies: [ResponseCode: DurationHistogram] = [:]
    /// Time-outs, unreachable, and replies of no use.
    package internal(set) var failures: UInt64 = 0
    /// Another one answered first, though it was asked later.
    package internal(set) var outpaced: UInt64 = 0

    mutating func note(_ code: ResponseCode, after elapsed: Duration) {
        replies[code, default: DurationHistogram()].note(elapsed)
    }

    /// Adds what another forwarder noted of the same upstream.
    static func += (statistics: inout UpstreamStatistics, other: UpstreamStatistics) {
        statistics.requests += other.requests
        statistics.streams += other.streams
        statistics.failures += other.failures
        statistics.outpaced += other.outpaced
        for (code, histogram) in other.replies { statistics.replies[code, default: DurationHistogram()] += histogram }
    }
}

/// How many durations were at most 0.25 ms, 0.5 ms, … 8.192 s, and longer: the buckets of CoreDNS.
package struct DurationHistogram: Hashable, Sendable {
    /// The upper bounds in seconds of all buckets but the last, which has none.
    package static let bounds: [Double] = (0..<16).map { 0.000_25 * Double(1 << $0) }

    /// How many are in each bucket and in none before it.
    package private(set) var counts: [UInt64] = Array(repeating: 0, count: 17)
    package private(set) var sum = Duration.zero

    package var count: UInt64 { counts.reduce(0, +) }

    mutating func note(_ duration: Duration) {
        sum += duration
        var bound = Duration.microseconds(250)
        var bucket = 0
        while bucket < 16, duration > bound {
            bound += bound
            bucket += 1
        }
        counts[bucket] += 1
    }

    static func += (histogram: inout DurationHistogram, other: DurationHistogram) {
        for index in histogram.counts.indices { histogram.counts[index] += other.counts[index] }
        histogram.sum += other.sum
    }
}
