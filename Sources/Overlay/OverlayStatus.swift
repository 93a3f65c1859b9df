package import ClusterState
import NetworkTypes
import Synchronization

/// What the overlay tells of itself: written by its loop, read by status and metrics.
package final class OverlayStatus: Sendable {
    private let state = Mutex(OverlayReport())

    package init() {}

    package var report: OverlayReport { state.withLock { $0 } }

    func update(_ change: (inout OverlayReport) -> Void) {
        state.withLock { report in change(&report) }
    }
}

/// The state of the overlay at one moment.
package struct OverlayReport: Sendable, Equatable {
    package var lease: NodeLease?
    /// The other nodes, by name, with what is wrong with each.
    package var peers: [NodeName: PeerPlan] = [:]
    /// The snapshot that was put in place last.
    package var generation: UInt64?
    /// When the last pass that did all it should ended.
    package var lastSuccess: ContinuousClock.Instant?
    /// How long the last pass took, whatever became of it.
    package var lastDuration: Duration?
    /// Passes so far, those that failed too.
    package var passes: UInt64 = 0
    package var failures: UInt64 = 0
    /// Changes that were needed although nothing new was wanted: somebody else had changed or deleted what is ours.
    package var repairs: UInt64 = 0
    /// Why the overlay is not all it should be, as whole phrases. Empty if it is.
    package var complaints: [String] = []

    package init() {}
}
