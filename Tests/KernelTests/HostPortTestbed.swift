import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import Nftables
import PodNetwork
import Testing

/// A node whose pods may have host ports, on a LAN with one more machine.
///
/// The node is 192.168.77.1 and fd00:77::1, the machine 192.168.77.9 and fd00:77::9. Pods listen on port 80.
struct HostPortTestbed {
    let pods: PodNetworkTestbed
    let machine: TestNamespace
    /// The node's namespace again, for tools.
    let node: NetworkNamespace

    init() throws {
        pods = try PodNetworkTestbed()
        node = pods.node
        machine = try TestNamespace("machine")
        try machine.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", path)
        try machine.run("ip", "link", "set", "eth0", "up")
        try run("ip", "link", "set", "lo", "up")
        try run("ip", "link", "set", "eth0", "up")
        for (place, number) in [(node, 1), (machine.namespace, 9)] {
            _ = try place.finish(["ip", "address", "add", "192.168.77.\(number)/24", "dev", "eth0"])
            _ = try place.finish(["ip", "address", "add", "fd00:77::\(number)/64", "dev", "eth0", "nodad"])
        }
        try machine.run("ip", "route", "add", "10.42.0.0/16", "via", "192.168.77.1")
        try run("ip", "address", "add", "192.168.77.2/24", "dev", "eth0")
        for name in ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"] {
            try node.run { try Sysctl.write("1", to: SysctlName(name)) }
        }
        // Else the bridge's own address is tentative for a second after its first pod.
        try node.run { try Sysctl.write("0", to: SysctlName("net/ipv6/conf/cni0/accept_dad")) }
    }

    private var path: String { "/proc/\(ProcessFacts.processID)/fd/\(node.rawValue)" }

    @discardableResult
    func run(_ words: String...) throws -> String {
        let result = try node.finish(words)
        #expect(result.exitCode == 0, "\(words): \(result.errors)")
        return result.output
    }

    var directory: String { "\(pods.directory)/host-ports" }

    /// A plugin whose configuration asks for these ports.
    func plugin(_ mappings: PortMapping...) throws -> PodNetworkPlugin {
        try pods.plugin {
            $0.hostPortDirectory = directory
            $0.portMappings = mappings
        }
    }

    /// A pod with these host ports.
    func attach(_ id: String, _ mappings: PortMapping...) throws -> PodTestbed {
        let pod = try PodTestbed(id)
        let plugin = try pods.plugin {
            $0.hostPortDirectory = directory
            $0.portMappings = mappings
        }
        _ = try pod.add(plugin, ["K8S_POD_NAMESPACE": "default", "K8S_POD_NAME": id])
        return pod
    }

    /// What the agent has, on this node.
    func hostPorts() throws -> HostPorts {
        let node = node
        let network = pods.network
        return HostPorts(
            directory: directory,
            bridge: pods.bridge.name,
            kernel: NodeKernel(network: network, namespace: node) { try network.deleteLink($0.index) }
        ) { () throws(NftablesError) in try NftablesSocket.open(in: node) }
    }

    /// `nft list table inet linnet-cni`, or nil if there is none.
    func table() throws -> String? {
        let result = try node.finish(["nft", "list", "table", "inet", "linnet-cni"])
        return result.exitCode == 0 ? result.output : nil
    }

    /// The records' files.
    func records() throws -> [String] {
        Files.exists(directory) ? try Files.list(directory).filter { $0.contains(":") } : []
    }

    /// `route_localnet` of the bridge.
    func localhostRouting() throws -> String {
        try node.run { try Sysctl.read(LocalhostRouting.setting(of: pods.bridge.name)) }
    }

    func removeFiles() {
        for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
        try? Files.removeDirectory(directory)
        pods.removeFiles()
    }
}

/// A conversation with a pod through some address: the client's address as the pod saw it, nil if nothing came or the
/// answer did not come back.
func conversation(
    _ transport: TransportProtocol = .tcp,
    from client: NetworkNamespace,
    to address: String,
    _ port: UInt16,
    with pod: PodTestbed,
    on podPort: UInt16 = 80
) throws -> String? {
    let server = try TestSocket.listening(transport, on: podPort, in: pod.namespace)
    let target = try IPAddress(parsing: address)
    let client = try TestSocket.client(transport, target.family, in: client)
    // A datagram may be lost: the kernel makes the way to a new IPv6 address a moment after it has answered.
    for limit: Int32 in transport == .udp ? [400, 400, 400, 400, 400] : [2500] {
        client.call(target, port)
        if let seen = try server.answer(within: limit), client.hearsAnswer(within: limit) { return seen.description }
    }
    return nil
}
