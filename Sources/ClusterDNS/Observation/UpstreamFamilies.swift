import DNSWire
import Metrics
import NetworkTypes

/// What others are asked and how they answer: as CoreDNS exports it now, and as it did before 1.11.
struct UpstreamFamilies {
    private let reports: [WorkerReport]
    /// Of all threads, in the order of the configuration.
    private let upstreams: [(label: MetricLabel, statistics: UpstreamStatistics)]
    /// In the order of their names.
    private let connections: [(label: MetricLabel, uses: ConnectionUses)]

    /// - Parameter connections: those over TLS.
    init(_ reports: [WorkerReport], _ connections: [Upstream: ConnectionUses]) {
        self.reports = reports
        var uses: [String: ConnectionUses] = [:]
        for (upstream, count) in connections { uses[upstream.socketText, default: ConnectionUses()] += count }
        self.connections = uses.sorted { $0.key < $1.key }.map { (MetricLabel("to", $0.key), $0.value) }
        var joined: [String: UpstreamStatistics] = [:]
        var order: [String] = []
        for status in reports.flatMap(\.upstreams) {
            let name = status.upstream.socketText
            if joined[name] == nil { order.append(name) }
            joined[name, default: UpstreamStatistics()] += status.statistics
        }
        upstreams = order.map { (MetricLabel("to", $0), joined[$0] ?? UpstreamStatistics()) }
    }

    var families: [MetricFamily] { replies + requests + streams + own }

    private var replies: [MetricFamily] {
        let name = MetricLabel("proxy_name", "forward")
        let help = "Histogram of the time each request took."
        func samples(_ labels: [MetricLabel], _ value: (DurationHistogram) -> MetricValue) -> [MetricSample] {
            upstreams.flatMap { label, statistics in
                statistics.replies.sorted { $0.key.rawValue < $1.key.rawValue }.map { code, histogram in
                    MetricSample(labels + [label, MetricLabel("rcode", "\(code)")], value(histogram))
                }
            }
        }
        func histogram(_ histogram: DurationHistogram) -> MetricValue { .histogram(MetricHistogram(histogram)) }
        return [
            MetricFamily("coredns_proxy_request_duration_seconds", .histogram, help, samples([name], histogram)),
            MetricFamily("coredns_forward_request_duration_seconds", .histogram, help, samples([], histogram)),
            MetricFamily(
                "coredns_forward_responses_total",
                .counter,
                "Counter of responses received per upstream.",
                samples([]) { .number(Double($0.count)) }
            ),
            MetricFamily(
                "coredns_proxy_healthcheck_failures_total",
                .counter,
                "Time-outs, unreachable upstreams, and replies of no use.",
                upstreams.map { MetricSample([name, $0.label], $0.statistics.failures) }
            ),
        ]
    }

    private var requests: [MetricFamily] {
        [
            MetricFamily(
                "coredns_forward_requests_total",
                .counter,
                "Counter of requests made per upstream.",
                upstreams.map { MetricSample([$0.label], $0.statistics.requests) }
            ),
            MetricFamily(
                "coredns_forward_healthcheck_failures_total",
                .counter,
                "Time-outs, unreachable upstreams, and replies of no use.",
                upstreams.map { MetricSample([$0.label], $0.statistics.failures) }
            ),
            MetricFamily(
                "coredns_forward_healthcheck_broken_total",
                .counter,
                "Questions that no upstream answered.",
                sum(\.failures)
            ),
            MetricFamily(
                "coredns_forward_max_concurrent_rejects_total",
                .counter,
                "Counter of the number of queries rejected because the concurrent queries were at maximum.",
                sum(\.rejects)
            ),
        ]
    }

    /// CoreDNS keeps sockets for UDP too, which here serve one question each.
    private var streams: [MetricFamily] {
        let name = MetricLabel("proxy_name", "forward")
        func secure(_ uses: KeyPath<ConnectionUses, UInt64>) -> [MetricSample] {
            connections.map { MetricSample([name, $0.label, MetricLabel("proto", "tcp-tls")], $0.uses[keyPath: uses]) }
        }
        let plain = upstreams.filter { $0.statistics.streams > 0 }.map {
            MetricSample([name, $0.label, MetricLabel("proto", "tcp")], $0.statistics.streams)
        }
        return [
            MetricFamily(
                "coredns_proxy_conn_cache_hits_total",
                .counter,
                "Counter of connection cache hits per upstream and protocol.",
                secure(\.shared)
            ),
            MetricFamily(
                "coredns_proxy_conn_cache_misses_total",
                .counter,
                "Counter of connection cache misses per upstream and protocol.",
                plain + secure(\.dialled)
            ),
        ]
    }

    private var own: [MetricFamily] {
        [
            MetricFamily(
                "linnet_coredns_joined_total",
                .counter,
                "Queries that waited for what another client had asked already.",
                sum(\.joined)
            ),
            MetricFamily(
                "linnet_coredns_special_total",
                .counter,
                "Queries for names that are never asked of others.",
                sum(\.special)
            ),
            MetricFamily(
                "linnet_coredns_strays_total",
                .counter,
                "Packets from upstreams that are no reply to what was sent.",
                sum(\.strays)
            ),
            MetricFamily("linnet_coredns_loops_total", .counter, "Probes of upstreams that came back.", sum(\.loops)),
            MetricFamily(
                "linnet_coredns_streams_total",
                .counter,
                "Questions asked again over TCP.",
                sum(\.streams)
            ),
        ]
    }

    private func sum(_ count: (ForwarderStatistics) -> UInt64) -> UInt64 {
        reports.reduce(0) { $0 + count($1.forwarding) }
    }
}

extension MetricHistogram {
    init(_ histogram: DurationHistogram) {
        self.init(
            bounds: DurationHistogram.bounds,
            counts: histogram.counts,
            sum: histogram.sum / .seconds(1)
        )
    }
}

extension Upstream {
    /// Address and port, as Go writes them.
    fileprivate var socketText: String {
        let address = "\(address)" + (zone.map { "%\($0)" } ?? "")
        return self.address.family == .ipv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
