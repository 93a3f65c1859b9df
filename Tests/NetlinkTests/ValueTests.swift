import NetworkTypes
import Testing

@testable import Netlink

@Suite struct ValueTests {
    @Test(arguments: ["lo", "flannel.1", "flannel-v6.1", "cni0", "veth0123456789a", "ü"])
    func `names that the kernel takes`(text: String) {
        #expect(LinkName(rawValue: text)?.rawValue == text)
    }

    @Test(arguments: [
        ("", "it is empty"),
        (".", "it is reserved"),
        ("..", "it is reserved"),
        ("a/b", "a slash, a colon or white space is in it"),
        ("a:b", "a slash, a colon or white space is in it"),
        ("a b", "a slash, a colon or white space is in it"),
        ("a\tb", "a slash, a colon or white space is in it"),
        ("a\0b", "a slash, a colon or white space is in it"),
        ("0123456789abcdef", "it is longer than 15 bytes"),
        ("üüüüüüüü", "it is longer than 15 bytes"),
    ])
    func `names that it refuses`(text: String, reason: String) {
        #expect(LinkName(rawValue: text) == nil)
        #expect(throws: AddressSyntaxError(text: text, expected: "an interface name", reason: reason)) {
            try LinkName(validating: text)
        }
    }

    @Test func `a route is compared as the kernel reports it`() throws {
        let v4 = Route(destination: try prefix("10.42.2.0/24"), interface: tunnel)
        #expect(v4.scope == .link)
        #expect(v4.asReported == v4)
        let zero = Route(destination: try prefix("10.42.2.0/24"), interface: tunnel, metric: 0)
        #expect(zero.asReported == v4)
        let v6 = Route(destination: try prefix("fd00:42:0:2::/64"), interface: tunnel, metric: 0)
        #expect(v6.scope == .universe)
        #expect(v6.asReported.metric == 1024)
    }

    @Test(arguments: [
        (RouteFilter(), true),
        (RouteFilter(family: .ipv4, table: .main, interface: tunnel, routeProtocol: .linnet), true),
        (RouteFilter(family: .ipv6), false),
        (RouteFilter(table: .local), false),
        (RouteFilter(interface: bridge), false),
        (RouteFilter(routeProtocol: .boot), false),
    ])
    func `a filter lets through what has every value`(filter: RouteFilter, matches: Bool) throws {
        #expect(try filter.matches(peerRoute()) == matches)
    }

    @Test func `one send carries many requests, but not more than the kernel acknowledges safely`() throws {
        let request = NetlinkOperation.replaceRoute(try peerRoute()).messages
        let many = (0..<1000).flatMap { _ in request }
        #expect(many[...].firstBatch.count == 128)
        #expect(many[900...].firstBatch.count == 100)
        let alias = LinkReference.index(tunnel).message(
            changing: LinkChange(alias: String(repeating: "a", count: 4000))
        )
        let large = Array(repeating: alias, count: 20)
        #expect(large[...].firstBatch.count == 8)
    }
}
