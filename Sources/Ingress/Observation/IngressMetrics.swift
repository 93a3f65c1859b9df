import ClusterState
package import Metrics
import NetworkTypes

extension IngressStatus: MetricSource {
    package func metrics() async -> [MetricFamily] {
        guard let running else { return [] }
        let reports = await running.server.reports()
        let table = running.routes.table
        return TrafficFamilies(reports.map(\.traffic)).families
            + ServerFamilies.families(table, ejected: reports.flatMap(\.ejected))
            + Self.routes(table, running.routes.loads) + [
                Self.certificates(running.certificates),
                MetricFamily(
                    "linnet_traefik_access_log_dropped_total",
                    .counter,
                    "Requests that are missing in the access log, since it was too slow.",
                    running.log.dropped
                ),
            ]
    }

    private static func routes(_ table: RouteTable, _ loads: RouteLoads) -> [MetricFamily] {
        var families = [
            MetricFamily(
                "traefik_config_reloads_total",
                .counter,
                "How often routes became others.",
                loads.count
            ),
            MetricFamily("linnet_traefik_routes", .gauge, "Rules that are served.", Double(table.routeCount)),
            problems(table),
        ]
        if let time = loads.lastAt {
            families.append(
                MetricFamily(
                    "traefik_config_last_reload_success",
                    .gauge,
                    "When routes were last compared with the cluster, in seconds since 1970.",
                    time
                )
            )
        }
        if let generation = loads.generation { families.append(MetricFamily(generation: generation, of: "traefik")) }
        return families
    }

    /// Warnings, by what kind of thing is wrong.
    private static func problems(_ table: RouteTable) -> MetricFamily {
        var counts: [String: UInt64] = [:]
        for report in table.reports.values {
            for note in report.notes where note.severity == .warning { counts[note.reason.rawValue, default: 0] += 1 }
        }
        return MetricFamily(
            "linnet_traefik_problems",
            .gauge,
            "Parts of Ingresses that do not do what they say.",
            counts.sorted { $0.key < $1.key }.map { MetricSample([MetricLabel("reason", $0.key)], $0.value) }
        )
    }

    private static func certificates(_ keeper: CertificateKeeper) -> MetricFamily {
        MetricFamily(
            "traefik_tls_certs_not_after",
            .gauge,
            "When the certificates that are shown cease to be valid, in seconds since 1970.",
            keeper.store.facts.map { facts in
                let labels = [
                    MetricLabel("cn", facts.names.first ?? ""), MetricLabel("serial", facts.serialNumber),
                    MetricLabel("sans", facts.names.sorted().joined(separator: ",")),
                    MetricLabel("secret", facts.secret?.description ?? ""),
                ]
                return MetricSample(labels, Double(facts.validUntil))
            }
        )
    }
}

/// The endpoints that requests may go to.
enum ServerFamilies {
    /// - Parameter ejected: those that some loop leaves alone.
    static func families(_ table: RouteTable, ejected: [BackendEndpoint]) -> [MetricFamily] {
        let down = Set(ejected)
        let samples = table.allBackends.flatMap { backend in
            backend.endpoints.map { endpoint in
                let labels = [
                    MetricLabel("service", backend.serviceName),
                    MetricLabel("url", "\(backend.scheme.rawValue)://\(endpoint)"),
                ]
                return MetricSample(labels, down.contains(endpoint) ? 0.0 : 1.0)
            }
        }
        return [
            MetricFamily(
                "traefik_service_server_up",
                .gauge,
                "Whether requests go to an endpoint: 0 for some seconds after one could not be reached.",
                samples
            )
        ]
    }
}
