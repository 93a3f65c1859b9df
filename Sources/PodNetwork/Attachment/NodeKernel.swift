package import LinuxSystem
package import Netlink
import Nftables

/// The node's network namespace, as far as the plugin works in it.
package struct NodeKernel: Sendable {
    package let network: any RouteNetlink
    /// Nil stands for the namespace that the process is in.
    package let namespace: NetworkNamespace?
    /// Whether the process has one thread, which can go into another namespace and come back.
    package let hasOneThread: Bool
    /// Takes a link away and returns when it is gone.
    package let remove: @Sendable (Link) throws -> Void

    package init(
        network: any RouteNetlink,
        namespace: NetworkNamespace? = nil,
        hasOneThread: Bool = false,
        remove: @escaping @Sendable (Link) throws -> Void
    ) {
        self.network = network
        self.namespace = namespace
        self.hasOneThread = hasOneThread
        self.remove = remove
    }

    /// The namespace of the process, for a program with one thread.
    package static func own() throws -> NodeKernel {
        let socket = try NetlinkSocket.open()
        return NodeKernel(network: socket, hasOneThread: true) { try removeQuickly($0, by: socket) }
    }

    /// Removes a link without waiting for what the kernel does after it is gone.
    ///
    /// The deletion takes 20 ms, all but one of them for memory that nobody sees: a child waits for that.
    private static func removeQuickly(_ link: Link, by socket: NetlinkSocket) throws {
        let monitor = try NetlinkMonitor.open(groups: [.link], receiveBuffer: 1 << 20)
        try requestInChild(link.index, by: socket)
        let isGone = try monitor.waitForRemoval(of: link.index, limit: .seconds(2))
        // The child could not, or the notification was lost: this way there is an error to read.
        if !isGone { try removeThoroughly(link.index, by: socket) }
    }

    private static func requestInChild(_ index: InterfaceIndex, by socket: NetlinkSocket) throws(SystemCallError) {
        try DetachedChild.run { try? socket.requestDeletion(of: .index(index)) }
    }

    private static func removeThoroughly(_ index: InterfaceIndex, by socket: NetlinkSocket) throws(NetlinkError) {
        do throws(NetlinkError) {
            try socket.deleteLink(index)
        } catch  where error.isMissing {}
    }

    /// The host's end of the attachment, if it is there and ours.
    package func hostLink(of attachment: CNIAttachment) throws(NetlinkError) -> Link? {
        guard let link = try network.link(named: HostLink.name(of: attachment)) else { return nil }
        // Without the alias, ADD was killed between making the pair and marking it.
        guard link.kind == .veth, link.alias == nil || link.alias == HostLink.alias(of: attachment) else { return nil }
        return link
    }

    func openNftables() throws(NftablesError) -> NftablesSocket {
        guard let namespace else { return try NftablesSocket.open() }
        return try NftablesSocket.open(in: namespace)
    }

    func sysctl(_ name: SysctlName) throws -> String {
        guard let namespace else { return try Sysctl.read(name) }
        return try namespace.run { try Sysctl.read(name) }
    }

    /// Writes the value unless it is the one that is set.
    func setSysctl(_ name: SysctlName, to value: String) throws {
        guard let namespace else { return try Self.set(name, to: value) }
        try namespace.run { try Self.set(name, to: value) }
    }

    private static func set(_ name: SysctlName, to value: String) throws(SystemCallError) {
        if try Sysctl.read(name) != value { try Sysctl.write(value, to: name) }
    }
}
