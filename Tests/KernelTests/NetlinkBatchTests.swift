import LinuxSystem
import Netlink
import NetworkTypes
import Testing

private typealias Bed = NetlinkTestbed

@Suite struct NetlinkBatchTests {
    /// The three objects of each of `count` peers, 10.42.0.0/24 onwards.
    private func peers(_ count: UInt32, on link: InterfaceIndex) -> [[NetlinkOperation]] {
        (0..<count).map { number in
            let base = IPAddress.v4(IPv4Address(rawValue: 0x0a2a_0000 + number << 8))
            let hardware = MACAddress.locallyAdministered(UInt64(number))
            let underlay = IPAddress.v4(IPv4Address(rawValue: 0xc0a8_0002 + number))
            let route = Route(
                destination: IPPrefix(containing: base, length: 24),
                gateway: base,
                interface: link,
                isOnLink: true
            )
            return [
                .replaceNeighbour(Neighbour(interface: link, address: base, linkAddress: hardware)),
                .setForwardingEntry(
                    ForwardingEntry(interface: link, linkAddress: hardware, destination: underlay)
                ),
                .replaceRoute(route),
            ]
        }
    }

    @Test func `a thousand peers in one batch, and once more`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay).index
        let operations = peers(999, on: link).flatMap(\.self)
        for _ in 0..<2 {
            #expect(bed.kernel.perform(operations).allSatisfy { $0 == nil })
            #expect(try bed.kernel.routes(RouteFilter(interface: link, routeProtocol: .linnet)).count == 999)
            #expect(try bed.kernel.neighbours(of: link, family: .ipv4).count == 999)
            #expect(try bed.kernel.forwardingEntries(of: link).count == 999)
        }
    }

    @Test func `a failure is reported in its place and stops nothing`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay).index
        let absent = NetlinkOperation.deleteLink(.index(InterfaceIndex(999)))
        var operations = peers(200, on: link).flatMap(\.self)
        for place in [0, 150, 602] { operations.insert(absent, at: place) }
        let results = bed.kernel.perform(operations)
        #expect(results.indices.filter { results[$0] != nil } == [0, 150, 602])
        for case let failure? in results { #expect(failure.isMissing) }
        #expect(try bed.kernel.routes(RouteFilter(interface: link, routeProtocol: .linnet)).count == 200)
    }

    @Test func `nothing to do is nothing done`() throws {
        let bed = try NetlinkTestbed()
        #expect(bed.kernel.perform([]).isEmpty)
    }

    @Test func `what cannot be sent is an error in its place`() throws {
        let bed = try NetlinkTestbed()
        let alias = LinkChange(alias: String(repeating: "a", count: 70_000))
        let bridge = LinkRequest(name: try Bed.name("br0"), kind: .bridge)
        let results = bed.kernel.perform([
            .createLink(bridge), .setLink(.name(try Bed.name("br0")), alias),
            .setLink(.name(try Bed.name("br0")), LinkChange(isUp: true)),
        ])
        #expect(results.map { $0?.errno.rawValue } == [nil, 90, nil])
        #expect(try bed.kernel.link(named: Bed.name("br0"))?.isUp == true)
    }
}
