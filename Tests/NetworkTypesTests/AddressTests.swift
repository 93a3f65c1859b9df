import NetworkTypes
import Testing

@Suite struct AddressTests {
    @Test(
        arguments: [
            ("0.0.0.0", 0), ("10.42.1.1", 0x0a2a_0101), ("255.255.255.255", 0xffff_ffff), ("192.0.2.200", 0xc000_02c8),
        ] as [(String, UInt32)]
    )
    func `an IPv4 address is read and printed`(text: String, number: UInt32) throws {
        let address = try IPv4Address(parsing: text)
        #expect(address.rawValue == number)
        #expect(address.description == text)
        #expect(IPAddress(bytes: address.bytes) == .v4(address))
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1.2.3.4 ", "1..3.4", "1.2.3.1000",
        "a.b.c.d",
        "1.2.3.٤", "::1",
    ])
    func `what is no IPv4 address is refused by name`(text: String) {
        let error = #expect(throws: AddressSyntaxError.self) { try IPv4Address(parsing: text) }
        #expect(error?.description == "'\(text)' is not an IPv4 address")
    }

    // RFC 5952: sections 4.1 (leading zeros), 4.2.1–4.2.3 (the longest run, the first of equals, never one group), 4.3.
    @Test(arguments: [
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:DB8::ABCD", "2001:db8::abcd"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("::1", "::1"),
        ("fd00:42::", "fd00:42::"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("1111:2222:3333:4444:5555:6666:7777:8888", "1111:2222:3333:4444:5555:6666:7777:8888"),
        ("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"),
        ("0:0:1:0:0:0:0:0", "0:0:1::"),
        ("0:0:0:1:0:0:0:10", "::1:0:0:0:10"),
        ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ])
    func `an IPv6 address is printed in its canonical form`(text: String, canonical: String) throws {
        let address = try IPv6Address(parsing: text)
        #expect(address.description == canonical)
        #expect(try IPv6Address(parsing: canonical) == address)
        #expect(IPAddress(bytes: address.bytes) == .v6(address))
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%eth0",
        "1:2:3:4:5:6:7:8::",
        "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", ":1:2:3:4:5:6:7", "10.0.0.1", "[::1]",
    ])
    func `what is no IPv6 address is refused`(text: String) {
        #expect(throws: AddressSyntaxError.self) { try IPv6Address(parsing: text) }
    }

    @Test(arguments: [
        ("127.0.0.2", "loopback"), ("::1", "loopback"), ("0.0.0.0", "unspecified"), ("::", "unspecified"),
        ("169.254.3.4", "link-local"), ("fe80::1", "link-local"), ("febf::1", "link-local"), ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"), ("255.255.255.255", "broadcast"), ("255.255.255.254", "ordinary"),
        ("10.0.0.1", "ordinary"), ("fec0::1", "ordinary"), ("128.0.0.1", "ordinary"),
    ])
    func `the special addresses are known`(text: String, kind: String) throws {
        let address = try IPAddress(parsing: text)
        #expect(address.isLoopback == (kind == "loopback"))
        #expect(address.isUnspecified == (kind == "unspecified"))
        #expect(address.isLinkLocal == (kind == "link-local"))
        #expect(address.isMulticast == (kind == "multicast"))
        #expect(address.isBroadcast == (kind == "broadcast"))
    }

    @Test func `IPv4 sorts before IPv6 and both by number`() throws {
        let sorted = ["9.0.0.0", "10.0.0.0", "::1", "fd00::"]
        let shuffled = try ["fd00::", "10.0.0.0", "::1", "9.0.0.0"].map { try IPAddress(parsing: $0) }
        #expect(shuffled.sorted().map(\.description) == sorted)
    }

    @Test func `bytes of another length are no address`() {
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        #expect(IPAddress(bytes: [UInt8](repeating: 0, count: 17)) == nil)
    }
}
