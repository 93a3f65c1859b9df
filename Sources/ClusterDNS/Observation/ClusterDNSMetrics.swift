package import Metrics

extension ClusterDNSStatus: MetricSource {
    /// CoreDNS' metrics under its names, so that its dashboards work, and ours. None while it does not run.
    package func metrics() async -> [MetricFamily] {
        guard let running else { return [] }
        let reports = await running.server.reports()
        let figures = running.keeper.figures
        var families = CoreDNSLabels.constants(version: version)
        families.append(CoreDNSLabels.plugins(of: running.custom.configuration, logging: running.queryLog))
        families += TrafficFamilies(reports.map(\.observer)).families
        families += CacheFamilies(reports).families
        families += UpstreamFamilies(reports, await running.server.connectionUses()).families
        families += running.checks.families
        families += running.custom.figures.families
        families += figures.families
        let dropped = "Lines about queries that found no room on their way to the log."
        families.append(MetricFamily("linnet_coredns_log_dropped_total", .counter, dropped, running.log.dropped))
        return families
    }
}

extension ZoneKeeper.Figures {
    /// What is known of the cluster.
    var families: [MetricFamily] {
        let file = MetricLabel("hostsfile", "/etc/coredns/NodeHosts")
        let hosts = "The combined number of entries in hosts and Corefile."
        let reload = "The timestamp of the last reload of hosts file."
        let changes = hostsChangedAt.map { [MetricSample([], $0)] } ?? []
        let families = [
            MetricFamily("coredns_hosts_entries", .gauge, hosts, [MetricSample([file], Double(hostEntries))]),
            MetricFamily("coredns_hosts_reload_timestamp_seconds", .gauge, reload, changes),
            latency.family,
        ]
        return families + (generation.map { [MetricFamily(generation: $0, of: "coredns")] } ?? [])
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
        ]
    }

    /// What is done for the names of each block.
    ///
    /// - Parameter own: what is logged of all names.
    static func plugins(of custom: CustomConfiguration, logging own: QueryLogRules) -> MetricFamily {
        var samples = plugins.map { MetricSample([server, zone, view, MetricLabel("name", $0)], 1.0) }
        for chain in [custom.main] + custom.servers {
            let isLogged = own.rules.contains { !$0.classes.isEmpty }
            let names = Set(chain.plugins + (isLogged ? ["log"] : [])).sorted()
            for zone in chain.zones {
                let zone = MetricLabel("zone", "\(zone)")
                samples += names.map { MetricSample([server, zone, view, MetricLabel("name", $0)], 1.0) }
            }
        }
        let help = "A metric that indicates whether a plugin is enabled on per server and zone basis."
        return MetricFamily("coredns_plugin_enabled", .gauge, help, samples)
    }
}
