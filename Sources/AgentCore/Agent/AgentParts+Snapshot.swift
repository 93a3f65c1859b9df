import ClusterState
import FoundationEssentials
import LinuxSystem
import Logging
import NetworkTypes
import Supervision

extension AgentParts {
    /// Puts into the store what an earlier run saved, before the source or a capability runs.
    ///
    /// - Returns: the generation that is on disk by that.
    func restore() -> UInt64 {
        let logger = Logger(label: "linnet.snapshot")
        do throws(SystemCallError) {
            try snapshotFiles.tidy()
        } catch {
            logger.log(.warning, "a state file cannot be removed", [.file: error.subject, .error: "\(error)"])
        }
        let loaded = snapshotFiles.load { warning in
            logger.log(
                .warning,
                "a state file is not believed",
                [.file: warning.path, .error: warning.reason],
                event: .stateFileIgnored
            )
        }
        guard var saved = loaded else { return store.current.generation }
        // A lease in a network that is not the cluster's any more would be programmed until the source says another.
        let networks = configuration.network.clusterCIDRs
        let fits = saved.ownLease?.podCIDRs.values.allSatisfy { networks[$0.family]?.contains($0) == true }
        if fits == false { saved.dropLease() }
        store.restore(saved)
        logger.log(
            .info,
            "state from disk until the source delivers it",
            [.file: snapshotFiles.path, .age: "\(DataAge(of: saved.confirmedAt, at: SystemTime.now()))"]
        )
        return store.current.generation
    }

    /// For the service manager, while the source has not delivered everything since the start: that the state is from
    /// disk and when it was confirmed. No age, which would be wrong by the time that somebody reads it.
    var stateRemark: String? {
        store.current.restoration.map {
            "state from disk, confirmed \(Date(timeIntervalSince1970: $0.confirmedAt).ISO8601Format())"
        }
    }
}
