import DNSWire
import Metrics

/// What clients ask and how they are answered, as CoreDNS exports it.
struct TrafficFamilies {
    private var served = TrafficTally()
    private var dropped = TrafficTally()

    init(_ observers: [TrafficObserver]) {
        for observer in observers {
            served += observer.served
            dropped += observer.dropped
        }
    }

    var families: [MetricFamily] {
        [
            family(
                "coredns_dns_requests_total",
                .counter,
                "Counter of DNS requests made per zone, protocol and family."
            ) {
                requests($0, $1)
            },
            family("coredns_dns_do_requests_total", .counter, "Counter of DNS requests with DO bit set per zone.") {
                $0.dnssecRequests > 0 ? [MetricSample($1, $0.dnssecRequests)] : []
            },
            family(
                "coredns_dns_request_duration_seconds",
                .histogram,
                "Histogram of the time (in seconds) each request took per zone."
            ) { [MetricSample($1, MetricHistogram($0.durations))] },
            family("coredns_dns_request_size_bytes", .histogram, "Size of the request in bytes.") {
                sizes($0.requestSizes, $1)
            },
            family("coredns_dns_response_size_bytes", .histogram, "Size of the returned response in bytes.") {
                sizes($0.responseSizes, $1)
            },
            family("coredns_dns_responses_total", .counter, "Counter of response status codes.") { responses($0, $1) },
        ]
    }

    /// Samples of what was served, and of what was dropped if anything was.
    private func family(
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ help: String,
        _ samples: (TrafficTally, [MetricLabel]) -> [MetricSample]
    ) -> MetricFamily {
        let labels = { (zone: MetricLabel) in [CoreDNSLabels.server, zone, CoreDNSLabels.view] }
        return MetricFamily(
            name,
            kind,
            help,
            samples(served, labels(CoreDNSLabels.zone))
                + (dropped.durations.isEmpty ? [] : samples(dropped, labels(CoreDNSLabels.noZone)))
        )
    }

    private func requests(_ tally: TrafficTally, _ labels: [MetricLabel]) -> [MetricSample] {
        var samples: [MetricSample] = []
        for (transport, proto) in ["udp", "tcp"].enumerated() {
            for (family, number) in ["1", "2"].enumerated() {
                for type in MeasuredType.allCases {
                    let count = tally.requests[TrafficTally.place(transport, family, type)]
                    guard count > 0 else { continue }
                    let own = [
                        MetricLabel("proto", proto), MetricLabel("family", number), MetricLabel("type", type.label),
                    ]
                    samples.append(MetricSample(labels + own, count))
                }
            }
        }
        return samples
    }

    private func responses(_ tally: TrafficTally, _ labels: [MetricLabel]) -> [MetricSample] {
        // The outermost plugin is what CoreDNS names, where a plugin answered at all.
        let plugin = labels.contains(CoreDNSLabels.zone) ? "errors" : ""
        return tally.responses.indices.filter { tally.responses[$0] > 0 }.map { index in
            let code = "\(ResponseCode(rawValue: UInt16(index)))"
            let own = [MetricLabel("rcode", code), MetricLabel("plugin", plugin)]
            return MetricSample(labels + own, tally.responses[index])
        }
    }

    private func sizes(_ tallies: InlineArray<2, SizeTally>, _ labels: [MetricLabel]) -> [MetricSample] {
        ["udp", "tcp"].enumerated().compactMap { index, proto in
            let histogram = MetricHistogram(tallies[index])
            return histogram.counts.contains { $0 > 0 }
                ? MetricSample(labels + [MetricLabel("proto", proto)], histogram) : nil
        }
    }
}

extension MetricHistogram {
    init(_ tally: SizeTally) {
        self.init(
            bounds: SizeTally.bounds,
            counts: tally.counts.indices.map { tally.counts[$0] },
            sum: Double(tally.sum)
        )
    }

    init(_ tally: DurationTally) {
        self.init(
            bounds: DurationHistogram.bounds,
            counts: tally.counts.indices.map { tally.counts[$0] },
            sum: Double(tally.sum) / 1e9
        )
    }
}
