import ClusterState
import LinuxSystem
import Metrics
import NetworkTypes
import Nftables
import NodeRuleset
import Supervision

/// What the agent's own parts have as numbers anyway.
struct AgentMetrics: MetricSource {
    let store: SnapshotStore
    let ruleset: NodeRuleset

    func metrics() async -> [MetricFamily] {
        [
            MetricFamily(
                "linnet_agent_build_info",
                .gauge,
                "Always 1, with the version as a label.",
                [MetricSample([MetricLabel("version", Agent.version)], 1.0)]
            )
        ] + source(store.current) + (await table())
    }

    private func source(_ snapshot: ClusterSnapshot) -> [MetricFamily] {
        var families = [
            MetricFamily(generation: snapshot.generation, of: "source"),
            MetricFamily(
                "linnet_source_kinds_complete",
                .gauge,
                "Kinds of object of which all are known.",
                Double(snapshot.complete.count)
            ),
            MetricFamily(
                "linnet_source_kinds_restored",
                .gauge,
                "Those of them that are from the snapshot on disk, since the source has not delivered them yet.",
                Double(snapshot.restoration?.kinds.count ?? 0)
            ),
            MetricFamily(
                "linnet_source_problems",
                .gauge,
                "Objects that cannot be used.",
                Double(snapshot.problems.count)
            ),
            MetricFamily(
                "linnet_lease_subnets",
                .gauge,
                "Pod subnets that this node holds.",
                Double(snapshot.ownLease?.podCIDRs.values.count ?? 0)
            ),
        ]
        if let time = snapshot.confirmedAt {
            families.append(
                MetricFamily(
                    "linnet_source_confirmed_timestamp_seconds",
                    .gauge,
                    "When the source last confirmed its state, in seconds since 1970.",
                    time
                )
            )
        }
        return families
    }

    private func table() async -> [MetricFamily] {
        let drops = await ruleset.drops
        func samples(_ value: (DropCount) -> UInt64) -> [MetricSample] {
            drops.map { MetricSample([MetricLabel("reason", $0.reason)], value($0)) }
        }
        return [
            MetricFamily(
                "linnet_ruleset_repairs_total",
                .counter,
                "How often others changed table linnet and it was put right.",
                Double(await ruleset.repairs)
            ),
            MetricFamily(
                "linnet_ruleset_dropped_packets_total",
                .counter,
                "Packets that had no right to come.",
                samples(\.packets)
            ),
            MetricFamily(
                "linnet_ruleset_dropped_bytes_total",
                .counter,
                "Their size.",
                samples(\.bytes)
            ),
        ]
    }
}
