import LinuxSystem
import Netlink
import NetworkTypes
import Testing

private typealias Bed = NetlinkTestbed

@Suite struct NetlinkLinkTests {
    @Test func `a fresh namespace has a loopback interface that is down`() throws {
        let links = try NetlinkTestbed().kernel.links()
        #expect(links.map(\.name.rawValue) == ["lo"])
        #expect(links.first?.isLoopback == true)
        #expect(links.first?.isUp == false)
        #expect(links.first?.kind == .other(""))
    }

    @Test func `a vxlan link over IPv4 is read as it was asked for`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let vxlan = VXLAN(vni: 1, link: underlay, local: try Bed.ip("192.168.0.1"))
        let link = try bed.flannelLink(over: underlay)
        #expect(link.kind == .vxlan(vxlan))
        #expect(link.mtu == 1450)
        #expect(link.isUp)
        #expect(try link.address == Bed.mac("12:c6:65:89:b4:e3"))
        #expect(try bed.kernel.link(named: Bed.name("flannel.1")) == link)
        #expect(try bed.kernel.link(link.index) == link)
        #expect(try bed.kernel.links().contains { $0.index == link.index && $0.kind == link.kind })
    }

    @Test func `one over IPv6 stands beside it, 20 bytes smaller`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        _ = try bed.flannelLink(over: underlay)
        let link = try bed.flannelLinkV6(over: underlay)
        #expect(try link.kind == .vxlan(VXLAN(vni: 1, link: underlay, local: Bed.ip("fd00:1::1"))))
        #expect(link.mtu == 1430)
    }

    @Test func `every setting of a vxlan link survives`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let vxlan = VXLAN(
            vni: 0xabcdef,
            link: underlay,
            local: try Bed.ip("192.168.0.1"),
            group: try Bed.ip("192.168.0.2"),
            port: 4789,
            learning: true,
            proxy: true,
            routeShortCircuit: true,
            l2miss: true,
            l3miss: true,
            gbp: true,
            ttl: 64,
            tos: 8,
            udpChecksum: false,
            zeroChecksum6Transmit: true,
            zeroChecksum6Receive: true
        )
        let link = try bed.kernel.createLink(LinkRequest(name: Bed.name("vx"), kind: .vxlan(vxlan)))
        #expect(link.kind == .vxlan(vxlan))
        let external = VXLAN(vni: 0, port: 4790, collectMetadata: true)
        let other = try bed.kernel.createLink(LinkRequest(name: Bed.name("ext"), kind: .vxlan(external)))
        #expect(other.kind == .vxlan(external))
    }

    @Test func `a second vxlan link for the same packets is refused with what to look at`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        _ = try bed.flannelLink(over: underlay)
        let again = LinkRequest(
            name: try Bed.name("other"),
            kind: .vxlan(VXLAN(vni: 1, link: underlay, local: try Bed.ip("192.168.0.1")))
        )
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.createLink(again) }
        #expect(error.alreadyExists)
        #expect(error.operation == "create link")
        #expect(error.description.contains("dev eth0"))
        #expect(error.remedy?.contains("another vxlan link has the same VNI and port") == true)
    }

    @Test func `a port that a vxlan link of other settings holds is refused when going up`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        // Packets with the group policy extension are understood by another socket than those without.
        let gbp = VXLAN(vni: 7, link: underlay, local: try Bed.ip("192.168.0.1"), gbp: true)
        _ = try bed.kernel.createLink(LinkRequest(name: Bed.name("foreign"), kind: .vxlan(gbp), isUp: true))
        let error = try #require(throws: NetlinkError.self) { try bed.flannelLink(over: underlay) }
        #expect(error.remedy?.contains("the UDP port is taken") == true)
    }

    @Test func `a kind that the kernel lacks is named`() throws {
        let bed = try NetlinkTestbed()
        let request = LinkRequest(name: try Bed.name("x"), kind: .other("nosuchkind"))
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.createLink(request) }
        #expect(error.remedy == "the kernel lacks the link kind 'nosuchkind'; load the module nosuchkind")
    }

    @Test func `what is missing is nil to read and an error to delete`() throws {
        let bed = try NetlinkTestbed()
        #expect(try bed.kernel.link(named: Bed.name("nope")) == nil)
        #expect(try bed.kernel.link(InterfaceIndex(999)) == nil)
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.deleteLink(InterfaceIndex(999)) }
        #expect(error.isMissing)
        #expect(error.description.hasPrefix("delete link if999: "))
        #expect(throws: NetlinkError.self) { try bed.kernel.setLink(InterfaceIndex(999), LinkChange(isUp: true)) }
    }

    @Test func `up, down, MTU, hardware address, alias and name are set on a live link`() throws {
        let bed = try NetlinkTestbed()
        let bridge = try bed.kernel.createLink(LinkRequest(name: Bed.name("br0"), kind: .bridge, alias: "pods"))
        #expect(bridge.kind == .bridge)
        #expect(bridge.alias == "pods")
        #expect(!bridge.isUp)
        let address = try Bed.mac("0a:58:0a:2a:01:01")
        let change = LinkChange(isUp: true, mtu: 1400, address: address, alias: "")
        try bed.kernel.setLink(bridge.index, change)
        let changed = try #require(try bed.kernel.link(bridge.index))
        #expect(changed.isUp && changed.mtu == 1400 && changed.address == address && changed.alias == nil)
        try bed.kernel.setLink(bridge.index, LinkChange(isUp: false, name: Bed.name("cni0")))
        #expect(try bed.kernel.link(named: Bed.name("cni0"))?.isUp == false)
        let error = try #require(throws: NetlinkError.self) {
            try bed.kernel.perform(.setLink(.name(Bed.name("cni0")), LinkChange(name: Bed.name("br1"))))
        }
        #expect(error.remedy == "a link can be renamed by its index only")
    }

    @Test func `an MTU out of range is refused with the kernel's words`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay)
        let error = try #require(throws: NetlinkError.self) {
            try bed.kernel.setLink(link.index, LinkChange(mtu: 9000))
        }
        #expect(error.subject == "flannel.1 mtu 9000")
        #expect(error.errno.rawValue == 22)
    }

    @Test func `a veth pair has its other end in another namespace from birth`() throws {
        let host = try NetlinkTestbed()
        let pod = try NetlinkTestbed()
        let bridge = try host.kernel.createLink(LinkRequest(name: Bed.name("cni0"), kind: .bridge, isUp: true))
        let request = LinkRequest(
            name: try Bed.name("vethpod"),
            kind: .veth,
            index: InterfaceIndex(70),
            mtu: 1450,
            isUp: true,
            master: bridge.index,
            queues: 1,
            peer: VethPeer(
                name: try Bed.name("eth0"),
                namespaceDescriptor: pod.namespace.rawValue,
                address: try Bed.mac("0a:58:0a:2a:01:02"),
                mtu: 1450,
                index: InterfaceIndex(77),
                queues: 1
            )
        )
        let veth = try host.kernel.createLink(request)
        #expect(veth.kind == .veth && veth.master == bridge.index && veth.isUp && veth.mtu == 1450)
        #expect(veth.index == InterfaceIndex(70) && veth.parent == InterfaceIndex(77))
        #expect(veth.peerNamespaceID != nil)
        let inside = try #require(try pod.kernel.link(named: Bed.name("eth0")))
        #expect(inside.index == InterfaceIndex(77))
        #expect(try inside.address == Bed.mac("0a:58:0a:2a:01:02"))
        #expect(!inside.isUp && inside.mtu == 1450)
        try host.kernel.deleteLink(veth.index)
        #expect(try pod.kernel.link(named: Bed.name("eth0")) == nil)
    }

    @Test func `hairpin and isolation are set on a port, in one batch with its creation`() throws {
        let bed = try NetlinkTestbed()
        let bridge = try bed.kernel.createLink(LinkRequest(name: Bed.name("cni0"), kind: .bridge))
        let name = try Bed.name("port")
        let request = LinkRequest(name: name, kind: .veth, master: bridge.index)
        let results = bed.kernel.perform([
            .createLink(request), .setBridgePort(.name(name), BridgePortChange(hairpin: true, isolated: true)),
        ])
        #expect(results == [nil, nil])
        let port = try #require(try bed.kernel.link(named: name))
        #expect(port.bridgePort == BridgePort(isHairpin: true, isIsolated: true, isLearning: true))
        try bed.kernel.setBridgePort(port.index, BridgePortChange(hairpin: false))
        #expect(try bed.kernel.link(port.index)?.bridgePort?.isHairpin == false)
        try bed.kernel.setLink(port.index, LinkChange(master: LinkChange.Master.none))
        let free = try #require(try bed.kernel.link(port.index))
        #expect(free.master == nil && free.bridgePort == nil)
        let error = try #require(throws: NetlinkError.self) {
            try bed.kernel.setBridgePort(port.index, BridgePortChange(hairpin: true))
        }
        #expect(error.remedy == "the link is not a port of a bridge")
    }

    @Test func `a link moves to another namespace`() throws {
        let here = try NetlinkTestbed()
        let there = try NetlinkTestbed()
        let link = try here.kernel.createLink(LinkRequest(name: Bed.name("v0"), kind: .veth))
        try here.kernel.setLink(link.index, LinkChange(namespaceDescriptor: there.namespace.rawValue))
        #expect(try here.kernel.link(named: Bed.name("v0")) == nil)
        #expect(try there.kernel.link(named: Bed.name("v0")) != nil)
    }

    @Test func `a deletion is known before the kernel has ended it`() throws {
        let bed = try NetlinkTestbed()
        let link = try bed.kernel.createLink(LinkRequest(name: Bed.name("v0"), kind: .veth))
        let monitor = try bed.monitor([.link])
        #expect(try !monitor.waitForRemoval(of: link.index, limit: .zero))
        try bed.kernel.requestDeletion(of: .index(link.index))
        #expect(try monitor.waitForRemoval(of: link.index, limit: .seconds(10)))
        #expect(try bed.kernel.link(link.index) == nil)
    }
}
