import AgentCore
import Netlink
import NetworkTypes
import Testing

/// Conventions: eth0 (2) has the default routes, eth1 (3) has none; nodes are in 192.0.2.0/24 and 2001:db8::/64.
@Suite struct UnderlaySelectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var addresses: [String]
        var nodeAddresses: [String] = []
        var interface: String?
        var declared: [String] = []
        var defaultRoutes = ["0.0.0.0/0 2", "::/0 2"]
        /// The chosen address, or the beginning of the problem.
        var expected: String
    }

    @Test(
        arguments: [
            Case(
                testDescription: "the interface of the default route",
                addresses: ["3 192.0.2.9/24", "2 192.0.2.1/24"],
                expected: "192.0.2.1"
            ),
            Case(
                testDescription: "the address that --node-ip names",
                addresses: ["2 192.0.2.1/24", "3 192.0.2.9/24"],
                nodeAddresses: ["192.0.2.9"],
                expected: "192.0.2.9"
            ),
            Case(
                testDescription: "an address that is not on the host",
                addresses: ["2 192.0.2.1/24"],
                nodeAddresses: ["192.0.2.77"],
                expected: "--node-ip 192.0.2.77 is not an address of this host; the host has 192.0.2.1 on eth0"
            ),
            Case(
                testDescription: "the interface that --flannel-iface names",
                addresses: ["2 192.0.2.1/24", "3 192.0.2.9/24"],
                interface: "eth1",
                expected: "192.0.2.9"
            ),
            Case(
                testDescription: "an interface that does not exist",
                addresses: ["2 192.0.2.1/24"],
                interface: "eth9",
                expected: "--flannel-iface eth9: there is no such interface"
            ),
            Case(
                testDescription: "an interface without an address",
                addresses: ["2 192.0.2.1/24"],
                interface: "eth1",
                expected: "interface eth1 has no usable IPv4 address"
            ),
            Case(
                testDescription: "what the own Node says, if the host has it",
                addresses: ["2 192.0.2.1/24", "3 192.0.2.9/24"],
                declared: ["192.0.2.9"],
                expected: "192.0.2.9"
            ),
            Case(
                testDescription: "what the own Node says, if the host does not have it",
                addresses: ["2 192.0.2.1/24"],
                declared: ["192.0.2.9"],
                expected: "192.0.2.1"
            ),
            Case(
                testDescription: "no default route",
                addresses: ["2 192.0.2.1/24"],
                defaultRoutes: [],
                expected: "no IPv4 default route tells which interface to use"
            ),
            Case(
                testDescription: "the default route with the lowest metric",
                addresses: ["2 192.0.2.1/24", "3 192.0.2.9/24"],
                defaultRoutes: ["0.0.0.0/0 2 200", "0.0.0.0/0 3 100"],
                expected: "192.0.2.9"
            ),
            Case(
                testDescription: "a default route with several next hops",
                addresses: ["2 192.0.2.1/24"],
                defaultRoutes: ["0.0.0.0/0 0"],
                expected: "the IPv4 default route has several next hops"
            ),
            Case(
                testDescription: "a permanent address rather than one with a lifetime",
                addresses: ["2 192.0.2.1/24 dynamic", "2 192.0.2.5/24"],
                expected: "192.0.2.5"
            ),
            Case(
                testDescription: "a global address rather than a link-local one",
                addresses: ["2 169.254.0.1/16", "2 192.0.2.5/24 dynamic"],
                expected: "192.0.2.5"
            ),
            Case(
                testDescription: "never a deprecated one",
                addresses: ["2 192.0.2.1/24 deprecated"],
                expected: "interface eth0 has no usable IPv4 address"
            ),
            Case(
                testDescription: "never one of the pod networks",
                addresses: ["2 10.42.0.1/24", "2 192.0.2.5/24"],
                expected: "192.0.2.5"
            ),
        ]
    )
    func `IPv4 endpoint`(_ example: Case) throws {
        try expect(example, .ipv4)
    }

    @Test(
        arguments: [
            Case(
                testDescription: "a stable address rather than a temporary one",
                addresses: ["2 2001:db8::1/64 temporary", "2 2001:db8::2/64 dynamic"],
                expected: "2001:db8::2"
            ),
            Case(
                testDescription: "never a tentative one",
                addresses: ["2 2001:db8::1/64 tentative", "2 fe80::1/64"],
                expected: "fe80::1"
            ),
        ]
    )
    func `IPv6 endpoint`(_ example: Case) throws {
        try expect(example, .ipv6)
    }

    @Test func `a family without an endpoint does not keep the other from having one`() throws {
        let example = Case(testDescription: "", addresses: ["2 192.0.2.1/24"], expected: "")
        let choice = try selection(example, [.ipv4, .ipv6]).choose(from: facts(example))
        #expect(choice.addresses == PerFamily(v4: try IPAddress(parsing: "192.0.2.1")))
        #expect(choice.problems.map(\.description).first?.hasPrefix("interface eth0 has no usable IPv6") == true)
    }

    private func expect(_ example: Case, _ family: AddressFamily) throws {
        let choice = try selection(example, [family]).choose(from: facts(example))
        let outcome = choice.addresses[family]?.description ?? choice.problems.first?.description ?? "nothing"
        #expect(outcome.hasPrefix(example.expected), "\(outcome)")
    }

    private func selection(_ example: Case, _ families: [AddressFamily]) throws -> UnderlaySelection {
        UnderlaySelection(
            families: families,
            nodeAddresses: try perFamily(example.nodeAddresses),
            interface: example.interface.flatMap(LinkName.init(rawValue:)),
            declaredAddresses: try perFamily(example.declared),
            clusterNetworks: PerFamily(v4: try IPPrefix(parsing: "10.42.0.0/16"))
        )
    }

    private func perFamily(_ texts: [String]) throws -> PerFamily<IPAddress> {
        var result = PerFamily<IPAddress>()
        for text in texts {
            let address = try IPAddress(parsing: text)
            result[address.family] = address
        }
        return result
    }

    private func facts(_ example: Case) throws -> HostFacts {
        HostFacts(
            links: try ["lo", "eth0", "eth1"].enumerated().map { index, name in
                Link(
                    index: InterfaceIndex(rawValue: Int32(index + 1)),
                    name: try #require(LinkName(rawValue: name)),
                    mtu: 1500,
                    kind: .other("")
                )
            },
            addresses: try example.addresses.map(address),
            defaultRoutes: try example.defaultRoutes.map(route)
        )
    }

    private func address(_ text: String) throws -> Address {
        let parts = text.split(separator: " ")
        let flags: AddressFlags =
            switch parts.dropFirst(2).first {
            case "dynamic": []
            case "temporary": [.temporary]
            case "deprecated": [.deprecated]
            case "tentative": [.tentative]
            default: [.permanent]
            }
        return Address(
            interface: InterfaceIndex(rawValue: try #require(Int32(parts[0]))),
            address: try InterfaceAddress(parsing: parts[1]),
            flags: flags
        )
    }

    private func route(_ text: String) throws -> Route {
        let parts = text.split(separator: " ")
        let index = try #require(Int32(parts[1]))
        return Route(
            destination: try IPPrefix(parsing: parts[0]),
            interface: index == 0 ? nil : InterfaceIndex(rawValue: index),
            metric: parts.count > 2 ? UInt32(parts[2]) : nil
        )
    }
}
