import AgentCore
import Netlink
import NetworkTypes
import Testing

@Suite struct UnderlayCandidatesTests {
    private let candidates: UnderlayCandidates

    init() throws {
        candidates = UnderlayCandidates(
            named: LinkName(rawValue: "wg0"),
            clusterNetworks: [try IPPrefix(parsing: "10.42.0.0/16")]
        )
    }

    private func link(_ name: String, _ index: Int32) throws -> Link {
        Link(index: InterfaceIndex(rawValue: index), name: try #require(LinkName(rawValue: name)))
    }

    private func address(_ text: String, on index: Int32) throws -> Address {
        Address(interface: InterfaceIndex(rawValue: index), address: try InterfaceAddress(parsing: text))
    }

    @Test func `before the first look every link may matter`() throws {
        #expect(candidates.mayChange(with: .link(try link("veth1", 7))))
    }

    @Test(arguments: [
        ("eth0", Int32(2), true), ("ppp0", 3, true), ("wg0", 9, true), ("cni0", 4, false), ("veth1", 7, false),
        ("eth1", 5, false),
    ])
    func `a link matters that has an address of its own, a default route or the name`(
        name: String,
        index: Int32,
        matters: Bool
    ) throws {
        candidates.note(
            HostFacts(
                links: [],
                addresses: [
                    try address("192.0.2.1/24", on: 2), try address("10.42.1.1/24", on: 4),
                    try address("fe80::1/64", on: 7),
                ],
                defaultRoutes: [
                    Route(destination: try IPPrefix(parsing: "0.0.0.0/0"), interface: InterfaceIndex(rawValue: 3))
                ]
            )
        )
        #expect(candidates.mayChange(with: .link(try link(name, index))) == matters)
        #expect(candidates.mayChange(with: .linkRemoved(try link(name, index))) == matters)
    }

    @Test(arguments: [
        ("198.51.100.1/24", true), ("169.254.1.1/16", true), ("2001:db8::1/64", true), ("fe80::1/64", false),
        ("10.42.1.1/24", false),
    ])
    func `an address matters wherever it is, unless nobody could reach the node by it`(
        text: String,
        matters: Bool
    ) throws {
        #expect(candidates.mayChange(with: .address(try address(text, on: 7))) == matters)
        #expect(candidates.mayChange(with: .addressRemoved(try address(text, on: 7))) == matters)
    }
}
