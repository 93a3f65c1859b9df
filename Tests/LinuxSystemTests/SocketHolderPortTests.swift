import LinuxSystem
import Testing

/// Tables as the kernel writes them (6.18), with the ends of their lines cut off.
@Suite struct SocketHolderPortTests {
    enum Table {
        case datagrams, datagrams6, streams, nothing

        var text: String {
            switch self {
            case .datagrams: SocketHolderPortTests.datagrams
            case .datagrams6: SocketHolderPortTests.datagrams6
            case .streams: SocketHolderPortTests.streams
            case .nothing: ""
            }
        }
    }

    private static let datagrams = """
           sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
         8656: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 11 2 00000000b7e566de 0
         8656: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12 2 00000000b7e566df 0
         8657: 3500007F:0036 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 13 2 00000000b7e566e0 0
        """

    private static let datagrams6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when
         1: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 0:0 00:0 00000000     0        0 21 2 0
         2: 0000000000000000FFFF00000100007F:0035 00000000000000000000000000000000:0000 07 0:0 00:0 00000000     0        0 22 2 0
         3: 000000FD000000000000000001000000:0035 00000000000000000000000000000000:0000 07 0:0 00:0 00000000     0        0 23 2 0
         4: 00000000000000000000000000000000:0036 00000000000000000000000000000000:0000 07 0:0 00:0 00000000     0        0 24 2 0
        """

    private static let streams = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:0035 0100007F:AC0E 01 00000000:00000000 00:00000000 00000000     0        0 0 1 00000000b833e0e3 20
           1: 0100007F:0035 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 31 1 00000000c441921b 100
           2: 0100007F:0036 0100007F:14E9 01 00000000:00000000 00:00000000 00000000     0        0 32 2 000000008bddec23 20
        """

    private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]

    @Test(
        arguments: [
            ("served alone", .datagrams, [127, 0, 0, 53], 53, false, 12),
            ("served with all others", .datagrams, [127, 0, 0, 1], 53, false, 11),
            ("another port of the address", .datagrams, [127, 0, 0, 53], 54, false, 13),
            ("a port of another address", .datagrams, [127, 0, 0, 1], 54, false, nil),
            ("a port that nobody has", .datagrams, [127, 0, 0, 53], 55, false, nil),
            ("any address where all are wanted", .datagrams, [0, 0, 0, 0], 54, false, 13),
            ("all addresses before any", .datagrams, [0, 0, 0, 0], 53, false, 11),
            ("a server of any address where all are wanted", .streams, [0, 0, 0, 0], 53, true, 31),
            ("any address of IPv6 where all are wanted", .datagrams6, [UInt8](repeating: 0, count: 16), 53, false, 21),
            ("IPv6", .datagrams6, loopback6, 53, false, 21),
            ("IPv6, in octets as they are sent", .datagrams6, [0xfd] + loopback6.dropFirst(), 53, false, 23),
            ("IPv4 by a socket of IPv6", .datagrams6, [127, 0, 0, 1], 53, false, 22),
            ("IPv4 by a socket of IPv6 for all", .datagrams6, [192, 0, 2, 1], 54, false, 24),
            ("a server among its streams", .streams, [127, 0, 0, 1], 53, true, 31),
            ("a port of a stream alone", .streams, [127, 0, 0, 1], 54, true, nil),
            ("an empty table", .nothing, [127, 0, 0, 1], 53, false, nil),
        ] as [(String, Table, [UInt8], UInt16, Bool, UInt64?)]
    )
    func `who serves a port stands in the kernel's table`(
        situation: String,
        table: Table,
        address: [UInt8],
        port: UInt16,
        listening: Bool,
        inode: UInt64?
    ) {
        let found = SocketHolder.inode(ofPort: port, address, listening: listening, in: table.text)
        #expect(found == inode, "\(situation)")
    }

    @Test(arguments: [(771, 42), (772, 43), (4_294_963_119, 44), (1, nil)] as [(UInt32, UInt64?)])
    func `who has a netlink port for netfilter stands in the kernel's table`(port: UInt32, inode: UInt64?) {
        let table = """
            sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
            00000000650a9f0c 0   1          00000000 0        0        0     2        0        40
            000000005734b9e0 0   771        00000000 0        0        0     2        0        41
            000000005734b9e1 12  771        00000000 0        0        0     2        0        42
            000000005734b9e2 12  772        00000040 0        0        0     2        0        43
            000000005734b9e3 12  4294963119 00000000 0        0        0     2        0        44
            """
        #expect(SocketHolder.inode(ofNetfilterPort: port, in: table) == inode)
    }
}
