import ClusterFixtures
import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Which servers a lookup asks when, and what it says in the end. A round trip takes 20 ms.
@Suite struct AddressLookupTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        var name = "a.test"
        /// Of 192.0.2.53, 192.0.2.54, …
        var manners: [FakeServer.Manner] = [.honest]
        /// What asks for A records: time in milliseconds, last part of the server's address.
        var log = ["0 53"]
        let answer: LookupAnswer
        var testDescription: String { situation }
    }

    private static let found = addresses("192.0.2.1", "192.0.2.2", seconds: 50)

    private static func addresses(_ texts: String..., seconds: Int) -> LookupAnswer {
        .addresses(texts.map(address), lifetime: .seconds(seconds))
    }

    private static func nothing(_ reason: String, seconds: Int) -> LookupAnswer {
        .nothing(reason: reason, lifetime: .seconds(seconds))
    }

    static let answers: [Row] = [
        Row(situation: "addresses of one family", answer: found),
        Row(
            situation: "addresses of both families",
            name: "dual.test",
            answer: addresses("192.0.2.3", "fd00::3", seconds: 35)
        ),
        Row(situation: "addresses of IPv6 alone", name: "six.test", answer: addresses("fd00::6", seconds: 70)),
        Row(situation: "letters of any case", name: "A.Test.", answer: found),
        Row(situation: "not to be kept", name: "once.test", answer: addresses("192.0.2.4", seconds: 0)),
        Row(
            situation: "the TTL of an alias is the least",
            name: "b.test",
            answer: addresses("192.0.2.1", "192.0.2.2", seconds: 30)
        ),
        Row(situation: "no such name", name: "gone.test", answer: nothing("gone.test. does not exist", seconds: 60)),
        Row(situation: "no address", name: "bare.test", answer: nothing("bare.test. has no addresses", seconds: 60)),
        Row(
            situation: "an alias of no name",
            name: "d.test",
            answer: nothing("d.test. is an alias of gone.test., which does not exist", seconds: 60)
        ),
        Row(
            situation: "an alias of a name without addresses",
            name: "e.test",
            answer: nothing("e.test. is an alias of bare.test., which has no addresses", seconds: 20)
        ),
        Row(
            situation: "no such name, without an SOA record",
            name: "gone.test",
            manners: [.withoutAuthority],
            answer: nothing("gone.test. does not exist", seconds: 30)
        ),
        Row(
            situation: "no address, without an SOA record",
            name: "bare.test",
            manners: [.withoutAuthority],
            answer: nothing("bare.test. has no addresses", seconds: 30)
        ),
        Row(
            situation: "aliases that the server leaves to us",
            name: "c.test",
            manners: [.leaving],
            log: ["0 53", "20 53", "40 53"],
            answer: addresses("192.0.2.1", "192.0.2.2", seconds: 30)
        ),
        Row(
            situation: "an alias of no name that the server leaves to us",
            name: "d.test",
            manners: [.leaving],
            log: ["0 53", "20 53"],
            answer: nothing("d.test. is an alias of gone.test., which does not exist", seconds: 60)
        ),
        Row(
            situation: "an alias of no name, without an SOA record",
            name: "d.test",
            manners: [.withoutAuthority],
            answer: nothing("d.test. is an alias of gone.test., which does not exist", seconds: 30)
        ),
        Row(
            situation: "this host, which nobody is asked for",
            name: "localhost",
            log: [],
            answer: addresses("127.0.0.1", "::1", seconds: 3600)
        ),
        Row(
            situation: "an alias of this host that the server leaves to us",
            name: "local.test",
            manners: [.leaving],
            answer: addresses("127.0.0.1", "::1", seconds: 60)
        ),
        Row(
            situation: "a name that is never asked for",
            name: "x.invalid",
            log: [],
            answer: nothing("x.invalid. does not exist", seconds: 300)
        ),
    ]

    static let servers: [Row] = [
        Row(
            situation: "one that says there is no such name is believed",
            name: "gone.test",
            manners: [.honest, .dead],
            answer: nothing("gone.test. does not exist", seconds: 60)
        ),
        Row(situation: "silence", manners: [.dead, .honest], log: ["0 53", "2000 54"], answer: found),
        Row(situation: "nothing there", manners: [.unreachable, .honest], log: ["0 53", "20 54"], answer: found),
        Row(
            situation: "SERVFAIL, REFUSED",
            manners: [.failing(.serverFailure), .failing(.refused), .honest],
            log: ["0 53", "20 54", "40 55"],
            answer: found
        ),
        Row(situation: "a referral", manners: [.referring, .honest], log: ["0 53", "20 54"], answer: found),
        Row(situation: "garbage", manners: [.garbling, .honest], log: ["0 53", "20 54"], answer: found),
        Row(situation: "a cut reply", manners: [.cutting, .dead], log: ["0 53", "20 53 tcp"], answer: found),
        Row(
            situation: "a cut reply, and no TCP",
            manners: [.cuttingWithoutTCP, .honest],
            log: ["0 53", "20 53 tcp", "40 54"],
            answer: found
        ),
        Row(
            situation: "no EDNS, and FORMERR",
            manners: [.old(.formatError)],
            log: ["0 53", "20 53 plain"],
            answer: found
        ),
        Row(situation: "no EDNS of ours", manners: [.old(.badVersion)], log: ["0 53", "20 53 plain"], answer: found),
        Row(
            situation: "FORMERR with EDNS and without",
            manners: [.failing(.formatError), .honest],
            log: ["0 53", "20 53 plain", "40 54"],
            answer: found
        ),
        Row(situation: "replies that are none, before its own", manners: [.forged, .dead], answer: found),
        Row(
            situation: "replies that are none, and no other",
            manners: [.flooded, .honest],
            log: ["0 53", "2000 54"],
            answer: found
        ),
        Row(situation: "the question in lower case", name: "A.TEST", manners: [.folding, .dead], answer: found),
        Row(
            situation: "all of them silent",
            manners: [.dead, .dead],
            log: ["0 53", "2000 54", "4000 53", "6000 54"],
            answer: .failed(reason: "192.0.2.53: it does not answer; 192.0.2.54: it does not answer")
        ),
        Row(
            situation: "each with a reason of its own",
            manners: [.failing(.refused), .unreachable, .garbling],
            log: ["0 53", "20 54", "40 55", "60 53", "80 54", "100 55"],
            answer: .failed(
                reason: "192.0.2.53: it answers REFUSED; 192.0.2.54: it cannot be reached: Connection refused; "
                    + "192.0.2.55: its replies cannot be read"
            )
        ),
        Row(
            situation: "so many that are silent that there is no time for all rounds",
            manners: Array(repeating: .dead, count: 6),
            log: [
                "0 53", "2000 54", "4000 55", "6000 56", "8000 57", "10000 58", "12000 53", "14000 54", "16000 55",
                "18000 56",
            ],
            answer: .failed(
                reason: (53...58).map { "192.0.2.\($0): it does not answer; " }.joined() + "no answer within 20 s"
            )
        ),
        Row(
            situation: "none at all",
            manners: [],
            log: [],
            answer: .failed(reason: "there is no server for names outside the cluster")
        ),
    ]

    @Test(arguments: answers + servers)
    func `the answer is that of the first server that has one`(row: Row) {
        let bench = LookupBench(row.name, row.manners)
        #expect(bench.run() == row.answer)
        #expect(bench.log() == row.log)
        #expect(bench.running.isEmpty && !bench.hasCrowd)
    }

    @Test func `both families are asked for at once, each packet with a number of its own`() throws {
        let bench = LookupBench("a.test", [.dead])
        _ = bench.run()
        #expect(bench.log(.a) == ["0 53", "2000 53"])
        #expect(bench.log(.aaaa) == ["0 53", "2000 53"])
        #expect(Set(bench.sent.map(\.message.id)).count == 4)
        #expect(bench.sent.allSatisfy { $0.message.edns?.payloadSize == 1232 })
        #expect(bench.sent.allSatisfy { $0.message.flags.contains(.recursionDesired) })
    }

    @Test(arguments: [
        // Name, manner for AAAA, the answer, when.
        ("a.test", FakeServer.Manner.dead, found, 2020),
        ("a.test", .failing(.serverFailure), found, 40),
        ("a.test", .failing(.nameError), found, 20),
        (
            "bare.test", .failing(.serverFailure), .failed(reason: "192.0.2.53: it answers SERVFAIL"), 40
        ),
        (
            "gone.test", .unreachable,
            .failed(reason: "192.0.2.53: it cannot be reached: Connection refused"), 40
        ),
        ("bare.test", .failing(.nameError), nothing("bare.test. has no addresses", seconds: 30), 20),
    ])
    func `addresses of one family do, but their absence has to be known of both`(
        name: String,
        manner: FakeServer.Manner,
        answer: LookupAnswer,
        milliseconds: Int64
    ) {
        let server = FakeServer(mannersByType: [.aaaa: manner], records: LookupBench.records)
        let bench = LookupBench(name, [(ForwarderBench.upstream(0), server)])
        #expect(bench.run() == answer)
        #expect(bench.now.milliseconds == milliseconds)
        #expect(bench.running.isEmpty)
    }

    @Test func `families that fail for reasons of their own have both told`() {
        let server = FakeServer(manner: .unreachable, mannersByType: [.aaaa: .garbling], records: LookupBench.records)
        let bench = LookupBench("a.test", [(ForwarderBench.upstream(0), server)])
        let reason =
            "A: 192.0.2.53: it cannot be reached: Connection refused. AAAA: 192.0.2.53: its replies cannot be read"
        #expect(bench.run() == .failed(reason: reason))
    }

    @Test func `aliases are not followed for ever`() {
        var server = FakeServer(manner: .leaving)
        for index in 0...20 {
            server.records[named("x\(index).test")] = [.alias("x\(index).test", "x\(index + 1).test")]
        }
        let bench = LookupBench("x0.test", [(ForwarderBench.upstream(0), server)])
        #expect(bench.run() == .failed(reason: "its aliases do not end: the last one leads to x9.test."))
        #expect(bench.log().count == 9)
    }
}
