import NetworkTypes
import Testing

@testable import Netlink

/// What is sent, byte for byte, on a little-endian machine.
@Suite struct RequestBytesTests {
    private func sent(_ operation: NetlinkOperation) -> [[UInt8]] {
        operation.messages.map(\.bytes)
    }

    @Test func `a peer's route is created or replaced, onlink, with our protocol`() throws {
        let expected = bytes(
            """
            3c 00 00 00  18 00  05 05  00 00 00 00  00 00 00 00  # length 60, RTM_NEWROUTE, request ack replace create
            02 18 00 00  fe 4c 00 01  04 00 00 00                # inet /24, main, protocol 76, universe unicast, onlink
            08 00 01 00  0a 2a 02 00                             # RTA_DST 10.42.2.0
            08 00 0f 00  fe 00 00 00                             # RTA_TABLE main
            08 00 05 00  0a 2a 02 00                             # RTA_GATEWAY 10.42.2.0
            08 00 04 00  05 00 00 00                             # RTA_OIF 5
            """
        )
        #expect(try sent(.replaceRoute(peerRoute())) == [expected])
    }

    @Test func `a deleted IPv6 route is meant whatever its scope`() throws {
        let route = Route(
            destination: try prefix("fd00:42:0:2::/64"),
            gateway: try ip("fd00:42:0:2::"),
            interface: bridge,
            metric: 1024,
            isOnLink: true
        )
        let expected = bytes(
            """
            5c 00 00 00  19 00  05 00  00 00 00 00  00 00 00 00  # length 92, RTM_DELROUTE, request ack
            0a 40 00 00  fe 4c ff 01  04 00 00 00                # inet6 /64, main, protocol 76, nowhere, unicast, onlink
            14 00 01 00  fd 00 00 42 00 00 00 02 00 00 00 00 00 00 00 00  # RTA_DST
            08 00 0f 00  fe 00 00 00                             # RTA_TABLE main
            14 00 05 00  fd 00 00 42 00 00 00 02 00 00 00 00 00 00 00 00  # RTA_GATEWAY
            08 00 04 00  06 00 00 00                             # RTA_OIF 6
            08 00 06 00  00 04 00 00                             # RTA_PRIORITY 1024
            """
        )
        #expect(sent(.deleteRoute(route)) == [expected])
    }

    @Test func `an IPv4 route over an IPv6 next hop names the family of the hop`() throws {
        let route = Route(destination: try prefix("0.0.0.0/0"), gateway: try ip("fe80::1"), interface: underlay)
        let expected = bytes(
            """
            44 00 00 00  18 00  05 06  00 00 00 00  00 00 00 00  # length 68, RTM_NEWROUTE, request ack exclusive create
            02 00 00 00  fe 4c 00 01  00 00 00 00                # inet /0: no RTA_DST
            08 00 0f 00  fe 00 00 00                             # RTA_TABLE main
            16 00 12 00  0a 00  fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01  00 00  # RTA_VIA inet6 fe80::1
            08 00 04 00  02 00 00 00                             # RTA_OIF 2
            """
        )
        #expect(sent(.addRoute(route)) == [expected])
    }

    @Test func `a table beyond the byte of the header is in its attribute only`() throws {
        let route = Route(
            destination: try prefix("10.42.2.0/24"),
            type: .blackhole,
            table: RouteTable(rawValue: 1000),
            routeProtocol: .static
        )
        let expected = bytes(
            """
            2c 00 00 00  18 00  05 06  00 00 00 00  00 00 00 00
            02 18 00 00  00 04 00 06  00 00 00 00                # table 0, protocol static, universe, blackhole
            08 00 01 00  0a 2a 02 00
            08 00 0f 00  e8 03 00 00                             # RTA_TABLE 1000
            """
        )
        #expect(sent(.addRoute(route)) == [expected])
    }

