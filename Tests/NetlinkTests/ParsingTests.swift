import LinuxSystem
import NetworkTypes
import Testing

@testable import Netlink

/// What the kernel sends, annotated, on a little-endian machine.
@Suite struct ParsingTests {
    @Test func `a vxlan link`() throws {
        let link = Link(Fixture.vxlan)
        let expected = Link(
            index: tunnel,
            name: try name("flannel.1"),
            address: try mac("12:c6:65:89:b4:e3"),
            mtu: 1450,
            isUp: true,
            operationalState: .up,
            parent: underlay,
            alias: "pods",
            kind: .vxlan(VXLAN(vni: 1, link: underlay, local: try ip("192.168.0.1"), port: 8472, gbp: true))
        )
        #expect(link == expected)
    }

    @Test func `a bridge port in a veth pair with another namespace`() throws {
        let expected = Link(
            index: InterfaceIndex(7),
            name: try name("veth0"),
            mtu: 1450,
            operationalState: .lowerLayerDown,
            master: bridge,
            parent: underlay,
            peerNamespaceID: 0,
            kind: .veth,
            bridgePort: BridgePort(isHairpin: true, isIsolated: false, isLearning: true)
        )
        #expect(Link(Fixture.port) == expected)
    }

    @Test func `a link without a kind, and one of a kind we do not know`() {
        let loopback = bytes(
            """
            00 00 04 03  01 00 00 00  49 00 01 00  00 00 00 00  # up and loopback
            07 00 03 00  6c 6f 00  00                            # IFLA_IFNAME lo
            """
        )
        let wireguard = bytes(
            """
            00 00 00 00  03 00 00 00  00 00 00 00  00 00 00 00
            08 00 03 00  77 67 30 00                             # IFLA_IFNAME wg0
            18 00 12 00                                          # IFLA_LINKINFO, without the nested flag
              0e 00 01 00  77 69 72 65 67 75 61 72 64 00 00 00   #   wireguard
              04 00 02 00                                        #   empty data
            """
        )
        #expect(Link(loopback)?.kind == .other(""))
        #expect(Link(loopback)?.isLoopback == true)
        #expect(Link(wireguard)?.kind == .other("wireguard"))
    }

    @Test func `an IPv6 address with flags beyond the byte`() throws {
        let address = Address(Fixture.address)
        let expected = Address(
            interface: bridge,
            address: try interface("fd00:42:0:1::1/64"),
            scope: .universe,
            flags: [.permanent, .noPrefixRoute]
        )
        #expect(address == expected)
    }

    @Test func `a point-to-point address keeps both ends`() throws {
        let payload = bytes(
            """
            02 20 80 fd  05 00 00 00                             # inet /32, permanent, scope link
            08 00 01 00  0a 00 00 02                             # IFA_ADDRESS: the far end
            08 00 02 00  0a 00 00 01                             # IFA_LOCAL
            08 00 03 00  74 75 6e 00                             # IFA_LABEL tun
            05 00 0b 00  4c 00 00 00                             # IFA_PROTO
            """
        )
        let address = try #require(Address(payload))
        #expect(address.origin == .linnet)
        #expect(try address.address == interface("10.0.0.1/32"))
        #expect(try address.peer == ip("10.0.0.2"))
        #expect(address.label == "tun")
        #expect(address.scope == .link)
    }

    @Test func `a route with a large table and a metric`() throws {
        let expected = Route(
            destination: try prefix("10.42.2.0/24"),
            gateway: try ip("10.42.2.0"),
            interface: tunnel,
            source: try ip("10.42.1.0"),
            table: RouteTable(rawValue: 1000),
            routeProtocol: .linnet,
            metric: 100,
            isOnLink: true
        )
        #expect(Route(Fixture.route) == expected)
    }

    @Test func `a default route has no destination attribute`() throws {
        let payload = bytes("0a 00 00 00 fe 09 00 01 00 00 00 00  08 00 04 00 02 00 00 00")
        let route = try #require(Route(payload))
        #expect(try route.destination == prefix("::/0"))
        #expect(route.routeProtocol == .routerAdvertisement)
    }

    @Test func `of several next hops the first is kept, and that there are several`() throws {
        let route = try #require(Route(Fixture.multipath))
        #expect(route.isMultipath)
        #expect(route.interface == underlay)
        #expect(try route.gateway == ip("192.168.0.2"))
        #expect(route.isOnLink)
    }

    @Test func `an IPv4 route over an IPv6 next hop`() throws {
        let payload = bytes(
            """
            02 00 00 00  fe 03 00 01  00 00 00 00
            16 00 12 00  0a 00  fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01  00 00  # RTA_VIA
            """
        )
        #expect(try Route(payload)?.gateway == ip("fe80::1"))
    }

    @Test func `a neighbour, and one that is not resolved`() throws {
        let resolved = Neighbour(
            interface: tunnel,
            address: try ip("10.42.2.0"),
            linkAddress: try mac("12:c6:65:89:b4:e3"),
            state: .permanent
        )
        #expect(Neighbour(Fixture.neighbour) == resolved)
        let failed = bytes("02 00 00 00  05 00 00 00  20 00 00 01  08 00 01 00  0a 2a 02 09")
        #expect(try Neighbour(failed)?.address == ip("10.42.2.9"))
        #expect(Neighbour(failed)?.linkAddress == nil)
        #expect(Neighbour(failed)?.state == .failed)
    }

    @Test func `a forwarding entry is not a neighbour`() throws {
        let expected = ForwardingEntry(
            interface: tunnel,
            linkAddress: try mac("12:c6:65:89:b4:e3"),
            destination: try ip("192.168.0.2"),
            port: 4789
        )
        #expect(ForwardingEntry(Fixture.forwardingEntry) == expected)
        #expect(Neighbour(Fixture.forwardingEntry) == nil)
        #expect(ForwardingEntry(Fixture.neighbour) == nil)
    }
}

