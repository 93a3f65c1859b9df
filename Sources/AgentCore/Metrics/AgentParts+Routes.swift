import ClusterDNS
import Ingress
import Metrics
import MetricsServer
import PlainHTTP
import Supervision

extension AgentParts {
    /// What is answered on each `--metrics-address`.
    func routes() -> HTTPRoutes {
        let sources: [any MetricSource] = [
            AgentMetrics(store: store, ruleset: ruleset), ProcessMetrics(), board, overlayStatus, clusterDNSStatus,
            balancerStatus, ingressStatus,
        ]
        var answers: [String: HTTPRoutes.Answer] = [
            "/metrics": {
                var families: [MetricFamily] = []
                for source in sources { families += await source.metrics() }
                return HTTPAnswer(.ok, Exposition(families).text, contentType: Exposition.contentType)
            },
            "/healthz": { [board] in Probes.healthz(board.snapshot()) },
            "/readyz": { [board] in Probes.readyz(board.snapshot()) },
        ]
        if !configuration.disabled.contains(.clusterDNS) {
            answers["/health"] = { [board] in Probes.health(board.snapshot()) }
            answers["/ready"] = { [clusterDNSStatus] in Probes.ready(clusterDNSStatus.unready) }
        }
        return HTTPRoutes(answers)
    }
}

/// Whether all is well, for those who restart what is not, and for those who send work.
enum Probes {
    /// The agent's liveness: it fails where only another process would help.
    static func healthz(_ capabilities: [CapabilityHealth]) -> HTTPAnswer {
        answer(
            capabilities.filter { if case .stuck = $0.state { true } else { false } }
        )
    }

    /// The agent's readiness: each capability that is to run does its job.
    static func readyz(_ capabilities: [CapabilityHealth]) -> HTTPAnswer {
        answer(capabilities.filter { $0.isMeantToRun && !$0.state.doesItsJob })
    }

    /// Cluster DNS alone, as CoreDNS says it: where that would be down or hang, this fails.
    static func health(_ capabilities: [CapabilityHealth]) -> HTTPAnswer {
        guard let health = capabilities.first(where: { $0.name == .clusterDNS }), !health.state.isAlive else {
            return HTTPAnswer(.ok, "OK")
        }
        return HTTPAnswer(.unavailable, health.state.word)
    }

    /// Whether cluster DNS alone is ready, as CoreDNS says it.
    static func ready(_ unready: [String]) -> HTTPAnswer {
        unready.isEmpty ? HTTPAnswer(.ok, "OK") : HTTPAnswer(.unavailable, unready.joined(separator: ","))
    }

    private static func answer(_ faults: [CapabilityHealth]) -> HTTPAnswer {
        guard !faults.isEmpty else { return HTTPAnswer(.ok, "ok\n") }
        let lines = faults.map { "\($0.name): \($0.state.word)\n" }
        return HTTPAnswer(.unavailable, lines.joined())
    }
}
