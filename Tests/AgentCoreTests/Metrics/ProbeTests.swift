import MetricsServer
import PlainHTTP
import Supervision
import Testing

@testable import AgentCore

@Suite struct ProbeTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Of the overlay and of cluster DNS.
        let states: [CapabilityHealth.State]
        let healthz: String
        let readyz: String
        let health: String

        init(
            _ description: String,
            _ overlay: CapabilityHealth.State,
            _ clusterDNS: CapabilityHealth.State,
            healthz: String = "200 ok\n",
            readyz: String = "200 ok\n",
            health: String = "200 OK"
        ) {
            testDescription = description
            states = [overlay, clusterDNS]
            self.healthz = healthz
            self.readyz = readyz
            self.health = health
        }
    }

    private static let quarantine = Quarantine(number: 1, remaining: .seconds(60), until: 0)

    static let rows: [Row] = [
        Row("all is well", .ready, .ready),
        Row("one waits", .ready, .starting, readyz: "503 coredns: starting\n"),
        Row("not all is well", .degraded("a peer"), .degraded("no upstream")),
        Row(
            "one failed",
            .restarting(after: .seconds(1), attempt: 1),
            .ready,
            readyz: "503 overlay: restarting\n"
        ),
        Row(
            "cluster DNS failed",
            .ready,
            .restarting(after: .seconds(1), attempt: 1),
            readyz: "503 coredns: restarting\n",
            health: "503 restarting"
        ),
        Row(
            "cluster DNS sits out",
            .ready,
            .quarantined(quarantine),
            readyz: "503 coredns: quarantined\n",
            health: "503 quarantined"
        ),
        Row(
            "both are stuck",
            .stuck(on: "a"),
            .stuck(on: "b"),
            healthz: "503 overlay: stuck\ncoredns: stuck\n",
            readyz: "503 overlay: stuck\ncoredns: stuck\n",
            health: "503 stuck"
        ),
        Row("off", .disabled, .disabled, health: "503 disabled"),
    ]

    @Test(arguments: rows)
    func `what is said of the capabilities' health`(row: Row) {
        let capabilities = zip(["overlay", "coredns"], row.states).map {
            CapabilityHealth(name: CapabilityName(rawValue: $0), state: $1)
        }
        func text(_ answer: HTTPAnswer) -> String { "\(answer.status.rawValue) \(answer.body)" }
        #expect(text(Probes.healthz(capabilities)) == row.healthz)
        #expect(text(Probes.readyz(capabilities)) == row.readyz)
        #expect(text(Probes.health(capabilities)) == row.health)
    }

    @Test func `cluster DNS is ready, or what is not is named`() {
        #expect(Probes.ready([]) == HTTPAnswer(.ok, "OK"))
        #expect(Probes.ready(["forward", "kubernetes"]) == HTTPAnswer(.unavailable, "forward,kubernetes"))
    }
}
