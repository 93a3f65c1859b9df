import NetworkTypes
import Testing

@Suite struct PrefixTests {
    @Test(arguments: [
        ("10.42.0.0/16", "10.42.0.0", "10.42.255.255"),
        ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"),
        ("10.42.1.7/32", "10.42.1.7", "10.42.1.7"),
        ("fd00:42::/64", "fd00:42::", "fd00:42::ffff:ffff:ffff:ffff"),
        ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fd00::1/128", "fd00::1", "fd00::1"),
    ])
    func `a network is read, printed and bounded`(text: String, first: String, last: String) throws {
        let prefix = try IPPrefix(parsing: text)
        #expect(prefix.description == text)
        #expect(prefix.base == (try IPAddress(parsing: first)))
        #expect(prefix.last == (try IPAddress(parsing: last)))
        #expect(prefix.contains(prefix.base) && prefix.contains(prefix.last))
    }

    @Test(arguments: [
        ("10.42.0.0", "write it as ADDRESS/LENGTH"),
        ("10.42.0.0/16/8", "write it as ADDRESS/LENGTH"),
        ("10.42.0.0/33", "the prefix length of an IPv4 network is 0 to 32"),
        ("10.42.0.0/", "the prefix length of an IPv4 network is 0 to 32"),
        ("10.42.0.0/-1", "the prefix length of an IPv4 network is 0 to 32"),
        ("10.42.0.0/+16", "the prefix length of an IPv4 network is 0 to 32"),
        ("fd00::/129", "the prefix length of an IPv6 network is 0 to 128"),
        ("10.42.0/16", "'10.42.0' is no IP address"),
        ("10.42.1.0/16", "bits are set beyond the prefix length; did you mean 10.42.0.0/16?"),
    ])
    func `what is no network is refused with the reason`(text: String, reason: String) {
        let error = #expect(throws: AddressSyntaxError.self) { try IPPrefix(parsing: text) }
        #expect(error?.description == "'\(text)' is not a network: \(reason)")
    }

    @Test(arguments: [
        ("10.42.0.0/16", "10.42.1.0/24", true, true),
        ("10.42.1.0/24", "10.42.0.0/16", false, true),
        ("10.42.0.0/16", "10.42.0.0/16", true, true),
        ("10.42.0.0/24", "10.42.1.0/24", false, false),
        ("0.0.0.0/0", "10.0.0.0/8", true, true),
        ("0.0.0.0/0", "fd00::/8", false, false),
        ("::/0", "10.0.0.0/8", false, false),
        ("fd00:42::/56", "fd00:42:0:ff::/64", true, true),
        ("fd00:42::/56", "fd00:42:0:100::/64", false, false),
    ])
    func `containment and overlap`(left: String, right: String, contains: Bool, overlaps: Bool) throws {
        let left = try IPPrefix(parsing: left)
        let right = try IPPrefix(parsing: right)
        #expect(left.contains(right) == contains)
        #expect(left.overlaps(right) == overlaps)
        #expect(right.overlaps(left) == overlaps)
    }

    @Test(arguments: [
        ("10.42.3.0/24", "10.42.3.0", true), ("10.42.3.0/24", "10.42.3.255", true),
        ("10.42.3.0/24", "10.42.4.0", false),
        ("fd00:42::/64", "fd00:42::1", true), ("fd00:42::/64", "fd00:42:0:1::", false), ("0.0.0.0/0", "::1", false),
    ])
    func `an address is in its network`(prefix: String, address: String, isInside: Bool) throws {
        #expect(try IPPrefix(parsing: prefix).contains(try IPAddress(parsing: address)) == isInside)
    }

    @Test func `addresses are counted from the base and end with the network`() throws {
        let prefix = try IPPrefix(parsing: "10.43.0.0/24")
        #expect(prefix.address(at: 10)?.description == "10.43.0.10")
        #expect(prefix.address(at: 255)?.description == "10.43.0.255")
        #expect(prefix.address(at: 256) == nil)
    }

    @Test func `an interface's address keeps its host bits and knows its network`() throws {
        let address = try InterfaceAddress(parsing: "10.42.1.1/24")
        #expect(address.description == "10.42.1.1/24")
        #expect(address.network.description == "10.42.1.0/24")
        #expect(IPPrefix(host: address.address).description == "10.42.1.1/32")
    }

    @Test func `the wider of two networks with one base sorts first`() throws {
        let sorted = ["10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "fd00::/8"]
        #expect(try sorted.reversed().map { try IPPrefix(parsing: $0) }.sorted().map(\.description) == sorted)
    }
}
