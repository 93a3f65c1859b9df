import LinuxSystem
import Netlink
import NetworkTypes
import Nftables
import ServiceBalancer
import Synchronization

/// A host in memory, which counts how often it is looked at.
final class FakeHostProbe: HostProbe {
    struct Host: Sendable {
        var link: ProxyLink?
        var addresses: Set<IPAddress> = []
        var settings: [SysctlName: String] = [:]
        var listeners: [Listener] = []
        var podPorts: [HeldPort: String] = [:]
        var rules: Set<ProxyTrace> = []
        var legacyTables: [String] = []
        var flows: [ConntrackFlow] = []
        /// What asking for listeners fails with.
        var listenerFailure: NetlinkError?
        var looks = 0
    }

    private let host = Mutex(Host())

    var looks: Int { host.withLock(\.looks) }
    var flows: [ConntrackFlow] { host.withLock(\.flows) }

    func update(_ change: (inout sending Host) -> Void) { host.withLock { change(&$0) } }

    private var look: Host {
        host.withLock { host in
            host.looks += 1
            return host
        }
    }

    func proxyLink() -> ProxyLink? { look.link }
    func hasChain(_ name: String) -> Bool { false }
    func addresses() -> Set<IPAddress> {
        let host = look
        return host.addresses.union(host.link?.addresses ?? [])
    }
    func setting(_ name: SysctlName) -> String? { look.settings[name] }

    func listeners(_ transport: TransportProtocol) throws(NetlinkError) -> [Listener] {
        let host = look
        if let failure = host.listenerFailure { throw failure }
        return host.listeners.filter { $0.transport == transport }
    }

    func holder(of listener: Listener) -> SocketHolder? {
        SocketHolder(processID: UInt32(listener.inode), name: "server", userID: 0)
    }

    func podPorts() -> [HeldPort: String] { look.podPorts }
    func proxyRules() -> Set<ProxyTrace> { look.rules }
    func legacyTables() -> [String] { look.legacyTables }

    func forget(_ filter: ConntrackFilter, where isMeant: (ConntrackFlow) -> Bool) -> Int {
        let flows = look.flows
        let left = flows.filter { !filter.matches($0) || !isMeant($0) }
        host.withLock { $0.flows = left }
        return flows.count - left.count
    }
}
