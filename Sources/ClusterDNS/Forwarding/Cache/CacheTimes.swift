/// How long what is learned from others is kept and used.
enum CacheTimes {
    /// The most that an answer is taken as current, in seconds: a day (RFC 8767 section 4 allows up to a week).
    static let longestAnswer: UInt32 = 86_400
    /// The most that the absence of something is taken as current, in seconds. RFC 2308 section 5 finds up to three
    /// hours sensible; names in a cluster come to exist while others wait for them.
    static let longestAbsence: UInt32 = 300
    /// How long an answer is kept behind its time, in milliseconds: a day (RFC 8767 section 5).
    static let staleness: Int64 = 86_400_000
    /// The TTL of what is given out behind its time, in seconds (RFC 8767 section 4).
    static let staleTTL: UInt32 = 30
    /// How long nobody is asked again whose answer failed while an old one is there, in milliseconds (RFC 8767
    /// section 5).
    static let staleRecheck: Int64 = 30_000
    /// How long a failure is remembered, in milliseconds, and the most that this doubles to. RFC 9520 section 3.2 wants
    /// between one second and five minutes; the upper end would outlast many an outage by far.
    static let shortestFailure: Int64 = 1_000
    static let longestFailure: Int64 = 30_000

    /// Milliseconds for the failure after `former` others.
    static func failure(after former: UInt8) -> Int64 {
        min(longestFailure, shortestFailure << Int64(min(former, 10)))
    }
}
