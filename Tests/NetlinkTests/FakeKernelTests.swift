import LinuxSystem
import Netlink
import NetlinkFake
import NetworkTypes
import Testing

/// That the kernel in memory behaves; Tests/KernelTests compares it with the real one.
@Suite struct FakeKernelTests {
    /// A kernel with an underlay and flannel.1 over it.
    private func kernelWithTunnel() throws -> (kernel: FakeKernel, underlay: InterfaceIndex, tunnel: InterfaceIndex) {
        let kernel = FakeKernel()
        let underlay = kernel.addHardware(try name("eth0"))
        let vxlan = VXLAN(vni: 1, link: underlay, local: try ip("192.168.0.1"))
        let request = LinkRequest(name: try name("flannel.1"), kind: .vxlan(vxlan), isUp: true)
        return (kernel, underlay, try kernel.createLink(request).index)
    }

    private func peer(on link: InterfaceIndex) throws -> [NetlinkOperation] {
        let hardware = try mac("12:c6:65:89:b4:e3")
        var route = try peerRoute()
        route.interface = link
        return [
            .replaceNeighbour(Neighbour(interface: link, address: try ip("10.42.2.0"), linkAddress: hardware)),
            .setForwardingEntry(
                ForwardingEntry(interface: link, linkAddress: hardware, destination: try ip("192.168.0.2"))
            ),
            .replaceRoute(route),
        ]
    }

    @Test func `it starts with a loopback interface`() throws {
        let links = try FakeKernel().links()
        #expect(links.map(\.name.rawValue) == ["lo"])
        #expect(links.first?.isUp == true)
    }

    @Test func `a vxlan link gets the MTU that fits`() throws {
        let (kernel, underlay, tunnel) = try kernelWithTunnel()
        #expect(try kernel.link(tunnel)?.mtu == 1450)
        let vxlan = VXLAN(vni: 1, link: underlay, local: try ip("fd00:1::1"))
        let v6 = try kernel.createLink(LinkRequest(name: name("flannel-v6.1"), kind: .vxlan(vxlan), mtu: 1450))
        #expect(v6.mtu == 1430)
        let error = try #require(throws: NetlinkError.self) { try kernel.setLink(v6.index, LinkChange(mtu: 1431)) }
        #expect(error.subject == "flannel-v6.1 mtu 1431")
    }

    @Test func `a deleted link takes its routes, neighbours, entries and addresses along`() throws {
        let (kernel, _, tunnel) = try kernelWithTunnel()
        let address = Address(interface: tunnel, address: try interface("10.42.1.0/32"))
        #expect(kernel.perform(try peer(on: tunnel) + [.addAddress(address)]).allSatisfy { $0 == nil })
        try kernel.deleteLink(tunnel)
        #expect(try kernel.routes(RouteFilter(interface: tunnel)) == [])
        #expect(try kernel.neighbours(of: tunnel, family: nil) == [])
        #expect(try kernel.forwardingEntries(of: tunnel) == [])
        #expect(try kernel.addresses(of: tunnel) == [])
        #expect(try kernel.link(tunnel) == nil)
    }

    @Test func `a tunnel goes with the interface below it`() throws {
        let (kernel, underlay, tunnel) = try kernelWithTunnel()
        kernel.interfere([.deleteLink(.index(underlay))])
        #expect(try kernel.link(tunnel) == nil)
    }

    @Test func `a link that goes down loses its routes and neighbours`() throws {
        let (kernel, _, tunnel) = try kernelWithTunnel()
        #expect(kernel.perform(try peer(on: tunnel)).allSatisfy { $0 == nil })
        try kernel.setLink(tunnel, LinkChange(isUp: false))
        #expect(try kernel.routes(RouteFilter(interface: tunnel)) == [])
        #expect(try kernel.neighbours(of: tunnel, family: nil) == [])
        #expect(try kernel.forwardingEntries(of: tunnel).count == 1)
    }

    @Test func `writes and reads are counted, those of others are not`() throws {
        let (kernel, _, tunnel) = try kernelWithTunnel()
        kernel.forgetTraffic()
        kernel.interfere(try peer(on: tunnel))
        #expect(kernel.writes == 0 && kernel.reads == 0)
        _ = kernel.perform(try peer(on: tunnel))
        _ = try kernel.links()
        #expect(kernel.writes == 3 && kernel.reads == 1)
        #expect(try kernel.operations == peer(on: tunnel))
    }

    @Test func `an operation can be refused`() throws {
        let (kernel, _, tunnel) = try kernelWithTunnel()
        kernel.refuse { if case .replaceRoute = $0 { Errno(rawValue: 105) } else { nil } }
        let results = kernel.perform(try peer(on: tunnel))
        #expect(results.map { $0?.errno.rawValue } == [nil, nil, 105])
        #expect(
            results.last??.description.hasPrefix("replace route 10.42.2.0/24 via 10.42.2.0 dev flannel.1: ") == true
        )
    }

    @Test func `what happens is notified`() async throws {
        let (kernel, _, tunnel) = try kernelWithTunnel()
        var heard = kernel.notifications().makeAsyncIterator()
        let entry = ForwardingEntry(
            interface: tunnel,
            linkAddress: try mac("12:c6:65:89:b4:e3"),
            destination: try ip("192.168.0.2")
        )
        kernel.interfere([.setForwardingEntry(entry), .deleteForwardingEntry(entry)])
        #expect(await heard.next() == .forwardingEntry(entry))
        #expect(await heard.next() == .forwardingEntryRemoved(entry))
    }

    @Test func `an address brings the route to its network, and a lookup finds it`() throws {
        let (kernel, underlay, _) = try kernelWithTunnel()
        try kernel.addAddress(Address(interface: underlay, address: interface("192.168.0.1/24")))
        let found = try kernel.routeLookup(to: ip("192.168.0.2"))
        #expect(found.interface == underlay && found.gateway == nil)
        #expect(try found.source == ip("192.168.0.1"))
        #expect(throws: NetlinkError.self) { try kernel.routeLookup(to: ip("203.0.113.1")) }
    }
}
