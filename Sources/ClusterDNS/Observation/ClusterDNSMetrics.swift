package import Metrics

extension ClusterDNSStatus: MetricSource {
    /// CoreDNS' metrics under its names, so that its dashboards work, and ours. None while it does not run.
    package func metrics() async -> [MetricFamily] {
        guard let running else { return [] }
        let reports = await running.server.reports()
        let state = running.keeper.figures
        var families = CoreDNSLabels.constants(version: version)
        families += TrafficFamilies(reports.map(\.observer)).families
        families += CacheFamilies(reports).families
        families += UpstreamFamilies(reports).families
        families += [
            MetricFamily(
                "coredns_hosts_entries",
                .gauge,
                "The combined number of entries in hosts and Corefile.",
                [MetricSample([MetricLabel("hostsfile", "/etc/coredns/NodeHosts")], Double(state.hostEntries))]
            )
        ]
        let dropped = "Lines about queries that found no room on their way to the log."
        families.append(MetricFamily("linnet_coredns_log_dropped_total", .counter, dropped, running.log.dropped))
        if let generation = state.generation { families.append(MetricFamily(generation: generation, of: "coredns")) }
        return families
    }
}

/// The labels that CoreDNS' metrics have where one server block answers for all names.
enum CoreDNSLabels {
    static let server = MetricLabel("server", "dns://:53")
    static let view = MetricLabel("view", "")
    /// Of metrics about queries.
    static let zone = MetricLabel("zone", ".")
    static let noZone = MetricLabel("zone", "dropped")
    /// Of metrics about the cache.
    static let cache = [server, MetricLabel("zones", "."), view]

    /// The plugins whose work is done here, by their names in k3s' Corefile.
    private static let plugins = [
        "cache", "errors", "forward", "health", "hosts", "kubernetes", "loadbalance", "loop", "prometheus", "ready",
        "reload",
    ]

    /// What does not change.
    static func constants(version: String) -> [MetricFamily] {
        let build = [MetricLabel("version", version), MetricLabel("revision", ""), MetricLabel("goversion", "")]
        let help = "A metric with a constant '1' value labeled by version, revision, and goversion."
        return [
            MetricFamily("coredns_build_info", .gauge, help, [MetricSample(build, 1.0)]),
            // What would be a panic there ends the process here.
            MetricFamily("coredns_panics_total", .counter, "A metrics that counts the number of panics.", 0.0),
            MetricFamily("coredns_health_request_failures_total", .counter, "Failed health checks of itself.", 0.0),
            MetricFamily(
                "coredns_reload_failed_total",
                .counter,
                "Counter of the number of failed reload attempts.",
                0.0
            ),
            MetricFamily(
                "coredns_plugin_enabled",
                .gauge,
                "A metric that indicates whether a plugin is enabled on per server and zone basis.",
                plugins.map { MetricSample([server, zone, view, MetricLabel("name", $0)], 1.0) }
            ),
        ]
    }
}
