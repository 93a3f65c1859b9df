import Netlink
import NetlinkFake
import NetworkTypes
import Testing

private typealias Bed = NetlinkTestbed

/// The kernel in memory that other tests build on answers as the real one does.
@Suite struct NetlinkFakeTests {
    /// Every operation twice in both, so that what is there already and what is missing is met too.
    private func operations(_ underlay: InterfaceIndex, _ tunnel: InterfaceIndex) throws -> [NetlinkOperation] {
        let absent = InterfaceIndex(999)
        let hardware = try Bed.mac("0e:00:00:00:00:02")
        let onlink = Route(
            destination: try Bed.prefix("10.42.2.0/24"),
            gateway: try Bed.ip("10.42.2.0"),
            interface: tunnel,
            isOnLink: true
        )
        var unreachable = onlink
        unreachable.isOnLink = false
        var elsewhere = onlink
        elsewhere.interface = absent
        let neighbour = Neighbour(interface: tunnel, address: try Bed.ip("10.42.2.0"), linkAddress: hardware)
        let entry = ForwardingEntry(
            interface: tunnel,
            linkAddress: hardware,
            destination: try Bed.ip("192.168.0.2")
        )
        var otherFamily = entry
        otherFamily.destination = try Bed.ip("fd00:1::2")
        let address = Address(interface: tunnel, address: try InterfaceAddress(parsing: "10.42.1.0/32"))
        let second = LinkRequest(
            name: try Bed.name("other"),
            kind: .vxlan(VXLAN(vni: 1, link: underlay, local: try Bed.ip("192.168.0.1")))
        )
        let bridge = LinkRequest(name: try Bed.name("cni0"), kind: .bridge)
        let once: [NetlinkOperation] = [
            .createLink(second), .createLink(bridge), .addAddress(address), .replaceAddress(address),
            .addRoute(onlink), .replaceRoute(onlink), .addRoute(unreachable), .replaceRoute(elsewhere),
            .replaceNeighbour(neighbour), .setForwardingEntry(entry), .appendForwardingEntry(entry),
            .setForwardingEntry(otherFamily), .setLink(.index(tunnel), LinkChange(mtu: 1451)),
            .setLink(.index(tunnel), LinkChange(mtu: 1400)), .setLink(.index(absent), LinkChange(isUp: true)),
            .setBridgePort(.index(tunnel), BridgePortChange(hairpin: true)),
        ]
        let undo: [NetlinkOperation] = [
            .deleteRoute(onlink), .deleteNeighbour(neighbour), .deleteForwardingEntry(entry), .deleteAddress(address),
            .deleteLink(.name(try Bed.name("cni0"))), .deleteLink(.index(absent)),
        ]
        let down: [NetlinkOperation] = [
            .setLink(.index(tunnel), LinkChange(isUp: false)), .addRoute(onlink), .deleteLink(.index(tunnel)),
            .replaceNeighbour(neighbour), .setForwardingEntry(entry), .addAddress(address),
        ]
        return once + once + undo + undo + down
    }

    @Test func `the same operations meet the same refusals`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let tunnel = try bed.flannelLink(over: underlay)
        let fake = FakeKernel()
        let hardware = fake.addHardware(try Bed.name("eth0"))
        fake.interfere([
            .addAddress(Address(interface: hardware, address: try InterfaceAddress(parsing: "192.168.0.1/24")))
        ])
        let vxlan = VXLAN(vni: 1, link: hardware, local: try Bed.ip("192.168.0.1"))
        let twin = try fake.createLink(LinkRequest(name: Bed.name("flannel.1"), kind: .vxlan(vxlan), isUp: true))
        #expect(twin.mtu == tunnel.mtu && twin.isUp == tunnel.isUp)
        let real = try operations(underlay, tunnel.index)
        let faked = try operations(hardware, twin.index)
        let outcomes = zip(bed.kernel.perform(real), fake.perform(faked))
        for (operation, (expected, found)) in zip(real, outcomes) {
            #expect(found?.errno == expected?.errno, "\(operation)")
        }
    }
}
