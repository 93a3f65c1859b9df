import NetworkTypes
import Testing

@testable import ClusterDNS

/// 192.0.2.0/24 and 2001:db8::/32 are servers; 10.43.0.10 is ours.
@Suite struct ResolverConfigurationTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let text: String
        let upstreams: [String]
        var leftOut: [ResolverConfiguration.Reason] = []
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ upstreams: [String], leftOut: [ResolverConfiguration.Reason] = []) {
            self.text = text
            self.upstreams = upstreams
            self.leftOut = leftOut
        }
    }

    static let lines: [Line] = [
        Line("", []),
        Line("nameserver 192.0.2.1", ["192.0.2.1"]),
        Line("nameserver\t192.0.2.1  \r\nnameserver 2001:db8::1\n", ["192.0.2.1", "2001:db8::1"]),
        Line("nameserver 192.0.2.1 # the router", ["192.0.2.1"]),
        Line("# nameserver 192.0.2.1\n; nameserver 192.0.2.2", []),
        Line(" nameserver 192.0.2.1", []),
        Line("nameservers 192.0.2.1\nnameserver", []),
        Line("nameserver fe80::1%eth0", ["fe80::1%eth0"]),
        Line("nameserver fe80::1", [], leftOut: [.withoutZone]),
        Line("nameserver ns.example\nnameserver 192.0.2.1%eth0", [], leftOut: [.malformed, .malformed]),
        Line("nameserver 127.0.0.53\nnameserver 192.0.2.1", ["192.0.2.1"], leftOut: [.loopback]),
        Line("nameserver ::1\nnameserver 10.43.0.10", [], leftOut: [.loopback, .own]),
        Line(
            "nameserver 0.0.0.0\nnameserver ff02::fb\nnameserver 255.255.255.255",
            [],
            leftOut: [.unspecifiedOrMulticast, .unspecifiedOrMulticast, .unspecifiedOrMulticast]
        ),
        Line("nameserver 192.0.2.1\nnameserver 192.0.2.1", ["192.0.2.1"], leftOut: [.repeated]),
        Line(
            (1...8).map { "nameserver 192.0.2.\($0)" }.joined(separator: "\n"),
            (1...6).map { "192.0.2.\($0)" },
            leftOut: [.excess, .excess]
        ),
    ]

    @Test(arguments: lines)
    func `servers are read as libc reads them, and those that lead nowhere left out`(line: Line) {
        let configuration = ResolverConfiguration(parsing: line.text, own: [.v4(IPv4Address(10, 43, 0, 10))])
        #expect(configuration.upstreams.map(\.description) == line.upstreams)
        #expect(configuration.leftOut.map(\.reason) == line.leftOut)
    }

    @Test(arguments: [
        ("nameserver 127.0.0.53", true), ("nameserver 127.0.0.53\nnameserver 192.0.2.1", false), ("", false),
    ])
    func `only loopback means that the servers are elsewhere`(text: String, isHidden: Bool) {
        #expect(ResolverConfiguration(parsing: text).isHidden == isHidden)
    }

    @Test(arguments: [
        ("options rotate", true), ("options ndots:2 rotate timeout:1", true), ("options ndots:5", false),
        ("search rotate", false), ("#options rotate", false),
    ])
    func `rotate is an option`(text: String, rotates: Bool) {
        #expect(ResolverConfiguration(parsing: text).rotates == rotates)
    }
}

@Suite struct SetUpstreamTests {
    @Test(arguments: [
        // What is set, what is asked, what is left out and why.
        (["192.0.2.1", "tls://192.0.2.1#dns.example"], ["192.0.2.1", "tls://192.0.2.1#dns.example"], []),
        (["127.0.0.1:5353", "::1"], ["127.0.0.1:5353", "::1"], []),
        (["192.0.2.1", "192.0.2.1:53"], ["192.0.2.1"], []),
        (["10.43.0.10", "192.0.2.1"], ["192.0.2.1"], ["10.43.0.10: we answer at it ourselves"]),
    ])
    func `servers that are set are asked, unless they are ourselves`(
        texts: [String],
        asked: [String],
        leftOut: [String]
    ) throws {
        let own = try IPAddress(parsing: "10.43.0.10")
        let configuration = ResolverConfiguration(of: try texts.map { try Upstream(parsing: $0) }, own: [own])
        #expect(configuration.upstreams.map(\.description) == asked)
        #expect(configuration.leftOut.map { "\($0.text): \($0.reason)" } == leftOut)
        #expect(!configuration.isHidden)
    }
}

