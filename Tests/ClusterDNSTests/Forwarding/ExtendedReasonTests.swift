import DNSWire
import LinuxSystem
import Testing

@testable import ClusterDNS

/// What upstreams say of their failures, and what becomes of it.
@Suite struct ExtendedReasonTests {
    private static let bogus = EDNSOption.extendedError(.dnssecBogus, "signature expired")

    @Test(arguments: [
        // What the servers say, the reason that the client gets.
        ([FakeServer.Manner.explaining(.serverFailure, bogus)], ExtendedReason(.dnssecBogus, "signature expired")),
        ([.failing(.refused), .explaining(.serverFailure, bogus)], ExtendedReason(.dnssecBogus, "signature expired")),
        ([.explaining(.serverFailure, bogus), .dead], ExtendedReason(.dnssecBogus, "signature expired")),
        ([.explaining(.refused, bogus)], ExtendedReason(.noReachableAuthority)),
        ([.explaining(.serverFailure, EDNSOption(.extendedError, [0]))], ExtendedReason(.noReachableAuthority)),
        ([.failing(.serverFailure)], ExtendedReason(.noReachableAuthority)),
        (
            [.explaining(.serverFailure, .extendedError(ExtendedErrorCode(rawValue: 9999), ""))],
            ExtendedReason(ExtendedErrorCode(rawValue: 9999))
        ),
    ])
    func `the reason of a SERVFAIL is passed on`(manners: [FakeServer.Manner], reason: ExtendedReason) {
        let bench = ForwarderBench(manners.map { ForwarderBench.server($0) })
        bench.ask("a.test")
        bench.run(for: .seconds(5))
        #expect(bench.given.map(\.message.code) == [.serverFailure])
        #expect(bench.given.map(\.answer.extendedError) == [reason.code])
        #expect(bench.given.map(\.answer.reasonText) == [reason.text])
    }

    @Test func `an answer of another server has no reason`() {
        let bench = ForwarderBench(.explaining(.serverFailure, Self.bogus), .honest)
        bench.ask("a.test")
        bench.run(for: .seconds(5))
        #expect(bench.given.map(\.message.code) == [.noError])
        #expect(bench.given.map(\.answer.extendedError) == [nil])
    }

    @Test func `while the failure is remembered its code is too, without the text`() {
        let bench = ForwarderBench(.explaining(.serverFailure, Self.bogus))
        bench.ask("a.test")
        bench.run(for: .milliseconds(500))
        let options = bench.remembered("a.test")?.edns?.options
        #expect(options == [.extendedError(.dnssecBogus)])
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("a\u{0}b\u{1b}[31m\nc", "ab[31mc"), ("ä€😀", "ä€😀"),
        (String(repeating: "x", count: 500), String(repeating: "x", count: 128)),
        (String(repeating: "x", count: 127) + "ä", String(repeating: "x", count: 127)),
    ])
    func `a text is short, whole and without control characters`(text: String, kept: String) {
        #expect(ExtendedReason(.other, text).text == Array(kept.utf8))
    }

    @Test(arguments: [
        // With an OPT record or without, the options of the reply.
        (EDNS(payloadSize: 1232) as EDNS?, [EDNSOption.extendedError(.dnssecBogus, "signature expired")]),
        (EDNS(payloadSize: 1232, dnssecOK: true), [.extendedError(.dnssecBogus, "signature expired")]),
        (nil, nil),
    ])
    func `clients that use EDNS are told`(edns: EDNS?, options: [EDNSOption]?) throws {
        let question = ForwardedQuestion(named("a.test"), .a)
        let packet = Message(id: 7, flags: .recursionDesired, questions: [Question(question.name, .a)], edns: edns)
            .encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else {
            Issue.record("no query")
            return
        }
        let origin = PacketOrigin(.datagram, PacketAddress(v4: 1), port: 5)
        let client = WaitingClient(query, packet.span, from: origin, at: .zero)
        let failure = ResolvedAnswer.failure(ExtendedReason(.dnssecBogus, "signature expired"))
        let reply = try Message(decoding: client.reply(failure, to: question, rotation: 0))
        #expect(reply.code == .serverFailure)
        #expect(reply.edns?.options == options)
        #expect(reply.edns?.dnssecOK == edns?.dnssecOK)
    }
}
