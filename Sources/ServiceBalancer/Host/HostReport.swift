import Synchronization

/// What the follower of the host tells of itself: written by it, read by status.
package final class HostStatus: Sendable {
    private let state = Mutex(HostReport())

    package init() {}

    package var report: HostReport { state.withLock { $0 } }

    func update(_ change: (inout HostReport) -> Void) {
        state.withLock { report in change(&report) }
    }
}

/// What the balancer knows of the host, for people.
package struct HostReport: Hashable, Sendable {
    /// Why Linnet serves all of services, or load balancers only.
    package var proxyReason = ""
    /// What of a kube-proxy that does not run is in the way, and how it is removed.
    package var leftBehind: [String] = []
    /// Ports of load balancers that programs listen on, too.
    package var rivals: [String] = []
    /// Why it is not known who has which ports.
    package var portProblem: String?
    /// Why the decision is not kept over a restart.
    package var memoryProblem: String?
    /// What may be of interest, and is no complaint.
    package var notes: [String] = []

    package init() {}

    /// All that somebody should do something about.
    package var complaints: [String] { leftBehind + rivals + [portProblem, memoryProblem].compactMap(\.self) }
}