    @Test func `a peer's neighbour is permanent`() throws {
        let neighbour = Neighbour(
            interface: tunnel,
            address: try ip("10.42.2.0"),
            linkAddress: try mac("12:c6:65:89:b4:e3")
        )
        let expected = bytes(
            """
            30 00 00 00  1c 00  05 05  00 00 00 00  00 00 00 00  # length 48, RTM_NEWNEIGH, request ack replace create
            02 00 00 00  05 00 00 00  80 00  00  01              # inet, interface 5, permanent, no flags, unicast
            08 00 01 00  0a 2a 02 00                             # NDA_DST
            0a 00 02 00  12 c6 65 89 b4 e3  00 00                # NDA_LLADDR, padded
            """
        )
        #expect(sent(.replaceNeighbour(neighbour)) == [expected])
    }

    @Test func `a peer's forwarding entry is the interface's own`() throws {
        let entry = ForwardingEntry(
            interface: tunnel,
            linkAddress: try mac("12:c6:65:89:b4:e3"),
            destination: try ip("192.168.0.2")
        )
        let body = """
            07 00 00 00  05 00 00 00  80 00  02  00              # bridge, interface 5, permanent, self
            0a 00 02 00  12 c6 65 89 b4 e3  00 00                # NDA_LLADDR, padded
            08 00 01 00  c0 a8 00 02                             # NDA_DST
            """
        let set = bytes("30 00 00 00  1c 00  05 05  00 00 00 00  00 00 00 00\n" + body)  // replace create
        let append = bytes("30 00 00 00  1c 00  05 0c  00 00 00 00  00 00 00 00\n" + body)  // create append
        let delete = bytes("30 00 00 00  1d 00  05 00  00 00 00 00  00 00 00 00\n" + body)
        #expect(sent(.setForwardingEntry(entry)) == [set])
        #expect(sent(.appendForwardingEntry(entry)) == [append])
        #expect(sent(.deleteForwardingEntry(entry)) == [delete])
    }

    @Test func `the port of a forwarding entry is in network order, its VNI is not`() throws {
        let entry = ForwardingEntry(
            interface: tunnel,
            linkAddress: MACAddress(rawValue: 0),
            vlan: 7,
            port: 4789,
            vni: 9
        )
        let expected = bytes(
            """
            0a 00 02 00  00 00 00 00 00 00  00 00                # NDA_LLADDR
            06 00 05 00  07 00  00 00                            # NDA_VLAN
            06 00 06 00  12 b5  00 00                            # NDA_PORT 4789
            08 00 07 00  09 00 00 00                             # NDA_VNI
            """
        )
        #expect(sent(.deleteForwardingEntry(entry)).first?.dropFirst(28) == expected[...])
    }

    @Test func `an address is added once, or replaced`() throws {
        let address = Address(interface: tunnel, address: try interface("10.42.1.0/32"))
        let body = """
            02 20 00 00  05 00 00 00                             # inet /32, no flags, universe, interface 5
            08 00 02 00  0a 2a 01 00                             # IFA_LOCAL
            08 00 01 00  0a 2a 01 00                             # IFA_ADDRESS
            """
        #expect(sent(.addAddress(address)) == [bytes("28 00 00 00 14 00 05 06 00 00 00 00 00 00 00 00\n" + body)])
        #expect(sent(.replaceAddress(address)) == [bytes("28 00 00 00 14 00 05 05 00 00 00 00 00 00 00 00\n" + body)])
        #expect(sent(.deleteAddress(address)) == [bytes("28 00 00 00 15 00 05 00 00 00 00 00 00 00 00 00\n" + body)])
    }

    @Test func `flags that are the kernel's to set are not sent`() throws {
        let address = Address(
            interface: bridge,
            address: try interface("fd00:42:0:1::1/64"),
            flags: [.permanent, .tentative, .noDuplicateDetection]
        )
        let attribute = bytes("08 00 08 00  02 00 00 00")  // IFA_FLAGS nodad
        #expect(sent(.addAddress(address)).first?.suffix(8) == attribute[...])
    }

    @Test func `an address that is no source for others, and says who set it`() throws {
        let address = Address(
            interface: bridge,
            address: try interface("fd00:43::a/128"),
            flags: [.deprecated],
            origin: .linnet
        )
        let attributes = bytes(
            """
            05 00 0b 00  4c 00 00 00                             # IFA_PROTO
            14 00 06 00  00 00 00 00  ff ff ff ff                # IFA_CACHEINFO: preferred 0, valid for ever
              00 00 00 00  00 00 00 00                           #   the kernel's time stamps
            """
        )
        #expect(sent(.addAddress(address)).first?.suffix(28) == attributes[...])
    }

