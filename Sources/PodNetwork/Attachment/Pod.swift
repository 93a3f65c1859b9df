import LinuxSystem
import Netlink
import NetworkTypes

/// A container's network namespace, from outside.
struct Pod: Sendable {
    let path: String
    let namespace: NetworkNamespace
    /// Where the process has one thread: the namespace that it is in.
    private let home: NetworkNamespace?

    /// - Parameter node: the node's namespace, which a pod must not share.
    init(_ path: String, besides node: NodeKernel) throws(CNIError) {
        self.path = path
        do throws(SystemCallError) {
            namespace = try NetworkNamespace.open(path: path)
        } catch {
            let code: CNIErrorCode = error.errno == .noEntry ? .unknownContainer : .invalidNamespace
            throw CNIError(code, "CNI_NETNS: \(error)", details: "the container's network namespace is not there")
        }
        let own: NetworkNamespace
        do {
            own = try node.namespace ?? NetworkNamespace.current()
        } catch {
            throw CNIError("find the node's network namespace", error)
        }
        home = node.hasOneThread ? own : nil
        guard namespace != own else {
            throw CNIError(
                .invalidNamespace,
                "CNI_NETNS '\(path)' is the node's own network namespace",
                details: "a pod with hostNetwork is not attached to the pod network"
            )
        }
    }

    /// A socket inside the namespace, after kernel settings were written there.
    func open(settings: [(SysctlName, String)] = []) throws -> NetlinkSocket {
        guard let home else { return try namespace.run { try Self.open(settings) } }
        return try namespace.visit(from: home) { try Self.open(settings) }
    }

    private static func open(_ settings: [(SysctlName, String)]) throws -> NetlinkSocket {
        for (name, value) in settings { try Sysctl.write(value, to: name) }
        return try NetlinkSocket.open()
    }

    /// What an interface of a pod is set to before it gets addresses.
    static func settings(of interface: LinkName, families: [AddressFamily]) -> [(SysctlName, String)] {
        var settings: [(SysctlName, String)] = []
        func set(_ name: String, _ value: String) { settings.append((SysctlName(name), value)) }
        if families.contains(.ipv4) {
            // Neighbours that remember who had the address before learn at once who has it now.
            set("net/ipv4/conf/\(interface)/arp_notify", "1")
        }
        if families.contains(.ipv6) {
            // Some runtimes switch IPv6 off in the namespaces they make.
            set("net/ipv6/conf/lo/disable_ipv6", "0")
            set("net/ipv6/conf/\(interface)/disable_ipv6", "0")
            // The node gives each address to one pod: looking for another owner would only cost a second.
            set("net/ipv6/conf/\(interface)/accept_dad", "0")
            set("net/ipv6/conf/\(interface)/ndisc_notify", "1")
            set("net/ipv6/conf/\(interface)/keep_addr_on_down", "1")
        }
        return settings
    }
}
