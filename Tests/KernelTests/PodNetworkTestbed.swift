import LinuxSystem
import Netlink
import NetworkTypes
import PodNetwork
import Testing

/// A node in a network namespace of its own, with the bridge and the files that the agent makes.
///
/// The node has the pods 10.42.1.0/24 and fd00:42:0:1::/64 and an MTU of 1430 for them.
struct PodNetworkTestbed {
    let node: NetworkNamespace
    let network: NetlinkSocket
    let bridge: Link
    let directory: String

    init() throws {
        node = try NetworkNamespace.create()
        network = try NetlinkSocket.open(in: node)
        directory = "/tmp/linnet-pods-\(ProcessFacts.processID)-\(node.identity)-\(UInt32.random(in: 0...UInt32.max))"
        try Files.createDirectory(directory)
        let request = LinkRequest(
            name: try LinkName(validating: "cni0"),
            kind: .bridge,
            mtu: 1430,
            address: try MACAddress(parsing: "0a:58:0a:2a:01:01"),
            isUp: true
        )
        bridge = try network.createLink(request)
        for text in ["10.42.1.1/24", "fd00:42:0:1::1/64"] {
            let address = try InterfaceAddress(parsing: text)
            try network.addAddress(
                Address(interface: bridge.index, address: address, flags: .noDuplicateDetection)
            )
        }
        let file = """
            FLANNEL_NETWORK=10.42.0.0/16
            FLANNEL_SUBNET=10.42.1.1/24
            FLANNEL_IPV6_NETWORK=fd00:42::/56
            FLANNEL_IPV6_SUBNET=fd00:42:0:1::1/64
            FLANNEL_MTU=1430
            FLANNEL_IPMASQ=true

            """
        try Files.writeAtomically(file, to: subnetFile)
    }

    var subnetFile: String { "\(directory)/subnet.env" }

    var store: AddressStore { AddressStore(dataDirectory: directory, network: "cbr0") }

    /// The names of reserved addresses, sorted as text.
    func reserved() throws -> [String] { try store.reservations().map(\.address.description).sorted() }

    /// The host's ends of pods.
    func ports() throws -> [Link] { try network.links().filter { $0.master == bridge.index } }

    /// - Parameter network: what the plugin gets for the kernel's network; the kernel's if it is left out.
    func plugin(
        through network: (any RouteNetlink)? = nil,
        _ change: (inout CNIConfiguration) throws -> Void = { _ in }
    ) throws -> PodNetworkPlugin {
        let text = """
            {"cniVersion":"1.1.0","name":"cbr0","subnetFile":"\(subnetFile)","dataDir":"\(directory)",
             "clusterDomain":"cluster.local",
             "dns":{"nameservers":["10.43.0.10"],"search":["svc.cluster.local","cluster.local"]}}
            """
        var configuration = try CNIConfiguration(parsing: Array(text.utf8))
        try change(&configuration)
        let network = network ?? self.network
        let kernel = NodeKernel(network: network, namespace: node) { try network.deleteLink($0.index) }
        return PodNetworkPlugin(configuration, kernel: kernel) { Issue.record("the plugin warns: \($0)") }
    }

    func removeFiles() {
        for name in (try? Files.list(store.directory)) ?? [] { try? Files.remove("\(store.directory)/\(name)") }
        try? Files.removeDirectory(store.directory)
        try? Files.remove(subnetFile)
        try? Files.removeDirectory(directory)
    }
}

/// A container to be: its namespace and its name.
struct PodTestbed {
    let namespace: NetworkNamespace
    let attachment: CNIAttachment

    init(_ id: String) throws {
        namespace = try NetworkNamespace.create()
        attachment = CNIAttachment(
            container: try #require(ContainerID(rawValue: id)),
            interface: try LinkName(validating: "eth0")
        )
    }

    /// What a runtime would pass as CNI_NETNS.
    var path: String { "/proc/self/fd/\(namespace.rawValue)" }

    func network() throws -> NetlinkSocket { try NetlinkSocket.open(in: namespace) }

    func add(_ plugin: PodNetworkPlugin, _ arguments: [String: String] = [:]) throws -> CNIResult {
        try plugin.add(attachment, namespace: path, arguments: arguments)
    }

    /// eth0 as the pod sees it, if it is there.
    func end() throws -> Link? { try network().link(named: attachment.interface) }
}
