package import Metrics

extension BalancerStatus: MetricSource {
    package func metrics() async -> [MetricFamily] {
        let report = report
        var families = [
            MetricFamily("linnet_services_passes_total", .counter, "Plans put in place.", report.passes),
            MetricFamily("linnet_services_failures_total", .counter, "Plans that failed to be.", report.failures),
            MetricFamily("linnet_services_served", .gauge, "Services with a frontend here.", Double(report.services)),
            MetricFamily(
                "linnet_services_refused",
                .gauge,
                "Frontends that services want and do not have.",
                Double(report.refusals.count)
            ),
            MetricFamily(
                "linnet_services_flows_forgotten_total",
                .counter,
                "Tracked connections that the kernel was made to forget, since they led to no endpoint any more.",
                report.forgottenFlows
            ),
        ]
        families.append(
            MetricFamily(
                "linnet_services_reconcile_seconds_total",
                .counter,
                "How long all plans took to be made and put in place.",
                report.totalDuration / .seconds(1)
            )
        )
        if let duration = report.lastDuration {
            families.append(
                MetricFamily(
                    "linnet_services_reconcile_seconds",
                    .gauge,
                    "How long it took to plan and put in place what changed last.",
                    duration / .seconds(1)
                )
            )
        }
        if let generation = report.generation {
            families.append(MetricFamily(generation: generation, of: "services"))
        }
        return families
    }
}
