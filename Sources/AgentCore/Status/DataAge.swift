/// How long ago something was, by the clock that people set.
package enum DataAge: Sendable, Hashable, CustomStringConvertible {
    case seconds(Double)
    /// The time is in the future: the clock was set back since.
    case unknown

    /// - Parameters:
    ///   - time: when it was, in seconds since 1970.
    ///   - now: the same for now.
    package init(of time: Double, at now: Double) {
        // Time servers set clocks back by fractions of a second all the time.
        self = now - time < -2 ? .unknown : .seconds(max(0, now - time))
    }

    /// Nil if it is not known.
    package var inSeconds: Double? {
        if case .seconds(let seconds) = self { seconds } else { nil }
    }

    /// `2h 5m old`.
    package var description: String {
        switch self {
        case .seconds(let seconds): "\(StatusReport.span(seconds)) old"
        case .unknown: "age unknown (clock went back)"
        }
    }
}
