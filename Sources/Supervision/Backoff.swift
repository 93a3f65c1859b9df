/// How long to wait before the next attempt: one second, then twice as long each time up to a minute, each delay
/// lengthened or shortened at random so that nodes that failed together do not come back together.
package struct Backoff: Sendable {
    package static let first = Duration.seconds(1)
    package static let longest = Duration.seconds(60)
    /// A run that lasted this long starts the delays over.
    package static let goodRun = Duration.seconds(60)

    /// How many attempts failed in a row.
    package private(set) var attempt = 0

    package init() {}

    /// The delay after one more failure of a run that lasted `run`.
    ///
    /// - Parameter random: a number in 0..<1.
    package mutating func delay(afterRunOf run: Duration, random: Double) -> Duration {
        if run >= Self.goodRun { attempt = 0 }
        attempt += 1
        // Limited before it is spread, so that nodes that wait as long as they may do not do so in step.
        let doubled = min(Self.longest, Self.first * (1 << min(attempt - 1, 10)))
        // From half to one and a half of it, but never outside the limits.
        return max(Self.first, min(Self.longest, doubled * (0.5 + random)))
    }

    package mutating func reset() {
        attempt = 0
    }
}
