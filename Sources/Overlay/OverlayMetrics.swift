package import Metrics

extension OverlayStatus: MetricSource {
    package func metrics() async -> [MetricFamily] {
        let report = report
        var families = [
            MetricFamily("linnet_overlay_passes_total", .counter, "Comparisons with the kernel.", report.passes),
            MetricFamily("linnet_overlay_failures_total", .counter, "Comparisons that failed.", report.failures),
            MetricFamily(
                "linnet_overlay_repairs_total",
                .counter,
                "Kernel objects that others changed or removed and that were put back.",
                report.repairs
            ),
            MetricFamily("linnet_overlay_peers", .gauge, "Other nodes of the overlay.", Double(report.peers.count)),
            MetricFamily(
                "linnet_overlay_peers_degraded",
                .gauge,
                "Those of them that are not, or not fully, reached.",
                Double(report.peers.values.count { !$0.problems.isEmpty })
            ),
        ]
        if let duration = report.lastDuration {
            families.append(
                MetricFamily(
                    "linnet_overlay_reconcile_seconds",
                    .gauge,
                    "How long the last comparison with the kernel took.",
                    duration / .seconds(1)
                )
            )
        }
        if let generation = report.generation {
            families.append(MetricFamily(generation: generation, of: "overlay"))
        }
        return families
    }
}
