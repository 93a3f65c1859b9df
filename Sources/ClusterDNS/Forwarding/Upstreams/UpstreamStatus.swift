/// How an upstream is doing, for people.
package struct UpstreamStatus: Hashable, Sendable {
    /// What it is good for.
    package enum Condition: Hashable, Sendable {
        /// Not asked yet.
        case untried
        case good
        /// It failed several times in a row: asked only if the others are no better.
        case failing(UpstreamFault)
        /// Questions to it come back to us: not asked, but probed now and then.
        case looping
    }

    package let upstream: Upstream
    package let condition: Condition
    /// How long it takes to answer, smoothed; nil before the first answer.
    package let roundTrip: Duration?
    /// How long ago it was asked last; nil if never.
    package let idleTime: Duration?
    /// Whether it did not understand EDNS.
    package let lacksExtensions: Bool
    package let statistics: UpstreamStatistics

    init(_ state: UpstreamState, now: Duration) {
        upstream = state.upstream
        roundTrip = state.roundTrip.map { .microseconds($0) }
        idleTime = state.lastStart.map { now - $0 }
        lacksExtensions = state.withoutExtensionsUntil.map { now < $0 } ?? false
        statistics = state.statistics
        condition =
            if state.loop == .found {
                .looping
            } else if state.isFailing, let fault = state.lastFault {
                .failing(fault)
            } else {
                state.roundTrip == nil && state.failures == 0 ? .untried : .good
            }
    }
}

extension UpstreamStatus.Condition: CustomStringConvertible {
    package var description: String {
        switch self {
        case .untried: "not asked yet"
        case .good: "answers"
        case .failing(let fault): "left to the last: \(fault)"
        case .looping: "not asked: questions to it come back here"
        }
    }
}