    @Test func `flannel's link has the attributes that flannel gives it`() throws {
        let expected = bytes(
            """
            c0 00 00 00  10 00  05 06  00 00 00 00  00 00 00 00  # length 192, RTM_NEWLINK, request ack exclusive create
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  # struct ifinfomsg: down, index free
            0e 00 03 00  66 6c 61 6e 6e 65 6c 2e 31 00  00 00    # IFLA_IFNAME flannel.1
            08 00 04 00  aa 05 00 00                             # IFLA_MTU 1450
            0a 00 01 00  12 c6 65 89 b4 e3  00 00                # IFLA_ADDRESS
            7c 00 12 80                                          # IFLA_LINKINFO, nested
              0a 00 01 00  76 78 6c 61 6e 00  00 00              #   IFLA_INFO_KIND vxlan
              6c 00 02 80                                        #   IFLA_INFO_DATA, nested
                08 00 01 00  01 00 00 00                         #     ID 1
                08 00 03 00  02 00 00 00                         #     LINK 2
                08 00 04 00  c0 a8 00 01                         #     LOCAL 192.168.0.1
                05 00 05 00  00 00 00 00                         #     TTL 0
                05 00 06 00  00 00 00 00                         #     TOS 0
                05 00 07 00  00 00 00 00                         #     LEARNING 0
                05 00 0b 00  00 00 00 00                         #     PROXY 0
                05 00 0c 00  00 00 00 00                         #     RSC 0
                05 00 0d 00  00 00 00 00                         #     L2MISS 0
                05 00 0e 00  00 00 00 00                         #     L3MISS 0
                06 00 0f 00  21 18  00 00                        #     PORT 8472, in network order
                05 00 13 00  00 00 00 00                         #     UDP_ZERO_CSUM6_TX 0
                05 00 14 00  00 00 00 00                         #     UDP_ZERO_CSUM6_RX 0
            """
        )
        #expect(try sent(.createLink(flannelRequest())) == [expected])
    }

    @Test func `a veth pair names its other end and the namespace of that`() throws {
        let request = LinkRequest(
            name: try name("veth0"),
            kind: .veth,
            mtu: 1450,
            isUp: true,
            master: bridge,
            queues: 1,
            peer: VethPeer(name: try name("eth0"), namespaceDescriptor: 9, mtu: 1450, queues: 1)
        )
        let expected = bytes(
            """
            a0 00 00 00  10 00  05 06  00 00 00 00  00 00 00 00  # length 160
            00 00 00 00  00 00 00 00  01 00 00 00  01 00 00 00  # up, and only that bit is meant
            0a 00 03 00  76 65 74 68 30 00  00 00                # IFLA_IFNAME veth0
            08 00 04 00  aa 05 00 00                             # IFLA_MTU 1450
            08 00 0a 00  06 00 00 00                             # IFLA_MASTER 6
            08 00 1f 00  01 00 00 00                             # IFLA_NUM_TX_QUEUES 1
            08 00 20 00  01 00 00 00                             # IFLA_NUM_RX_QUEUES 1
            54 00 12 80                                          # IFLA_LINKINFO
              09 00 01 00  76 65 74 68 00  00 00 00              #   IFLA_INFO_KIND veth
              44 00 02 80                                        #   IFLA_INFO_DATA
                40 00 01 80                                      #     VETH_INFO_PEER
                  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  # struct ifinfomsg of the other end
                  09 00 03 00  65 74 68 30 00  00 00 00          #       IFLA_IFNAME eth0
                  08 00 04 00  aa 05 00 00                       #       IFLA_MTU 1450
                  08 00 1f 00  01 00 00 00                       #       IFLA_NUM_TX_QUEUES 1
                  08 00 20 00  01 00 00 00                       #       IFLA_NUM_RX_QUEUES 1
                  08 00 1c 00  09 00 00 00                       #       IFLA_NET_NS_FD 9
            """
        )
        #expect(sent(.createLink(request)) == [expected])
    }

