import NetworkTypes
import Testing

@testable import Netlink

/// Listeners as the kernel writes and reads them, on a little-endian machine.
@Suite struct ListenerBytesTests {
    @Test func `listeners of TCP are asked for by family and state`() {
        let expected = bytes(
            """
            48 00 00 00  14 00  01 03  00 00 00 00  00 00 00 00  # length 72, SOCK_DIAG_BY_FAMILY, request dump
            0a 06 00 00  00 04 00 00                             # inet6, TCP, LISTEN
            00 00 00 00  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
            """
        )
        #expect(Listener.dumpRequest(.tcp, socketFamily: .ipv6).bytes == expected)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        /// Family and state, and the local address.
        let head: String
        let address: String
        var attributes = ""
        let listener: Listener?

        var testDescription: String { situation }
    }

    static let rows: [Row] = [
        Row(
            situation: "every address of IPv4",
            head: "02 0a",
            address: "00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00",
            listener: Listener(.tcp, .v4(IPv4Address(0, 0, 0, 0)), 80, inode: 0x0102)
        ),
        Row(
            situation: "an address of IPv4 of a socket of IPv6",
            head: "0a 0a",
            address: "00 00 00 00  00 00 00 00  00 00 ff ff  c0 a8 00 01",
            attributes: "05 00 0b 00  00 00 00 00",
            listener: Listener(.tcp, .v4(IPv4Address(192, 168, 0, 1)), 80, inode: 0x0102)
        ),
        Row(
            situation: "every address of IPv6, and of no other family",
            head: "0a 0a",
            address: "00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00",
            attributes: "05 00 0b 00  01 00 00 00",
            listener: Listener(.tcp, IPAddress(family: .ipv6, number: 0), 80, isIPv6Only: true, inode: 0x0102)
        ),
        Row(
            situation: "a connection",
            head: "02 01",
            address: "7f 00 00 01  00 00 00 00  00 00 00 00  00 00 00 00",
            listener: nil
        ),
    ]

    @Test(arguments: rows) func `a message becomes a listener, and a cut one never traps`(row: Row) {
        let whole = bytes(
            """
            \(row.head) 00 00  00 50 00 00  \(row.address)
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00   # idiag_dst
            00 00 00 00  01 00 00 00 00 00 00 00                 # interface, cookie
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  02 01 00 00
            \(row.attributes)
            """
        )
        #expect(Listener(.tcp, payload: whole.span.bytes) == row.listener)
        for length in 0..<72 {
            let cut = Array(whole[..<length])
            #expect(Listener(.tcp, payload: cut.span.bytes) == nil)
        }
    }

    @Test(arguments: [
        (Listener(.tcp, .v4(IPv4Address(0, 0, 0, 0)), 80), [AddressFamily.ipv4]),
        (Listener(.tcp, IPAddress(family: .ipv6, number: 0), 80), [.ipv4, .ipv6]),
        (Listener(.tcp, IPAddress(family: .ipv6, number: 0), 80, isIPv6Only: true), [.ipv6]),
        (Listener(.tcp, IPAddress(family: .ipv6, number: 5), 80), [.ipv6]),
    ]) func `a listener serves the families that its packets come from`(listener: Listener, families: [AddressFamily]) {
        #expect(listener.families == families)
    }
}
