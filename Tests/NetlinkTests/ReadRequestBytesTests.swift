import NetworkTypes
import Testing

@testable import Netlink

/// What is asked for. The kernel's strict checking refuses a request with anything that it would ignore.
@Suite struct ReadRequestBytesTests {
    @Test func `a link is asked for by name without its counters`() throws {
        let expected = bytes(
            """
            34 00 00 00  12 00  01 00  00 00 00 00  00 00 00 00  # RTM_GETLINK, request
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
            08 00 1d 00  08 00 00 00                             # IFLA_EXT_MASK skip statistics
            09 00 03 00  63 6e 69 30 00  00 00 00                # IFLA_IFNAME cni0
            """
        )
        #expect(try Link.request(.name(name("cni0"))).bytes == expected)
    }

    @Test func `routes are filtered by the kernel`() {
        let filter = RouteFilter(table: .main, interface: tunnel, routeProtocol: .linnet)
        let expected = bytes(
            """
            2c 00 00 00  1a 00  01 03  00 00 00 00  00 00 00 00  # RTM_GETROUTE, request dump
            0a 00 00 00  00 4c 00 00  00 00 00 00                # inet6, protocol 76
            08 00 0f 00  fe 00 00 00                             # RTA_TABLE main
            08 00 04 00  05 00 00 00                             # RTA_OIF 5
            """
        )
        #expect(filter.dumpRequest(.ipv6).bytes == expected)
    }

    @Test func `neighbours and forwarding entries are filtered by interface`() {
        let neighbours = bytes(
            """
            24 00 00 00  1e 00  01 03  00 00 00 00  00 00 00 00  # RTM_GETNEIGH, request dump
            02 00 00 00  00 00 00 00  00 00 00 00                # inet
            08 00 08 00  05 00 00 00                             # NDA_IFINDEX 5
            """
        )
        let entries = bytes(
            """
            1c 00 00 00  1e 00  01 03  00 00 00 00  00 00 00 00
            07 00 00 00  05 00 00 00  00 00 00 00                # bridge, interface 5
            """
        )
        #expect(Neighbour.dumpRequest(of: tunnel, family: .ipv4).bytes == neighbours)
        #expect(ForwardingEntry.dumpRequest(of: tunnel).bytes == entries)
    }

    @Test func `addresses are filtered by interface`() {
        let expected = bytes("18 00 00 00 16 00 01 03 00 00 00 00 00 00 00 00  00 00 00 00 05 00 00 00")
        #expect(Address.dumpRequest(of: tunnel).bytes == expected)
    }

    @Test func `a lookup asks for the table too`() throws {
        let expected = bytes(
            """
            24 00 00 00  1a 00  01 00  00 00 00 00  00 00 00 00  # RTM_GETROUTE, request
            02 20 00 00  00 00 00 00  00 10 00 00                # inet /32, RTM_F_LOOKUP_TABLE
            08 00 01 00  0a 2a 02 05                             # RTA_DST 10.42.2.5
            """
        )
        #expect(try Route.lookupRequest(to: ip("10.42.2.5")).bytes == expected)
    }
}