/// Payloads, without the netlink header.
enum Fixture {
    static let vxlan = bytes(
        """
        00 00 01 00  05 00 00 00  43 10 01 00  00 00 00 00      # Ethernet, interface 5, up
        0e 00 03 00  66 6c 61 6e 6e 65 6c 2e 31 00  00 00        # IFLA_IFNAME flannel.1
        05 00 10 00  06 00 00 00                                 # IFLA_OPERSTATE up
        08 00 04 00  aa 05 00 00                                 # IFLA_MTU 1450
        08 00 05 00  02 00 00 00                                 # IFLA_LINK 2
        0a 00 01 00  12 c6 65 89 b4 e3  00 00                    # IFLA_ADDRESS
        09 00 14 00  70 6f 64 73 00  00 00 00                    # IFLA_IFALIAS pods
        06 00 ff 3f  de ad  00 00                                # an attribute of the future
        50 00 12 00                                              # IFLA_LINKINFO
          0a 00 01 00  76 78 6c 61 6e 00  00 00                  #   IFLA_INFO_KIND vxlan
          40 00 02 00                                            #   IFLA_INFO_DATA
            08 00 01 00  01 00 00 00                             #     ID 1
            08 00 03 00  02 00 00 00                             #     LINK 2
            08 00 04 00  c0 a8 00 01                             #     LOCAL 192.168.0.1
            05 00 07 00  00 00 00 00                             #     LEARNING 0
            06 00 0f 00  21 18  00 00                            #     PORT 8472, in network order
            05 00 12 00  01 00 00 00                             #     UDP_CSUM 1
            08 00 10 00  ff 7f 00 00                             #     GROUP6 of the wrong length
            04 00 17 00                                          #     GBP
        """
    )

    static let port = bytes(
        """
        00 00 01 00  07 00 00 00  02 10 00 00  00 00 00 00      # interface 7, not up
        0a 00 03 00  76 65 74 68 30 00  00 00                    # IFLA_IFNAME veth0
        08 00 04 00  aa 05 00 00                                 # IFLA_MTU
        05 00 10 00  03 00 00 00                                 # IFLA_OPERSTATE lower layer down
        08 00 0a 00  06 00 00 00                                 # IFLA_MASTER 6
        08 00 05 00  02 00 00 00                                 # IFLA_LINK 2 …
        08 00 25 00  00 00 00 00                                 # … of namespace 0
        38 00 12 80                                              # IFLA_LINKINFO
          09 00 01 00  76 65 74 68 00  00 00 00                  #   IFLA_INFO_KIND veth
          0b 00 04 00  62 72 69 64 67 65 00  00                  #   IFLA_INFO_SLAVE_KIND bridge
          1c 00 05 80                                            #   IFLA_INFO_SLAVE_DATA
            05 00 04 00  01 00 00 00                             #     MODE 1: hairpin
            05 00 21 00  00 00 00 00                             #     ISOLATED 0
            05 00 08 00  01 00 00 00                             #     LEARNING 1
        """
    )

    static let address = bytes(
        """
        0a 40 80 00  06 00 00 00                                 # inet6 /64, permanent, universe, interface 6
        14 00 01 00  fd 00 00 42 00 00 00 01 00 00 00 00 00 00 00 01  # IFA_ADDRESS
        14 00 06 00  ff ff ff ff  ff ff ff ff  00 00 00 00  00 00 00 00  # IFA_CACHEINFO
        08 00 08 00  80 02 00 00                                 # IFA_FLAGS permanent, noprefixroute
        """
    )

    static let route = bytes(
        """
        02 18 00 00  fc 4c 00 01  04 00 00 00                    # inet /24, table see below, protocol 76, onlink
        08 00 0f 00  e8 03 00 00                                 # RTA_TABLE 1000
        08 00 01 00  0a 2a 02 00                                 # RTA_DST
        08 00 06 00  64 00 00 00                                 # RTA_PRIORITY 100
        08 00 07 00  0a 2a 01 00                                 # RTA_PREFSRC
        08 00 05 00  0a 2a 02 00                                 # RTA_GATEWAY
        08 00 04 00  05 00 00 00                                 # RTA_OIF
        """
    )

    static let multipath = bytes(
        """
        02 00 00 00  fe 03 00 01  00 00 00 00
        24 00 09 00                                              # RTA_MULTIPATH
          10 00 04 00  02 00 00 00                               #   16 bytes, onlink, interface 2
            08 00 05 00  c0 a8 00 02                             #     RTA_GATEWAY
          10 00 00 00  03 00 00 00                               #   interface 3
            08 00 05 00  c0 a8 01 02
        """
    )

    static let neighbour = bytes(
        """
        02 00 00 00  05 00 00 00  80 00  00  01                  # inet, interface 5, permanent
        08 00 01 00  0a 2a 02 00                                 # NDA_DST
        0a 00 02 00  12 c6 65 89 b4 e3  00 00                    # NDA_LLADDR
        08 00 04 00  00 00 00 00                                 # NDA_PROBES
        """
    )

    static let forwardingEntry = bytes(
        """
        07 00 00 00  05 00 00 00  80 00  02  00                  # bridge, interface 5, permanent, self
        0a 00 02 00  12 c6 65 89 b4 e3  00 00                    # NDA_LLADDR
        08 00 01 00  c0 a8 00 02                                 # NDA_DST
        06 00 06 00  12 b5  00 00                                # NDA_PORT 4789, in network order
        """
    )

    static let all = [vxlan, port, address, route, multipath, neighbour, forwardingEntry]
}
