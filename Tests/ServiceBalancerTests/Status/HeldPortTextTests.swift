import NetworkTypes
import Testing

@testable import ServiceBalancer

/// Ports as leases name them.
@Suite struct HeldPortTextTests {
    static let texts: [(text: String, port: HeldPort?)] = [
        ("ipv4/tcp/80", HeldPort(.ipv4, .tcp, 80)), ("ipv6/udp/65535", HeldPort(.ipv6, .udp, 65535)),
        ("ipv4/sctp/1", HeldPort(.ipv4, .sctp, 1)), ("80/tcp", nil), ("ipv4/tcp/0", nil), ("ipv4/tcp/65536", nil),
        ("ipv4/icmp/80", nil), ("ip/tcp/80", nil), ("ipv4/tcp/80/", nil), ("", nil),
    ]

    @Test(arguments: texts)
    func `a port's text is read as it is written`(text: String, port: HeldPort?) {
        #expect(HeldPort(leaseText: text) == port)
        if let port { #expect(port.leaseText == text) }
    }
}
