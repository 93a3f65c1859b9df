import Metrics

/// How many times were at most each of some bounds, for what happens too seldom to be counted without looking for a place.
struct SecondsHistogram: Hashable, Sendable {
    private let bounds: [Double]
    private var counts: [UInt64]
    private var sum = 0.0

    /// - Parameter bounds: in seconds, ascending; above the last one there is a bucket more.
    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func note(_ seconds: Double) {
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
        sum += seconds
    }

    var value: MetricHistogram { MetricHistogram(bounds: bounds, counts: counts, sum: sum) }
}
