import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes
import Overlay
import Testing

@Suite(.timeLimit(.minutes(1))) struct OverlayPacketTests {
    /// A pod of a node: a namespace on its bridge.
    private func pod(_ host: Int, on node: OverlayNode) throws -> NetworkNamespace {
        let pod = try NetworkNamespace.create()
        let eth0 = try LinkName(validating: "eth0")
        let end = try node.network.createLink(
            LinkRequest(
                name: LinkName(validating: "veth\(host)"),
                kind: .veth,
                isUp: true,
                master: node.link("cni0").index,
                peer: VethPeer(name: eth0, namespaceDescriptor: pod.rawValue)
            )
        )
        try node.network.setLink(end.index, LinkChange(isUp: true))
        let network = try NetlinkSocket.open(in: pod)
        let inside = try #require(try network.link(named: eth0)).index
        try network.setLink(inside, LinkChange(isUp: true))
        let address = try InterfaceAddress(parsing: "10.42.\(node.number).\(host)/24")
        try network.addAddress(Address(interface: inside, address: address))
        let gateway = try IPAddress(parsing: "10.42.\(node.number).1")
        let all = try IPPrefix(parsing: "0.0.0.0/0")
        try network.addRoute(Route(destination: all, gateway: gateway, interface: inside, routeProtocol: .static))
        return pod
    }

    private func ping(_ destination: String, from place: NetworkNamespace, size: Int = 56) throws -> Bool {
        try place.runProgram(["ping", "-q", "-c", "1", "-W", "2", "-M", "do", "-s", "\(size)", destination]) == 0
    }

    @Test func `pods of two nodes reach each other with packets of the planned size and no larger`() async throws {
        let bed = try OverlayTestbed()
        defer { bed.nodes.forEach { $0.removeFiles() } }
        for node in bed.nodes { try await node.reconcile() }
        let first = try pod(5, on: bed.nodes[0])
        let second = try pod(6, on: bed.nodes[1])
        #expect(try ping("10.42.2.6", from: first))
        #expect(try ping("10.42.1.5", from: second))
        // 1450 bytes is what the tunnel over IPv4 carries; 28 of them are the headers of the echo request.
        #expect(try ping("10.42.2.6", from: first, size: 1450 - 28))
        #expect(try !ping("10.42.2.6", from: first, size: 1451 - 28))
    }

    @Test func `a host that knows no pods answers one, since it sees the node's address`() async throws {
        let bed = try OverlayTestbed()
        let node = bed.nodes[0]
        defer { node.removeFiles() }
        node.store.apply(.replace(kinds: [.node], with: []), confirmedAt: 0)
        try await node.reconcile()
        let pod = try pod(5, on: node)
        #expect(try ping("192.0.2.2", from: pod))
        // Without our rules the answer finds no way.
        try node.nft.removeOverlay()
        #expect(try !ping("192.0.2.2", from: pod))
    }

    @Test func `tunnel packets from a node that nobody knows are dropped`() async throws {
        let bed = try OverlayTestbed()
        defer { bed.nodes.forEach { $0.removeFiles() } }
        for node in bed.nodes { try await node.reconcile() }
        let first = try pod(5, on: bed.nodes[0])
        let second = try pod(6, on: bed.nodes[1])
        #expect(try ping("10.42.1.5", from: second))
        #expect(try ping("10.42.2.6", from: first))
        // The second node knows the first by another address, which leads there but is not the one it sends from.
        let other = bed.nodes[1]
        let uplink = try bed.nodes[0].link("eth0").index
        let alias = try InterfaceAddress(parsing: "192.0.2.77/24")
        try bed.nodes[0].network.addAddress(Address(interface: uplink, address: alias))
        var stranger = try OverlayNode.node(1)
        stranger.publicAddresses.v4 = alias.address
        other.store.apply(.update(set: [.node(stranger)], remove: []), confirmedAt: 0)
        try await other.reconcile()
        #expect(try !ping("10.42.2.6", from: first))
        try other.nft.removeOverlay()
        #expect(try ping("10.42.2.6", from: first))
        #expect(try ping("10.42.2.1", from: second))
    }
}