    @Test func `an alias is a second request, since the kernel ignores it at creation`() throws {
        let request = LinkRequest(name: try name("cni0"), kind: .bridge, alias: "pods")
        let alias = bytes(
            """
            34 00 00 00  13 00  05 00  00 00 00 00  00 00 00 00  # RTM_SETLINK
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
            09 00 03 00  63 6e 69 30 00  00 00 00                # IFLA_IFNAME cni0
            08 00 14 00  70 6f 64 73                             # IFLA_IFALIAS, without a zero byte
            """
        )
        let messages = sent(.createLink(request))
        #expect(messages.count == 2)
        #expect(messages.last == alias)
    }

    @Test func `hairpin is data of the bridge's port`() throws {
        let expected = bytes(
            """
            3c 00 00 00  10 00  05 00  00 00 00 00  00 00 00 00  # length 60, RTM_NEWLINK, request ack
            00 00 00 00  07 00 00 00  00 00 00 00  00 00 00 00  # interface 7
            1c 00 12 80                                          # IFLA_LINKINFO
              0b 00 04 00  62 72 69 64 67 65 00  00              #   IFLA_INFO_SLAVE_KIND bridge
              0c 00 05 80                                        #   IFLA_INFO_SLAVE_DATA
                05 00 04 00  01 00 00 00                         #     IFLA_BRPORT_MODE 1
            """
        )
        #expect(sent(.setBridgePort(.index(InterfaceIndex(7)), BridgePortChange(hairpin: true))) == [expected])
    }

    @Test(arguments: [
        (LinkChange(isUp: true), "00 00 00 00  05 00 00 00  01 00 00 00  01 00 00 00"),
        (LinkChange(isUp: false), "00 00 00 00  05 00 00 00  00 00 00 00  01 00 00 00"),
        (LinkChange(mtu: 1400), "00 00 00 00  05 00 00 00  00 00 00 00  00 00 00 00  08 00 04 00  78 05 00 00"),
        (
            LinkChange(master: .bridge(InterfaceIndex(6))),
            "00 00 00 00  05 00 00 00  00 00 00 00  00 00 00 00  08 00 0a 00  06 00 00 00"
        ),
        (
            LinkChange(master: LinkChange.Master.none),
            "00 00 00 00  05 00 00 00  00 00 00 00  00 00 00 00  08 00 0a 00  00 00 00 00"
        ),
        (
            LinkChange(alias: ""),
            "00 00 00 00  05 00 00 00  00 00 00 00  00 00 00 00  04 00 14 00"
        ),
        (
            LinkChange(namespaceDescriptor: 9),
            "00 00 00 00  05 00 00 00  00 00 00 00  00 00 00 00  08 00 1c 00  09 00 00 00"
        ),
    ])
    func `a change says only what changes`(change: LinkChange, body: String) {
        #expect(sent(.setLink(.index(tunnel), change)).first?.dropFirst(16) == bytes(body)[...])
    }

    @Test func `a deletion without an acknowledgement asks for none`() {
        let message = LinkReference.index(tunnel).deletion([])
        let expected = bytes(
            """
            20 00 00 00  11 00  01 00  00 00 00 00  00 00 00 00  # RTM_DELLINK, request
            00 00 00 00  05 00 00 00  00 00 00 00  00 00 00 00
            """
        )
        #expect(message.bytes == expected)
    }

    @Test func `what does not fit is known not to`() {
        let reference = LinkReference.index(tunnel)
        #expect(!reference.message(changing: LinkChange(alias: String(repeating: "a", count: 70_000))).isComplete)
        #expect(!reference.message(changing: LinkChange(alias: String(repeating: "a", count: 4_090))).isComplete)
        #expect(reference.message(changing: LinkChange(alias: String(repeating: "a", count: 255))).isComplete)
    }

    @Test func `the sequence number is in host order`() {
        var message = LinkReference.index(tunnel).deletion([])
        message.setSequence(0x0102_0304)
        #expect(message.bytes[8..<12] == [4, 3, 2, 1])
    }
}
