import Netlink
import NetworkTypes
import Testing

private typealias Bed = NetlinkTestbed

@Suite struct NetlinkNeighbourTests {
    @Test func `permanent neighbours of both families are written, read and deleted`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let v4 = Neighbour(
            interface: try bed.flannelLink(over: underlay).index,
            address: try Bed.ip("10.42.2.0"),
            linkAddress: try Bed.mac("0e:00:00:00:00:02")
        )
        let v6 = Neighbour(
            interface: try bed.flannelLinkV6(over: underlay).index,
            address: try Bed.ip("fd00:42:0:2::"),
            linkAddress: try Bed.mac("0e:00:00:00:00:06")
        )
        for var neighbour in [v4, v6] {
            let family = neighbour.address.family
            try bed.kernel.replaceNeighbour(neighbour)
            #expect(try bed.kernel.neighbours(of: neighbour.interface, family: family).contains(neighbour))
            neighbour.linkAddress = try Bed.mac("0e:00:00:00:00:99")
            try bed.kernel.replaceNeighbour(neighbour)
            let found = try bed.kernel.neighbours(of: neighbour.interface, family: family)
            #expect(found.filter { $0.address == neighbour.address } == [neighbour])
            #expect(try bed.kernel.neighbours(of: nil, family: nil).contains(neighbour))
            try bed.kernel.deleteNeighbour(neighbour)
            let error = try #require(throws: NetlinkError.self) { try bed.kernel.deleteNeighbour(neighbour) }
            #expect(error.isMissing)
        }
    }

    @Test func `forwarding entries point at the peer's underlay address`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let v4 = ForwardingEntry(
            interface: try bed.flannelLink(over: underlay).index,
            linkAddress: try Bed.mac("0e:00:00:00:00:02"),
            destination: try Bed.ip("192.168.0.2")
        )
        let v6 = ForwardingEntry(
            interface: try bed.flannelLinkV6(over: underlay).index,
            linkAddress: try Bed.mac("0e:00:00:00:00:06"),
            destination: try Bed.ip("fd00:1::2")
        )
        for (entry, elsewhere) in [(v4, "192.168.0.3"), (v6, "fd00:1::3")] {
            try bed.kernel.replaceForwardingEntry(entry)
            #expect(try bed.kernel.forwardingEntries(of: entry.interface) == [entry])
            var moved = entry
            moved.destination = try Bed.ip(elsewhere)
            try bed.kernel.replaceForwardingEntry(moved)
            #expect(try bed.kernel.forwardingEntries(of: entry.interface) == [moved])
            #expect(try bed.kernel.forwardingEntries(of: nil).contains(moved))
            try bed.kernel.deleteForwardingEntry(moved)
            #expect(try bed.kernel.forwardingEntries(of: entry.interface) == [])
            let error = try #require(throws: NetlinkError.self) { try bed.kernel.deleteForwardingEntry(moved) }
            #expect(error.isMissing)
            #expect(error.operation == "delete forwarding entry")
        }
    }

    @Test func `the entry of all other addresses may have several destinations`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay).index
        let entries = try ["192.168.0.2", "192.168.0.3"].map {
            ForwardingEntry(interface: link, linkAddress: MACAddress(rawValue: 0), destination: try Bed.ip($0))
        }
        for entry in entries { try bed.kernel.appendForwardingEntry(entry) }
        #expect(try Set(bed.kernel.forwardingEntries(of: link)) == Set(entries))
    }

    @Test func `a destination of the other family is refused with what is wrong`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let entry = ForwardingEntry(
            interface: try bed.flannelLink(over: underlay).index,
            linkAddress: try Bed.mac("0e:00:00:00:00:02"),
            destination: try Bed.ip("fd00:1::2")
        )
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.replaceForwardingEntry(entry) }
        #expect(error.remedy == "the tunnel's underlay is of the other address family")
    }

    @Test func `a bridge's entries say which port`() throws {
        let bed = try NetlinkTestbed()
        let bridge = try bed.kernel.createLink(LinkRequest(name: Bed.name("cni0"), kind: .bridge))
        let request = LinkRequest(name: try Bed.name("port"), kind: .veth, master: bridge.index)
        let port = try bed.kernel.createLink(request)
        let entry = ForwardingEntry(
            interface: port.index,
            linkAddress: try Bed.mac("0e:00:00:00:00:02"),
            state: .noARP,
            place: .master
        )
        try bed.kernel.replaceForwardingEntry(entry)
        #expect(try bed.kernel.forwardingEntries(of: port.index).contains(entry))
    }
}
