import ClusterFixtures
import Netlink
import NetlinkFake
import NetworkTypes
import Testing

@testable import ClusterDNS

// Cluster DNS answers on 10.43.0.10 and fd00:43::a.

@Suite struct LoopbackAddressesTests {
    private let kernel = FakeKernel()
    private let wanted = [address("10.43.0.10"), address("fd00:43::a")]

    private var held: LoopbackAddresses { LoopbackAddresses(network: kernel) }

    private func onLoopback() throws -> [Address] {
        let loopback = try #require(try kernel.link(named: .loopback))
        return try kernel.addresses(of: loopback.index)
    }

    @Test func `addresses are set for this host alone, once`() throws {
        #expect(try held.hold(wanted).added == wanted)
        let addresses = try onLoopback().filter { $0.origin == .linnet }
        #expect(addresses.map(\.address.length) == [32, 128])
        #expect(addresses.map(\.scope) == [.host, .universe])
        #expect(try held.hold(wanted) == LoopbackAddresses.Changes())
    }

    @Test func `those of an earlier configuration go`() throws {
        _ = try held.hold(wanted)
        let changes = try held.hold([address("10.96.0.10")])
        #expect(changes.added == [address("10.96.0.10")])
        #expect(Set(changes.removed) == Set(wanted))
        #expect(try held.held().map(\.address.address) == [address("10.96.0.10")])
    }

    @Test func `an address that another program set serves, and stays`() throws {
        let loopback = try #require(try kernel.link(named: .loopback))
        try kernel.addAddress(
            Address(interface: loopback.index, address: InterfaceAddress(wanted[0], length: 32), scope: .host)
        )
        #expect(try held.hold([wanted[0]]) == LoopbackAddresses.Changes())
        #expect(try held.hold([]) == LoopbackAddresses.Changes())
        #expect(try onLoopback().contains { $0.address.address == wanted[0] })
    }
}
