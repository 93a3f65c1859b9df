import LinuxSystem
package import Logging
package import Netlink
import Nftables
import PodNetwork
package import Supervision

/// Keeps the table `linnet-cni` what the records of pods' host ports say, whoever flushes it.
///
/// It runs without the overlay too: living pods keep their ports until they are gone, and the table goes with the last.
package struct HostPortCapability: Capability {
    package let name = CapabilityName(rawValue: "host-ports")

    private let directory: String
    private let bridge: LinkName
    private let isOverlayOn: Bool
    private let auditInterval: Duration
    private let logger: Logger

    /// The longest time between two looks at the pods that no notification called for.
    private static let longestInterval = Duration.seconds(600)

    /// - Parameters:
    ///   - directory: where the plugin keeps the records.
    ///   - bridge: the bridge that pods hang on.
    ///   - isOverlayOn: whether pods are still to be attached to this node.
    package init(directory: String, bridge: LinkName, isOverlayOn: Bool, auditInterval: Duration, logger: Logger) {
        self.directory = directory
        self.bridge = bridge
        self.isOverlayOn = isOverlayOn
        self.auditInterval = min(auditInterval, Self.longestInterval)
        self.logger = logger
    }

    package func run(reporting health: HealthReporter) async throws {
        let monitor = try NftablesMonitor.open()
        let network = try NetlinkSocket.open()
        let socket = try NftablesSocket.open()
        let localhost = try LocalhostWatch(bridge: bridge, network: network)
        let ports = HostPorts(
            directory: directory,
            bridge: bridge,
            kernel: NodeKernel(network: network) { try network.deleteLink($0.index) },
            lockLimit: AddressLeaks.lockLimit
        ) { socket }
        let (wakes, wake) = AsyncStream.makeStream(of: PassReason.self)
        let disputes = Disputes()
        let later = DelayedWakes(wake)
        let ears = HostPortEars(monitor, besides: socket.portID, disputes, later)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(name: "host port table") {
                try await wake.feed { try await ears.listen() }
            }
            group.addTask(name: "disputes of host ports") { await later.run() }
            group.addTask(name: "bridge of host ports") {
                try await wake.feed { try await localhost.forEachBridge { wake.yield(.notification) } }
            }
            group.addTask(name: "setting of host ports") {
                try await wake.feed { try await localhost.forEachWrite { wake.yield(.notification) } }
            }
            let complaints = Complaints(logger: logger)
            let loop = ReconcileLoop(
                minimum: .milliseconds(50),
                audit: auditInterval,
                clock: ContinuousClock(),
                logger: logger
            )
            await loop.run(on: wakes, waitingFor: "changes of the host ports' table", reporting: health) { reason in
                // The table is somebody's again and again: its next look waits.
                if reason != .audit, disputes.isWaiting, let complaint = disputes.complaint {
                    try ports.closeLocalhost()
                    return .degraded(complaint)
                }
                health.working(on: "comparing the host ports' table")
                _ = disputes.take()
                let outcome = try pass(ports, complaints, ears) { isRepaired in
                    let repaired: Set<String> = isRepaired ? [HostPortEars.table] : []
                    disputes.conclude(repaired, waking: later, telling: logger)
                }
                return disputes.complaint.map { .degraded($0) } ?? outcome
            }
            group.cancelAll()
        }
    }

    private func pass(
        _ ports: HostPorts,
        _ complaints: Complaints,
        _ ears: HostPortEars,
        conclude: (Bool) -> Void
    ) throws -> PassOutcome {
        let repair = try ports.repair()
        conclude(repair.isRepaired)
        for record in repair.removed {
            logger.log(.notice, "host ports of a pod that is gone were freed", [.pod: record.holder])
        }
        if repair.isRepaired {
            logger.log(
                .notice,
                "repaired the table of host ports",
                [
                    .changes: "\(repair.missing + repair.surplus)", .nftTable: "\(Table.linnetCNI)",
                    .process: ears.takeAuthor()?.description ?? "unknown",
                ],
                event: .tableRepaired
            )
        }
        complaints.tell(
            "a host port does not do all that it should",
            repair.shortcomings.isEmpty ? nil : repair.shortcomings.joined(separator: "; "),
            .error
        )
        if let problem = (repair.problems + repair.shortcomings).first { return .degraded(problem) }
        let holders = repair.records.map(\.holder)
        if !isOverlayOn, !holders.isEmpty {
            return .degraded("the overlay is off, but pods still have host ports: \(holders.joined(separator: ", "))")
        }
        return .done("\(holders.count) \(holders.count == 1 ? "pod has" : "pods have") host ports")
    }
}
