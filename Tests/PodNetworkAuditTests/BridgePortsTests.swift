import Netlink
import NetlinkFake
import PodNetwork
import Testing

@testable import PodNetworkAudit

@Suite struct BridgePortsTests {
    private let kernel = FakeKernel()

    @Test func `a pod's link that lost its bridge is put back with hairpin`() throws {
        let bridge = try make("cni0", .bridge)
        try make("veth00000001", .veth, alias: "\(HostLink.prefix)eth0 of one")
        #expect(try ports().repair().map(\.name.rawValue) == ["veth00000001"])
        let link = try #require(try kernel.link(named: name("veth00000001")))
        #expect(link.master == bridge.index)
        #expect(link.bridgePort?.isHairpin == true)
        #expect(try ports().repair().isEmpty)
    }

    @Test func `a pod's link that is down is brought up and stays where it is`() throws {
        let bridge = try make("cni0", .bridge)
        let link = try make("veth00000001", .veth, alias: "\(HostLink.prefix)eth0 of one")
        try kernel.setLink(link.index, LinkChange(master: .bridge(bridge.index)))
        #expect(try ports().repair().map(\.name.rawValue) == ["veth00000001"])
        let repaired = try #require(try kernel.link(link.index))
        #expect(repaired.isUp)
        #expect(repaired.master == bridge.index)
        #expect(try ports().repair().isEmpty)
    }

    @Test(arguments: [
        (LinkKind.veth, String?.none),
        (.veth, "somebody else's"),
        (.bridge, "\(HostLink.prefix)eth0 of one"),
    ])
    func `other links are left alone`(kind: LinkKind, alias: String?) throws {
        try make("cni0", .bridge)
        try make("veth00000001", kind, alias: alias)
        #expect(try ports().repair().isEmpty)
    }

    @Test func `without a bridge nothing is done`() throws {
        try make("veth00000001", .veth, alias: "\(HostLink.prefix)eth0 of one")
        #expect(try ports().repair().isEmpty)
    }

    @discardableResult
    private func make(_ text: String, _ kind: LinkKind, alias: String? = nil) throws -> Link {
        let peer = kind == .veth ? VethPeer(name: try name("peer0")) : nil
        return try kernel.createLink(LinkRequest(name: try name(text), kind: kind, alias: alias, peer: peer))
    }

    private func name(_ text: String) throws -> LinkName { try #require(LinkName(rawValue: text)) }

    private func ports() throws -> BridgePorts { BridgePorts(bridge: try name("cni0"), network: kernel) }
}
