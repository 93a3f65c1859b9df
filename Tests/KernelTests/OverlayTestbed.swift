import ClusterState
import Glibc
import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import Nftables
import NodeRuleset
import Overlay

/// Two nodes in network namespaces of their own, joined by one cable.
///
/// Node N has the addresses 192.0.2.N and 2001:db8::N on eth0 and the pods 10.42.N.0/24 and fd00:42:0:N::/64.
struct OverlayTestbed {
    let nodes: [OverlayNode]

    init(clusterCIDRs: [String] = ["10.42.0.0/16", "fd00:42::/56"]) throws {
        let networks = try clusterCIDRs.map { try IPPrefix(parsing: $0) }
        let namespaces = [try NetworkNamespace.create(), try NetworkNamespace.create()]
        let first = try NetlinkSocket.open(in: namespaces[0])
        let eth0 = try LinkName(validating: "eth0")
        let peer = VethPeer(name: eth0, namespaceDescriptor: namespaces[1].rawValue)
        try first.createLink(LinkRequest(name: eth0, kind: .veth, peer: peer))
        nodes = try namespaces.enumerated().map { index, namespace in
            try OverlayNode(number: index + 1, namespace: namespace, other: namespaces[1 - index], networks)
        }
    }
}

/// One of the nodes, with a reconciler that works on its real kernel state.
struct OverlayNode {
    let number: Int
    let namespace: NetworkNamespace
    /// Kept alive, since the cable goes with either of its ends.
    private let other: NetworkNamespace
    let network: NetlinkSocket
    let nft: NftablesSocket
    let status = OverlayStatus()
    let watch = OverlayWatch()
    let reconciler: OverlayReconciler
    let store: SnapshotStore
    let directory: String
    let configuration: OverlayConfiguration

    init(number: Int, namespace: NetworkNamespace, other: NetworkNamespace, _ networks: [IPPrefix]) throws {
        self.number = number
        self.other = other
        self.namespace = namespace
        network = try NetlinkSocket.open(in: namespace)
        nft = try NftablesSocket.open(in: namespace)
        store = SnapshotStore(sourceDescription: "test", ownName: try Self.name(number))
        directory = "/tmp/linnet-overlay-\(getpid())-\(namespace.identity)"
        try Self.configure(network, number)
        var configuration = OverlayConfiguration(
            node: try Self.name(number),
            clusterCIDRs: PerFamily(
                v4: networks.first { $0.family == .ipv4 },
                v6: networks.first { $0.family == .ipv6 }
            )
        )
        configuration.subnetFile = "\(directory)/subnet.env"
        configuration.cniConfigurationDirectory = "\(directory)/net.d"
        self.configuration = configuration
        reconciler = OverlayReconciler(
            configuration,
            kernel: HostKernel(network: network, namespace: namespace),
            ruleset: NodeRuleset(kernel: nft),
            status: status,
            watch: watch,
            now: { .now }
        )
        try setState()
    }

    static func name(_ number: Int) throws -> NodeName {
        guard let name = NodeName(rawValue: "node-\(number)") else { throw SystemError.invalid }
        return name
    }

    enum SystemError: Error { case invalid }

    private static func configure(_ network: NetlinkSocket, _ number: Int) throws {
        for name in ["lo", "eth0"] {
            guard let link = try network.link(named: LinkName(validating: name)) else { throw SystemError.invalid }
            try network.setLink(link.index, LinkChange(isUp: true))
            guard name == "eth0" else { continue }
            for text in ["192.0.2.\(number)/24", "2001:db8::\(number)/64"] {
                let address = try InterfaceAddress(parsing: text)
                try network.addAddress(
                    Address(
                        interface: link.index,
                        address: address,
                        flags: address.family == .ipv6 ? .noDuplicateDetection : []
                    )
                )
            }
        }
    }

    static func node(_ number: Int) throws -> Node {
        var node = Node(name: try name(number))
        node.podCIDRs = PerFamily(
            v4: try IPPrefix(parsing: "10.42.\(number).0/24"),
            v6: try IPPrefix(parsing: "fd00:42:0:\(number)::/64")
        )
        node.publicAddresses = PerFamily(
            v4: try IPAddress(parsing: "192.0.2.\(number)"),
            v6: try IPAddress(parsing: "2001:db8::\(number)")
        )
        return node
    }

    /// A node somewhere else, with pods in 10.0.0.0/8 and fd00:42::/48: one of up to 65,535.
    static func distantNode(_ number: Int) throws -> Node {
        let (high, low, hex) = (number / 256, number % 256, String(number, radix: 16))
        var node = Node(name: try name(number))
        node.podCIDRs = PerFamily(
            v4: try IPPrefix(parsing: "10.\(100 + high).\(low).0/24"),
            v6: try IPPrefix(parsing: "fd00:42:0:\(hex)::/64")
        )
        node.publicAddresses = PerFamily(
            v4: try IPAddress(parsing: "198.18.\(high).\(low)"),
            v6: try IPAddress(parsing: "2001:db8::\(hex)")
        )
        return node
    }

    private func setState() throws {
        let own = try Self.node(number)
        store.setOwnLease(
            NodeLease(
                node: own.name,
                podCIDRs: own.podCIDRs,
                underlay: own.publicAddresses,
                publicAddresses: own.publicAddresses,
                vtep: PerFamily()
            )
        )
        let peer = try Self.node(3 - number)
        store.apply(.replace(kinds: [.node], with: [.node(peer)]), confirmedAt: 0)
    }

    @discardableResult
    func reconcile() async throws -> Int {
        try await reconciler.reconcile(store.current, thoroughly: true)
    }

    func link(_ name: String) throws -> Link {
        guard let link = try network.link(named: LinkName(validating: name)) else { throw SystemError.invalid }
        return link
    }

    func removeFiles() {
        for file in ["subnet.env", "net.d/10-linnet.conflist"] { unlink("\(directory)/\(file)") }
        rmdir("\(directory)/net.d")
        rmdir(directory)
    }
}

extension NftablesSocket {
    /// Deletes the whole table, as somebody would who does not know us.
    func removeOverlay() throws {
        try commit(Transaction(.linnet, [.deleteTable]))
    }
}

extension NetworkNamespace {
    /// Runs a program inside the namespace and returns 0 if it succeeded.
    func runProgram(_ arguments: [String]) throws -> Int32 {
        try finish(arguments).exitCode
    }
}
