import Testing

/// What metrics are called: `linnet_<capability>_<noun>_<unit>`, or a name that other programs have given.
@Suite struct MetricTests {
    /// Who has metrics of its own, as its name stands in theirs.
    static let capabilities: Set<String> = [
        "agent", "coredns", "lease", "overlay", "ruleset", "services", "source", "traefik",
    ]
    /// How a name ends: in what is counted, or in a unit.
    static let ends: Set<String> = [
        "bytes", "generation", "info", "ready", "seconds", "total",
        // Gauges of things.
        "complete", "degraded", "peers", "problems", "refused", "restored", "routes", "served", "subnets",
    ]
    /// Those of Prometheus' client libraries.
    static let process: Set<String> = [
        "process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
        "process_start_time_seconds", "process_virtual_memory_bytes",
    ]

    /// The names in the code, with the file that has them. A name is always written whole, so that it can be searched for.
    static func names() throws -> [(name: String, path: String)] {
        try Repository.sources().flatMap { file in
            file.lines.filter { $0.contains("_") }.flatMap { line in
                line.matches(of: /"((?:linnet|coredns|process|traefik)_[a-zA-Z0-9_]+)"/).map {
                    (String($0.1), file.path)
                }
            }
        }
    }

    @Test func `metrics are named by the rule`() throws {
        var faults: [String] = []
        let names = try Self.names()
        for (name, path) in names {
            let words = name.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
            let isOwn = words[0] == "linnet" && Self.capabilities.contains(words[1]) && Self.ends.contains(words.last!)
            if !isOwn && !Self.process.contains(name) && !CoreDNSNames.all.contains(name)
                && !TraefikNames.all.contains(name)
            {
                faults.append("\(path): \(name)")
            }
        }
        #expect(faults == [])
        #expect(names.contains { $0.name == "linnet_overlay_repairs_total" }, "they are found")
    }
}

/// The names of Traefik's metrics that dashboards use.
enum TraefikNames {
    static let all: Set<String> = [
        "traefik_config_last_reload_success", "traefik_config_reloads_total",
        "traefik_entrypoint_request_duration_seconds", "traefik_entrypoint_requests_bytes_total",
        "traefik_entrypoint_requests_tls_total", "traefik_entrypoint_requests_total",
        "traefik_entrypoint_responses_bytes_total", "traefik_open_connections",
        "traefik_service_request_duration_seconds", "traefik_service_requests_bytes_total",
        "traefik_service_requests_total", "traefik_service_responses_bytes_total", "traefik_service_retries_total",
        "traefik_service_server_up", "traefik_tls_certs_not_after",
    ]
}

/// The names of CoreDNS' metrics that dashboards use.
enum CoreDNSNames {
    static let all: Set<String> = [
        "coredns_build_info", "coredns_cache_drops_total", "coredns_cache_entries", "coredns_cache_evictions_total",
        "coredns_cache_hits_total", "coredns_cache_misses_total", "coredns_cache_prefetch_total",
        "coredns_cache_requests_total", "coredns_cache_served_stale_total", "coredns_dns_do_requests_total",
        "coredns_dns_request_duration_seconds", "coredns_dns_request_size_bytes", "coredns_dns_requests_total",
        "coredns_dns_response_size_bytes", "coredns_dns_responses_total", "coredns_forward_healthcheck_broken_total",
        "coredns_forward_healthcheck_failures_total", "coredns_forward_max_concurrent_rejects_total",
        "coredns_forward_request_duration_seconds", "coredns_forward_requests_total",
        "coredns_forward_responses_total", "coredns_health_request_duration_seconds",
        "coredns_health_request_failures_total", "coredns_hosts_entries", "coredns_hosts_reload_timestamp_seconds",
        "coredns_kubernetes_dns_programming_duration_seconds", "coredns_panics_total", "coredns_plugin_enabled",
        "coredns_proxy_conn_cache_hits_total", "coredns_proxy_conn_cache_misses_total",
        "coredns_proxy_healthcheck_failures_total", "coredns_proxy_request_duration_seconds",
        "coredns_reload_failed_total", "coredns_reload_version_info",
    ]
}
