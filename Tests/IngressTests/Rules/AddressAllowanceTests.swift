import ClusterFixtures
import NetworkTypes
import Testing

@testable import Ingress

/// Client and X-Forwarded-For → let in, or refused.
@Suite struct AddressAllowanceTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let networks: [String]
        let source: AddressSource
        let client: String
        let forwardedFor: String?
        let isTrusted: Bool
        let isAllowed: Bool

        init(
            _ networks: [String],
            _ source: AddressSource = .peer(),
            from client: String,
            forwardedFor: String? = nil,
            trusted: Bool = true,
            allowed: Bool
        ) {
            self.networks = networks
            self.source = source
            self.client = client
            self.forwardedFor = forwardedFor
            isTrusted = trusted
            isAllowed = allowed
        }

        var testDescription: String { "\(networks) \(source) \(client) \(forwardedFor ?? "-")" }
    }

    private static let chain = "192.0.2.1,198.51.100.1,203.0.113.1, 203.0.113.2"

    private static func excluding(_ networks: String...) -> AddressSource {
        .excluding(networks.map { network($0) })
    }

    static let rows = [
        Row(["192.0.2.0/24"], from: "192.0.2.7", allowed: true),
        Row(["192.0.2.0/24"], from: "192.0.3.7", allowed: false),
        Row(["192.0.2.7/32", "2001:db8::/32"], from: "2001:db8::1", allowed: true),
        Row(["192.0.2.0/24"], from: "2001:db8::1", allowed: false),
        Row(["192.0.2.0/24"], from: "::ffff:192.0.2.7", allowed: true),
        Row(["0.0.0.0/0"], from: "203.0.113.9", allowed: true),
        Row(["0.0.0.0/0"], from: "2001:db8::1", allowed: false),
        Row(["2001:db8:0:1::/128"], .peer(subnetBits: 64), from: "2001:db8:0:1::5", allowed: true),
        Row(["2001:db8:0:1::/128"], .peer(subnetBits: 64), from: "2001:db8:0:2::5", allowed: false),
        Row(["192.0.2.7/32"], .peer(subnetBits: 64), from: "192.0.2.7", allowed: true),
        // What the peer says matters to nobody who did not ask for it.
        Row(["192.0.2.0/24"], from: "203.0.113.9", forwardedFor: "192.0.2.1", allowed: false),
        Row(["203.0.113.2/32"], .depth(1), from: "10.0.0.1", forwardedFor: chain, allowed: true),
        Row(["198.51.100.1/32"], .depth(3), from: "10.0.0.1", forwardedFor: chain, allowed: true),
        Row(["192.0.2.1/32"], .depth(4), from: "10.0.0.1", forwardedFor: chain, allowed: true),
        Row(["0.0.0.0/0"], .depth(5), from: "10.0.0.1", forwardedFor: chain, allowed: false),
        Row(["0.0.0.0/0"], .depth(1), from: "10.0.0.1", allowed: false),
        Row(["0.0.0.0/0"], .depth(1), from: "10.0.0.1", forwardedFor: "unknown", allowed: false),
        Row(["192.0.2.1/32"], .depth(1), from: "10.0.0.1", forwardedFor: "192.0.2.1", trusted: false, allowed: false),
        Row(
            ["2001:db8::/128"],
            .depth(1, subnetBits: 32),
            from: "10.0.0.1",
            forwardedFor: "2001:db8::9",
            allowed: true
        ),
        Row(
            ["198.51.100.1/32"],
            excluding("203.0.113.0/24"),
            from: "10.0.0.1",
            forwardedFor: chain,
            allowed: true
        ),
        Row(["203.0.113.2/32"], excluding("10.0.0.0/8"), from: "10.0.0.1", forwardedFor: chain, allowed: true),
        Row(["0.0.0.0/0"], excluding("0.0.0.0/0"), from: "10.0.0.1", forwardedFor: chain, allowed: false),
        Row(["0.0.0.0/0"], excluding("203.0.113.0/24"), from: "10.0.0.1", allowed: false),
        Row(
            ["192.0.2.0/24"],
            excluding("203.0.113.0/24"),
            from: "10.0.0.1",
            forwardedFor: "192.0.2.1, nonsense, 203.0.113.1",
            allowed: false
        ),
    ]

    @Test(arguments: rows) func `only those of the networks come in`(row: Row) {
        let allowance = AddressAllowance(networks: row.networks.map { network($0) }, source: row.source)
        let fields: NamedFields = row.forwardedFor.map { ["X-Forwarded-For": $0] } ?? [:]
        let request = request(client: row.client, trusted: row.isTrusted, with: fields)
        let outcome = RequestRules(steps: [.allow(allowance)]).apply(to: request)
        #expect((outcome == .forward(HeadEdits())) == row.isAllowed)
        #expect(outcome.answer?.status == (row.isAllowed ? nil : 403))
    }

    @Test func `lines of X-Forwarded-For are one list`() {
        let allowance = AddressAllowance(networks: [network("192.0.2.1/32")], source: .depth(2), rejection: 404)
        let rules = RequestRules(steps: [.allow(allowance)])
        let allowed = request(trusted: true, with: ["X-Forwarded-For": "192.0.2.1", "X-Forwarded-For": "192.0.2.2"])
        let refused = request(trusted: true, with: ["X-Forwarded-For": "192.0.2.2", "X-Forwarded-For": "192.0.2.1"])
        #expect(rules.apply(to: allowed).edits != nil)
        #expect(rules.apply(to: refused).answer?.status == 404)
    }
}
