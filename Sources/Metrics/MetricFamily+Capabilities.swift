extension MetricFamily {
    /// What the metrics of a capability begin with.
    package static func prefix(of capability: String) -> String {
        "linnet_\(String(capability.map { $0 == "-" ? "_" : $0 }))"
    }

    /// The snapshot that a capability has applied.
    package init(generation: UInt64, of capability: String) {
        self.init(
            "\(Self.prefix(of: capability))_generation",
            .gauge,
            "The number of the cluster snapshot that is applied.",
            generation
        )
    }

    /// Whether a capability does its job.
    package init(isReady: Bool, of capability: String) {
        self.init("\(Self.prefix(of: capability))_ready", .gauge, "Whether it does its job.", isReady ? 1.0 : 0.0)
    }

    /// How often a capability failed and was started again.
    package init(restarts: Int, of capability: String) {
        self.init(
            "\(Self.prefix(of: capability))_restarts_total",
            .counter,
            "How often it failed and was started again.",
            Double(restarts)
        )
    }
}
