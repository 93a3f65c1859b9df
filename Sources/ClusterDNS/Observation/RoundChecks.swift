import Metrics
import Synchronization

/// How long it took all threads to begin a round after they were told to: cluster DNS' own check of its health.
final class RoundChecks: Sendable {
    private struct State {
        /// CoreDNS' bounds for this.
        var durations = SecondsHistogram(bounds: [0.000_25, 0.002_5, 0.025, 0.25, 2.5])
        var failures: UInt64 = 0
    }

    private let state = Mutex(State())

    /// - Parameter isPassed: false if there was a thread that did not begin one while it was waited for.
    func note(_ duration: Duration, isPassed: Bool) {
        state.withLock { state in
            state.durations.note(duration / .seconds(1))
            if !isPassed { state.failures += 1 }
        }
    }

    var families: [MetricFamily] {
        let state = state.withLock { $0 }
        return [
            MetricFamily(
                "coredns_health_request_duration_seconds",
                .histogram,
                "Histogram of the time (in seconds) each request took.",
                [MetricSample([], state.durations.value)]
            ),
            MetricFamily(
                "coredns_health_request_failures_total",
                .counter,
                "The number of times the health check failed.",
                state.failures
            ),
        ]
    }
}
