/// A metric: its name and meaning, and what it is at the moment, once for each set of labels.
package struct MetricFamily: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// It only grows, and begins again with the process or the capability.
        case counter
        case gauge
        case histogram
    }

    /// `linnet_<capability>_<noun>_<unit>`, or a name of the program that ours replaces.
    package let name: String
    package let kind: Kind
    /// One sentence.
    package let help: String
    package var samples: [MetricSample]

    package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [MetricSample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}

extension MetricFamily {
    /// A family of one number without labels.
    package init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name, kind, help, [MetricSample([], value)])
    }

    /// A family of one count without labels.
    package init(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
        self.init(name, kind, help, [MetricSample([], value)])
    }
}
