import Synchronization

/// What the balancer tells of itself: written by its loop, read by status and metrics.
package final class BalancerStatus: Sendable {
    private let state = Mutex(BalancerReport())

    package init() {}

    package var report: BalancerReport { state.withLock { $0 } }

    func update(_ change: (inout BalancerReport) -> Void) {
        state.withLock { report in change(&report) }
    }
}

/// The state of the balancer at one moment.
package struct BalancerReport: Sendable, Equatable {
    /// Which traffic is ours.
    package var scope = BalancerScope.none
    /// Services with a frontend on this node.
    package var services = 0
    package var refusals: [FrontendRefusal] = []
    package var loadBalancers = LoadBalancerReport()
    /// The snapshot that was put in place last.
    package var generation: UInt64?
    /// How long the last pass took, whatever became of it.
    package var lastDuration: Duration?
    /// How long all passes took together.
    package var totalDuration: Duration = .zero
    /// Passes so far, those that failed too.
    package var passes: UInt64 = 0
    package var failures: UInt64 = 0
    /// Tracked connections that the kernel was made to forget.
    package var forgottenFlows: UInt64 = 0

    package init() {}
}
