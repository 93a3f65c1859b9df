import ClusterState
import Logging
import Netlink
import NetworkTypes
import Nftables
import Supervision
import Synchronization

/// Looks for rules of others that take what is for the ingress's ports, and tells of them once for as long as they last.
final class RivalWatch: Sendable {
    /// How often it is asked whether rules have changed.
    static let interval: Duration = .seconds(5)

    private struct State {
        /// Of the ruleset that was looked at; nil if that is not known.
        var generation: UInt32?
        var found: [PortTranslation] = []
        var problem: String?
    }

    private let tables: NftablesSocket
    private let network: NetlinkSocket
    private let ports: Set<UInt16>
    private let node: NodeName
    private let outbox: any Outbox
    private let logger: Logger
    private let state = Mutex(State())

    init(ports: Set<UInt16>, node: NodeName, outbox: any Outbox, logger: Logger) throws {
        tables = try NftablesSocket.open()
        network = try NetlinkSocket.open()
        self.ports = ports
        self.node = node
        self.outbox = outbox
        self.logger = logger
    }

    /// Whether rules may be others than when they were looked at.
    var isStale: Bool {
        let generation = try? tables.generation()
        return state.withLock { $0.generation == nil || $0.generation != generation }
    }

    /// Looks if rules have changed, or if it is to look `thoroughly`. Returns what somebody should do something about.
    func look(thoroughly: Bool) async -> [String] {
        guard thoroughly || isStale else { return complaints }
        let before = Set(state.withLock(\.found))
        do {
            let generation = try tables.generation()
            let addresses = Set(try network.addresses(of: nil).map(\.address.address).filter { !$0.isLoopback })
            let found = try tables.translations(of: ports, at: addresses, except: [.linnet])
            state.withLock { $0 = State(generation: generation, found: found) }
            for new in found where !before.contains(new) { await tell(new) }
            if found.isEmpty, !before.isEmpty { logger.info("no rule of others takes the ingress's ports any more") }
        } catch {
            // What was found stays; the next look is the next one that is due.
            state.withLock { $0.problem = "whether rules of others take the ingress's ports is not known: \(error)" }
        }
        return complaints
    }

    private func tell(_ rival: PortTranslation) async {
        logger.log(.warning, "others take what is for the ingress", [.reason: rival.complaint])
        await outbox.record(ClusterEvent(.warning, "IngressPortTaken", of: .node(node), rival.complaint))
    }

    private var complaints: [String] {
        state.withLock { state in state.found.map(\.complaint) + (state.problem.map { [$0] } ?? []) }
    }
}
