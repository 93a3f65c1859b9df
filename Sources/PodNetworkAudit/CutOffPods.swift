import Netlink
import Synchronization

/// Which pods seem to be cut off, by what the kernel tells.
///
/// A pod that comes or goes is cut off for some milliseconds. Only who is so for longer is worth a look at all links, which
/// costs the more the more pods there are.
final class CutOffPods: Sendable {
    /// How long a pod may be cut off before somebody looks.
    static let grace = Duration.milliseconds(20)

    private struct State {
        var bridge: InterfaceIndex?
        var isBridgeNew = false
        var since: [InterfaceIndex: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())
    private let bridge: LinkName

    init(bridge: LinkName) {
        self.bridge = bridge
    }

    /// Returns whether somebody has to look once the time of grace is over.
    func note(_ notification: NetlinkNotification, at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            switch notification {
            case .link(let link) where link.name == bridge:
                guard state.bridge != link.index else { return false }
                state.bridge = link.index
                state.isBridgeNew = true
                return true
            case .link(let link):
                guard BridgePorts.isStray(link) else {
                    state.since[link.index] = nil
                    return false
                }
                if state.since[link.index] == nil { state.since[link.index] = now }
                return true
            case .linkRemoved(let link):
                state.since[link.index] = nil
                return false
            case .resynchronise:
                // What was lost may have been about the bridge.
                state.isBridgeNew = true
                return true
            default:
                return false
            }
        }
    }

    /// Whether to look now. What is looked at is not asked about again, unless the kernel tells of it again.
    func isDue(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            let overdue = state.since.filter { $0.value + Self.grace <= now }
            defer { state.isBridgeNew = false }
            for link in overdue.keys { state.since[link] = nil }
            return state.isBridgeNew || !overdue.isEmpty
        }
    }
}
