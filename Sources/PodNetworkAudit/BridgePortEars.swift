import Netlink
import Supervision
import Synchronization

/// Hears of pods that others cut off the bridge, knows who did it as far as the kernel says, and wakes whoever puts them
/// back: at once, or later if somebody cuts one off again and again.
final class BridgePortEars: Sendable {
    private let ports: BridgePorts
    private let disputes: Disputes
    private let wakes: DelayedWakes
    private let state = Mutex(State())

    private struct State {
        /// When the links that are disputed are due.
        var due: [LinkName: ContinuousClock.Instant] = [:]
        /// Who changed a link last.
        var authors: [LinkName: String] = [:]
    }

    init(_ ports: BridgePorts, _ disputes: Disputes, _ wakes: DelayedWakes) {
        self.ports = ports
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
            try monitor.forEach { notification, author in
                guard ports.concerns(notification) else { return }
                if case .link(let link) = notification, ports.isStray(link) {
                    note(link.name, by: author == ownPort ? nil : author)
                } else {
                    // Many pods that come at once need no look at the plugin, which means reading all of it.
                    wakes.wake(.snapshot, after: .zero)
                }
            }
        }
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

    private func note(_ link: LinkName, by author: NetlinkPortID?) {
        let name = author?.process
        let trace = author.flatMap { $0.isKernel ? nil : "netlink port \($0.rawValue)" }
        if let known = name ?? trace { state.withLock { $0.authors[link] = known } }
        guard let delay = disputes.note(Self.object(link), by: name, or: trace) else { return }
        // Before the wake: the pass asks.
        if delay > .zero { state.withLock { $0.due[link] = .now + delay } }
        wakes.wake(.snapshot, after: delay)
    }
}
