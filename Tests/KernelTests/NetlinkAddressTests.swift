import Netlink
import NetworkTypes
import Testing

private typealias Bed = NetlinkTestbed

@Suite struct NetlinkAddressTests {
    @Test(arguments: ["10.42.1.0/32", "10.42.1.1/24", "fd00:42:0:1::/128", "fd00:42:0:1::1/64"])
    func `an address is added once, replaced, read and deleted`(text: String) throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay)
        let wanted = Address(
            interface: link.index,
            address: try InterfaceAddress(parsing: text),
            flags: .noDuplicateDetection
        )
        try bed.kernel.addAddress(wanted)
        let found = try #require(try bed.kernel.addresses(of: link.index).first { $0.address == wanted.address })
        #expect(found.scope == .universe)
        #expect(found.flags.contains(.permanent))
        #expect(found.label == (wanted.address.family == .ipv4 ? "flannel.1" : nil))
        #expect(found.peer == nil && found.broadcast == nil)
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.addAddress(wanted) }
        #expect(error.alreadyExists)
        #expect(error.subject == "\(text) dev flannel.1")
        try bed.kernel.replaceAddress(wanted)
        try bed.kernel.deleteAddress(wanted)
        #expect(try !bed.kernel.addresses(of: link.index).contains { $0.address == wanted.address })
        let missing = try #require(throws: NetlinkError.self) { try bed.kernel.deleteAddress(wanted) }
        #expect(missing.isMissing)
    }

    @Test func `the addresses of one interface are those of no other`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let link = try bed.flannelLink(over: underlay)
        #expect(try bed.kernel.addresses(of: underlay).allSatisfy { $0.interface == underlay })
        #expect(try bed.kernel.addresses(of: nil).contains { $0.interface == link.index })
        let v4 = try bed.kernel.addresses(of: underlay).filter { $0.address.family == .ipv4 }
        #expect(v4.map(\.address.description) == ["192.168.0.1/24"])
        #expect(try bed.kernel.addresses(of: InterfaceIndex(999)) == [])
    }

    @Test func `flags, label, broadcast and far end survive`() throws {
        let (bed, underlay) = try NetlinkTestbed.withUnderlay()
        let first = Address(
            interface: underlay,
            address: try InterfaceAddress(parsing: "10.1.0.1/24"),
            scope: .link,
            flags: [.noPrefixRoute, .permanent],
            label: "eth0:x",
            broadcast: try Bed.ip("10.1.0.255")
        )
        let second = Address(
            interface: underlay,
            address: try InterfaceAddress(parsing: "10.2.0.1/32"),
            flags: .permanent,
            label: "eth0",
            peer: try Bed.ip("10.2.0.2")
        )
        #expect(bed.kernel.perform([.addAddress(first), .addAddress(second)]) == [nil, nil])
        let found = try bed.kernel.addresses(of: underlay)
        #expect(found.contains(first))
        #expect(found.contains(second))
    }

    @Test func `an address on a missing interface is an error that says so`() throws {
        let bed = try NetlinkTestbed()
        let address = Address(interface: InterfaceIndex(999), address: try InterfaceAddress(parsing: "10.1.0.1/24"))
        let error = try #require(throws: NetlinkError.self) { try bed.kernel.addAddress(address) }
        #expect(error.isMissing)
        #expect(error.description.hasPrefix("add address 10.1.0.1/24 dev if999: "))
    }
}