@Suite struct UpstreamParsingTests {
    enum Outcome: Hashable, Sendable {
        case success(String)
        case failure(UpstreamSyntaxError.Fault)
    }

    private static let longestLabel = String(repeating: "a", count: 63)

    /// Text → what it prints as, or what is wrong with it.
    static let texts: [(String, Outcome)] = [
        ("192.0.2.1", .success("192.0.2.1")),
        ("192.0.2.1:53", .success("192.0.2.1")),
        ("192.0.2.1:5353", .success("192.0.2.1:5353")),
        ("2001:db8::1", .success("2001:db8::1")),
        ("[2001:db8::1]", .success("2001:db8::1")),
        ("[2001:db8::1]:5353", .success("[2001:db8::1]:5353")),
        ("[fe80::1%eth0]:5353", .success("[fe80::1%eth0]:5353")),
        ("tls://192.0.2.1", .success("tls://192.0.2.1")),
        ("tls://192.0.2.1#dns.example", .success("tls://192.0.2.1#dns.example")),
        ("tls://[2001:db8::1]:8853#dns.example", .success("tls://[2001:db8::1]:8853#dns.example")),
        ("tls://192.0.2.1%dns.example", .success("tls://192.0.2.1#dns.example")),
        ("tls://192.0.2.1%dns.example:8853", .success("tls://192.0.2.1:8853#dns.example")),
        ("tls://2001:db8::1%dns.example", .success("tls://2001:db8::1#dns.example")),
        ("tls://[2001:db8::1%dns.example]:8853", .success("tls://[2001:db8::1]:8853#dns.example")),
        ("tls://fe80::1%eth0", .success("tls://fe80::1%eth0")),
        ("tls://fe80::1%eth0#dns.example", .success("tls://fe80::1%eth0#dns.example")),
        ("", .failure(.malformedAddress)),
        ("dns.example", .failure(.malformedAddress)),
        ("[192.0.2.1]:53", .failure(.malformedAddress)),
        ("[2001:db8::1", .failure(.malformedAddress)),
        ("192.0.2.1:0", .failure(.malformedPort)),
        ("192.0.2.1:65536", .failure(.malformedPort)),
        ("192.0.2.1:+53", .failure(.malformedPort)),
        ("[2001:db8::1]53", .failure(.malformedPort)),
        ("192.0.2.1%eth0", .failure(.malformedZone)),
        ("fe80::1%", .failure(.malformedZone)),
        ("192.0.2.1#dns.example", .failure(.nameWithoutTLS)),
        ("tls://192.0.2.1#", .failure(.malformedName)),
        ("tls://192.0.2.1#192.0.2.1", .failure(.malformedName)),
        ("tls://192.0.2.1#dns_example", .failure(.malformedName)),
        ("tls://192.0.2.1#DNS-1.Example", .success("tls://192.0.2.1#DNS-1.Example")),
        ("tls://192.0.2.1#-bad..name", .failure(.malformedName)),
        ("tls://192.0.2.1#bad-.name", .failure(.malformedName)),
        ("tls://192.0.2.1#bad..name", .failure(.malformedName)),
        ("tls://192.0.2.1#.name", .failure(.malformedName)),
        ("tls://192.0.2.1#name.", .failure(.malformedName)),
        ("tls://192.0.2.1#d\u{212a}s.example", .failure(.malformedName)),
        ("tls://192.0.2.1#\(longestLabel).b", .success("tls://192.0.2.1#\(longestLabel).b")),
        ("tls://192.0.2.1#a\(longestLabel).b", .failure(.malformedName)),
        ("tls://192.0.2.1%", .failure(.malformedName)),
        ("https://192.0.2.1", .failure(.unknownScheme)),
    ]

    @Test(arguments: texts)
    func `an upstream prints as it was written, or says what is wrong`(
        text: String,
        outcome: Outcome
    ) {
        var parsed: Outcome
        do throws(UpstreamSyntaxError) {
            parsed = .success(try Upstream(parsing: text).description)
        } catch {
            parsed = .failure(error.fault)
        }
        #expect(parsed == outcome)
    }
}
