import ClusterFixtures
import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset
import Supervision
import Testing

@testable import ClusterDNS

/// What the packet filter is told of the addresses that are answered here.
@Suite struct PresenceTests {
    private static let v4 = address("10.43.0.10")
    private static let v6 = address("fd00:43::a")

    private func rules(of chain: String, _ addresses: [IPAddress]) -> [String] {
        let found = PresenceRuleset.fragment(for: addresses).chains.first { $0.chain.name == chain }
        return found?.rules.map { Rule(expressions: $0.expressions).description } ?? []
    }

    @Test func `queries to answered addresses and the replies are not tracked, in each family there is`() {
        let v4 = "meta nfproto ipv4 ip"
        let v6 = "meta nfproto ipv6 ip6"
        let incoming = [
            "\(v4) daddr @dns-answering-v4 meta l4proto udp udp dport 53 notrack",
            "\(v4) daddr @dns-answering-v4 meta l4proto tcp tcp dport 53 notrack",
            "\(v6) daddr @dns-answering-v6 meta l4proto udp udp dport 53 notrack",
            "\(v6) daddr @dns-answering-v6 meta l4proto tcp tcp dport 53 notrack",
        ]
        let replies = [
            "\(v4) saddr @dns-answering-v4 meta l4proto udp udp sport 53 notrack",
            "\(v4) saddr @dns-answering-v4 meta l4proto tcp tcp sport 53 notrack",
            "\(v6) saddr @dns-answering-v6 meta l4proto udp udp sport 53 notrack",
            "\(v6) saddr @dns-answering-v6 meta l4proto tcp tcp sport 53 notrack",
        ]
        #expect(rules(of: "dns-prerouting", [Self.v4, Self.v6]) == incoming)
        #expect(rules(of: "dns-output", [Self.v4, Self.v6]) == incoming + replies)
        #expect(rules(of: "dns-prerouting", [Self.v6]) == Array(incoming[2...]))
        #expect(PresenceRuleset.fragment(for: []).isEmpty)
    }

    @Test func `tracking is skipped before it begins, and each rule says what it is for`() {
        let fragment = PresenceRuleset.fragment(for: [Self.v4, Self.v6])
        #expect(fragment.chains.map(\.chain.base?.priority) == [-300, -300])
        #expect(fragment.chains.flatMap(\.rules).allSatisfy { $0.comment?.isEmpty == false })
        #expect(fragment.sets.map(\.contents) == [.live, .live])
        #expect(fragment.sets.map(\.definition.hasTimeout) == [true, true])
    }

    @Test func `elements name what is answered, and empty the set of a family that is not`() {
        let elements = PresenceRuleset.elements([Self.v6], of: [Self.v4, Self.v6], seconds: 30)
        #expect(
            elements == [
                "dns-answering-v4": [],
                "dns-answering-v6": [SetElement(.address(Self.v6), timeoutSeconds: 30)],
            ]
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var served = [PresenceTests.v4]
        var isSynchronised = true
        var silent = 0
        let decision: PresenceDecision
    }

    static let rows = [
        Row(testDescription: "all is well", decision: .renew([v4])),
        Row(
            testDescription: "one thread is stuck",
            silent: 1,
            decision: .lapse("1 of 4 threads are stuck: queries go to other endpoints, if any")
        ),
        Row(testDescription: "no address is served", served: [], decision: .lapse(nil)),
        Row(testDescription: "the cluster is not known yet", isSynchronised: false, decision: .lapse(nil)),
    ]

    @Test(arguments: rows)
    func `an address is renewed only while every thread answers for it`(row: Row) {
        let decision = PresenceDecision(
            served: row.served,
            isSynchronised: row.isSynchronised,
            silent: row.silent,
            workers: 4
        )
        #expect(decision == row.decision)
    }

    @Test(
        arguments: [
            ("10.43.0.10", false, 0, "dns.udp.10-43-0-10.0"),
            ("fd00:43::a", true, 3, "dns.tcp.fd00-43--a.3"),
        ]
    )
    func `a kept socket's name says which it is, without a colon`(
        _ text: String,
        isStream: Bool,
        number: Int,
        name: String
    ) {
        let place = ServerAddress(address: address(text), transport: isStream ? .stream : .datagram)
        #expect(place.sockets.name(of: number) == name)
    }
}
