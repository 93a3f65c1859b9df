import Netlink
import Supervision
import Synchronization

/// Hears of pods that others cut off the bridge, knows who did it as far as the kernel says, and wakes whoever puts them
/// back: at once, or later if somebody cuts one off again and again.
final class BridgePortEars: Sendable {
    private let cutOff: CutOffPods
    private let disputes: Disputes
    private let wakes: DelayedWakes
    private let state = Mutex(State())

    private struct State {
        /// When the links that are disputed are due.
        var due: [LinkName: ContinuousClock.Instant] = [:]
        /// Who changed a link last.
        var authors: [LinkName: String] = [:]
    }

    init(bridge: LinkName, _ disputes: Disputes, _ wakes: DelayedWakes) {
        cutOff = CutOffPods(bridge: bridge)
        self.disputes = disputes
        self.wakes = wakes
    }

    /// How a link is called in a dispute.
    static func object(_ link: LinkName) -> String { "link \(link)" }

    /// Listens until the task is cancelled.
    ///
    /// - Parameter ownPort: of the socket that links are put back on.
    func listen(to monitor: NetlinkMonitor, besides ownPort: NetlinkPortID) async throws {
        try await monitor.forEachBatch {
            var (isSuspicious, isOthers) = (false, false)
            let now = ContinuousClock.now
            try monitor.forEach { notification, author in
                if author != ownPort { isOthers = true }
                guard cutOff.note(notification, at: now) else { return forget(notification) }
                isSuspicious = true
                if case .link(let link) = notification, BridgePorts.isStray(link) {
                    note(link.name, by: author == ownPort ? nil : author)
                }
            }
            // Many pods that come at once need no look at the plugin, which means reading all of it.
            if isSuspicious { wakes.wake(.snapshot, after: CutOffPods.grace) }
            return isOthers
        }
    }

    /// Whether a look at all links is due now.
    func isDue() -> Bool {
        let now = ContinuousClock.now
        let isCutOff = cutOff.isDue(at: now)
        return isCutOff || state.withLock { $0.due.values.contains { $0 <= now } }
    }

    /// The links that are left cut off for now.
    func waiting() -> Set<LinkName> {
        let now = ContinuousClock.now
        return state.withLock { state in
            state.due = state.due.filter { $0.value > now }
            return Set(state.due.keys)
        }
    }

    /// Who changed each link last, since the last call.
    func takeAuthors() -> [LinkName: String] {
        state.withLock { state in
            defer { state.authors = [:] }
            return state.authors
        }
    }

    /// Pods come and go: who made those is nobody's question.
    private func forget(_ notification: NetlinkNotification) {
        switch notification {
        case .link(let link), .linkRemoved(let link): state.withLock { $0.authors[link.name] = nil }
        default: break
        }
    }

    private func note(_ link: LinkName, by author: NetlinkPortID?) {
        let name = author?.process
        let trace = author?.trace
        if let known = name ?? trace { state.withLock { $0.authors[link] = known } }
        guard let delay = disputes.note(Self.object(link), by: name, or: trace), delay > .zero else { return }
        let isNew = state.withLock { state in
            guard state.due[link] == nil else { return false }
            state.due[link] = .now + delay
            return true
        }
        if isNew { wakes.wake(.snapshot, after: delay) }
    }
}
