import Metrics

/// How long it took from what endpoints followed until the zone with them was handed to the threads that answer.
struct ProgrammingLatency: Sendable {
    /// From a millisecond to nine minutes, as in CoreDNS.
    static let bounds: [Double] = (0..<20).map { 0.001 * Double(1 << $0) }

    private var histograms: [EndpointTrigger.ServiceKind: SecondsHistogram] = [:]

    /// Notes that a change has come as far as the answers.
    ///
    /// - Parameter now: in seconds since 1970. Earlier than the change if the clocks of two machines differ: no time then.
    mutating func note(_ trigger: EndpointTrigger, now: Double) {
        histograms[trigger.kind, default: SecondsHistogram(bounds: Self.bounds)].note(max(0, now - trigger.time))
    }

    /// As CoreDNS exports it: the kinds of service that there was something to note of.
    var family: MetricFamily {
        MetricFamily(
            "coredns_kubernetes_dns_programming_duration_seconds",
            .histogram,
            "Histogram of the time (in seconds) it took to program a dns instance.",
            EndpointTrigger.ServiceKind.allCases.compactMap { kind in
                histograms[kind].map { MetricSample([MetricLabel("service_kind", kind.rawValue)], $0.value) }
            }
        )
    }
}
