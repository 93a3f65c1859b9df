import ClusterFixtures
import Netlink
import NetworkTypes
import ServiceBalancer
import Testing

// Wanted are ports 80 of TCP and 53 of UDP in both families; 10.43.0.10 is cluster DNS.

@Suite struct PortHoldersTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        let listener: Listener
        /// The ports that are held because of it.
        let held: [HeldPort]

        var testDescription: String { situation }
    }

    static let rows: [Row] = [
        Row(
            situation: "all addresses of IPv4",
            listener: Listener(.tcp, address("0.0.0.0"), 80),
            held: [HeldPort(.ipv4, .tcp, 80)]
        ),
        Row(
            situation: "all addresses of both families",
            listener: Listener(.tcp, address("::"), 80),
            held: [HeldPort(.ipv4, .tcp, 80), HeldPort(.ipv6, .tcp, 80)]
        ),
        Row(
            situation: "all addresses of IPv6 alone",
            listener: Listener(.tcp, address("::"), 80, isIPv6Only: true),
            held: [HeldPort(.ipv6, .tcp, 80)]
        ),
        Row(
            situation: "one address of the node",
            listener: Listener(.tcp, address("192.168.0.1"), 80),
            held: [HeldPort(.ipv4, .tcp, 80)]
        ),
        Row(situation: "loopback", listener: Listener(.udp, address("127.0.0.53"), 53), held: []),
        Row(situation: "loopback of IPv6", listener: Listener(.tcp, address("::1"), 80), held: []),
        Row(situation: "an address that is held anyway", listener: Listener(.udp, address("10.43.0.10"), 53), held: []),
        Row(situation: "another protocol", listener: Listener(.udp, address("0.0.0.0"), 80), held: []),
        Row(situation: "a port that nobody wants", listener: Listener(.tcp, address("0.0.0.0"), 81), held: []),
    ]

    @Test(arguments: rows) func `a listener holds what comes to it from outside`(row: Row) {
        let seen = PortHolders(heldAddresses: [address("10.43.0.10")], listeners: [row.listener])
        let holders = seen.holders(of: Self.wanted) { _ in "process 7" }
        let programs = holders.filter { $0.value == .program("process 7") }
        #expect(programs.keys.sorted() == row.held)
        #expect(holders.count == row.held.count)
    }

    @Test func `a pod's host port is the pod's, whoever listens`() {
        let seen = PortHolders(
            heldAddresses: [],
            listeners: [Listener(.tcp, address("0.0.0.0"), 80)],
            hostPorts: [HeldPort(.ipv4, .tcp, 80): "default/web"]
        )
        let holders = seen.holders(of: Self.wanted) { _ in "process 7" }
        #expect(holders == [HeldPort(.ipv4, .tcp, 80): .pod("default/web")])
    }

    @Test func `a port of our ingress is its own, before it listens and whoever listens`() {
        for listeners in [[], [Listener(.tcp, address("0.0.0.0"), 80)]] {
            let seen = PortHolders(heldAddresses: [], listeners: listeners, ingressPorts: [80, 53])
            let holders = seen.holders(of: Self.wanted) { _ in "process 7" }
            #expect(holders == [HeldPort(.ipv4, .tcp, 80): .ingress, HeldPort(.ipv6, .tcp, 80): .ingress])
        }
    }

    private static var wanted: Set<HeldPort> {
        Set(
            AddressFamily.allCases.flatMap { family in
                [HeldPort(family, .tcp, 80), HeldPort(family, .udp, 53)]
            }
        )
    }
}
