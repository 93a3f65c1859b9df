/// One value of a metric, with the labels that tell it from the family's others.
package struct MetricSample: Hashable, Sendable {
    package let labels: [MetricLabel]
    package let value: MetricValue

    package init(_ labels: [MetricLabel], _ value: MetricValue) {
        self.labels = labels
        self.value = value
    }

    package init(_ labels: [MetricLabel], _ number: Double) {
        self.init(labels, .number(number))
    }

    /// - Parameter count: exact up to 2⁵³, as whoever reads it has doubles.
    package init(_ labels: [MetricLabel], _ count: UInt64) {
        self.init(labels, .number(Double(count)))
    }

    package init(_ labels: [MetricLabel], _ histogram: MetricHistogram) {
        self.init(labels, .histogram(histogram))
    }
}

/// A name and what it is for a sample.
package struct MetricLabel: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a sample is.
package enum MetricValue: Hashable, Sendable {
    case number(Double)
    case histogram(MetricHistogram)
}

/// How many observations were at most each bound.
package struct MetricHistogram: Hashable, Sendable {
    /// Ascending, without infinity.
    package let bounds: [Double]
    /// For each bound, and for what is above all: the observations that are in this bucket and in none before it.
    package let counts: [UInt64]
    /// Of all observations.
    package let sum: Double

    /// - Precondition: there is one count more than bounds.
    package init(bounds: [Double], counts: [UInt64], sum: Double) {
        precondition(counts.count == bounds.count + 1)
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }
}
