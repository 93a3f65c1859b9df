import Metrics

/// What is remembered of others' answers, as CoreDNS exports it.
struct CacheFamilies {
    private let reports: [WorkerReport]

    init(_ reports: [WorkerReport]) {
        self.reports = reports
    }

    var families: [MetricFamily] {
        let success = MetricLabel("type", "success")
        let denial = MetricLabel("type", "denial")
        func pair(_ first: UInt64, _ second: UInt64) -> [MetricSample] {
            let (server, rest) = (CoreDNSLabels.cache.prefix(1), CoreDNSLabels.cache.dropFirst())
            return [MetricSample(server + [success] + rest, first), MetricSample(server + [denial] + rest, second)]
        }
        func one(_ count: UInt64) -> [MetricSample] { [MetricSample(CoreDNSLabels.cache, count)] }
        let hits = sum(\.forwarding.hits)
        let denials = sum(\.forwarding.absenceHits) + sum(\.forwarding.failureHits)
        let stale = sum(\.forwarding.stale)
        let misses = sum(\.forwarding.misses)
        let absences = sum { UInt64($0.cache.absences + $0.cache.failures) }
        let rows: [(String, MetricFamily.Kind, String, [MetricSample])] = [
            (
                "coredns_cache_entries", .gauge, "The number of elements in the cache.",
                pair(sum { UInt64($0.cache.answers) }, absences)
            ),
            ("coredns_cache_hits_total", .counter, "The count of cache hits.", pair(hits, denials)),
            (
                "coredns_cache_requests_total", .counter, "The count of cache requests.",
                one(hits + denials + stale + misses)
            ),
            ("coredns_cache_misses_total", .counter, "The count of cache misses.", one(misses)),
            (
                "coredns_cache_prefetch_total", .counter,
                "The number of times the cache has prefetched a cached item.", one(sum(\.forwarding.prefetches))
            ),
            // What is malformed is no answer, so that none of it comes as far as the cache.
            (
                "coredns_cache_drops_total", .counter,
                "The number responses that are not cached, because the reply is malformed.", one(0)
            ),
            (
                "coredns_cache_served_stale_total", .counter,
                "The number of requests served from stale cache entries.", one(stale)
            ),
            (
                "coredns_cache_evictions_total", .counter, "The count of cache evictions.",
                pair(sum(\.cache.evictions) - sum(\.cache.absenceEvictions), sum(\.cache.absenceEvictions))
            ),
            (
                "linnet_coredns_cache_bytes", .gauge, "Memory that the caches take.",
                [MetricSample([], sum { UInt64($0.cacheBytes) })]
            ),
        ]
        return rows.map { MetricFamily($0, $1, $2, $3) }
    }

    private func sum(_ count: (WorkerReport) -> UInt64) -> UInt64 { reports.reduce(0) { $0 + count($1) } }
}
