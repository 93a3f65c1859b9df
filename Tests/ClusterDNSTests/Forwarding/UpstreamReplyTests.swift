import DNSWire
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterDNS

/// What of a reply is kept. The question is for `a.test` A unless a row says otherwise.
@Suite struct UpstreamReplyTests {
    private static let authority = FakeServer().authority
    private static let signature = RecordData.other(.rrsig, [0, 1, 8])

    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        var type = RecordType.a
        var dnssecOK = false
        var code = ResponseCode.noError
        var flags: HeaderFlags = .recursionAvailable
        var answers: [ResourceRecord] = []
        var authorities: [ResourceRecord] = []
        /// Lines of what is kept, answers before authorities; nil if nothing is of use.
        let kept: [String]?
        let lifetime: UInt32
        var testDescription: String { situation }
    }

    static let rows: [Row] = [
        Row(
            situation: "addresses",
            answers: [.address("a.test", 1, ttl: 9), .address("A.TEST", 2, ttl: 7)],
            authorities: [ResourceRecord(named("test"), ttl: 5, .ns(named("ns.test")))],
            kept: ["a.test. 9 A", "a.test. 7 A"],
            lifetime: 7
        ),
        Row(
            situation: "a chain in disorder, with records that nobody asked for",
            answers: [
                .address("c.test", 3), .address("bank.test", 66), .alias("b.test", "c.test", ttl: 20),
                .alias("a.test", "b.test", ttl: 30), .alias("bank.test", "evil.test"),
            ],
            kept: ["a.test. 30 CNAME", "b.test. 20 CNAME", "c.test. 60 A"],
            lifetime: 20
        ),
        Row(
            situation: "the alias itself is asked for",
            type: .cname,
            answers: [.alias("a.test", "b.test"), .address("b.test", 1)],
            kept: ["a.test. 60 CNAME"],
            lifetime: 60
        ),
        Row(
            situation: "records of another class",
            answers: [ResourceRecord(named("a.test"), class: .ch, ttl: 5, .other(.a, [1, 2, 3, 4]))],
            authorities: [authority],
            kept: ["test. 60 SOA"],
            lifetime: 60
        ),
        Row(
            situation: "a chain that ends in nothing",
            code: .nameError,
            answers: [.alias("a.test", "b.test", ttl: 10)],
            authorities: [authority],
            kept: ["a.test. 10 CNAME", "test. 60 SOA"],
            lifetime: 10
        ),
        Row(
            situation: "an alias into the cluster, and what others say of that",
            answers: [
                .alias("a.test", "b.test", ttl: 30), .alias("b.test", "s.n.svc.Cluster.Local", ttl: 20),
                .address("s.n.svc.cluster.local", 66, ttl: 5),
            ],
            authorities: [authority],
            kept: ["a.test. 30 CNAME", "b.test. 20 CNAME"],
            lifetime: 20
        ),
        Row(
            situation: "an alias into the cluster, which others do not know",
            code: .nameError,
            answers: [.alias("a.test", "s.n.svc.cluster.local", ttl: 30)],
            authorities: [authority],
            kept: ["a.test. 30 CNAME"],
            lifetime: 30
        ),
        Row(
            situation: "an alias into a reverse zone of ours",
            type: .ptr,
            answers: [
                .alias("a.test", "1.0.43.10.in-addr.arpa", ttl: 30),
                ResourceRecord(named("1.0.43.10.in-addr.arpa"), ttl: 5, .ptr(named("evil.test"))),
            ],
            kept: ["a.test. 30 CNAME"],
            lifetime: 30
        ),
        Row(
            situation: "an alias into a reverse zone of others",
            type: .ptr,
            answers: [
                .alias("a.test", "1.0.44.10.in-addr.arpa", ttl: 30),
                ResourceRecord(named("1.0.44.10.in-addr.arpa"), ttl: 5, .ptr(named("b.test"))),
            ],
            kept: ["a.test. 30 CNAME", "1.0.44.10.in-addr.arpa. 5 PTR"],
            lifetime: 5
        ),
        Row(situation: "no data", authorities: [authority], kept: ["test. 60 SOA"], lifetime: 60),
        Row(situation: "no data, of another zone", authorities: [soa("other", 60)], kept: [], lifetime: 0),
        Row(
            situation: "absence that would hold for long",
            code: .nameError,
            authorities: [soa("test", 90_000)],
            kept: ["test. 300 SOA"],
            lifetime: 300
        ),
        Row(
            situation: "data that would hold for long",
            answers: [.address("a.test", 1, ttl: 700_000)],
            kept: ["a.test. 86400 A"],
            lifetime: 86_400
        ),
        Row(
            situation: "a TTL with its top bit",
            answers: [.address("a.test", 1, ttl: 1 << 31)],
            kept: ["a.test. 0 A"],
            lifetime: 0
        ),
        Row(situation: "absence without an SOA record", code: .nameError, kept: [], lifetime: 0),
        Row(
            situation: "a server that refers to others",
            flags: [],
            authorities: [ResourceRecord(.root, ttl: 5, .ns(named("a.root")))],
            kept: nil,
            lifetime: 0
        ),
        Row(
            situation: "a chain that is closed",
            answers: [.alias("a.test", "b.test"), .alias("b.test", "a.test")],
            kept: nil,
            lifetime: 0
        ),
        Row(
            situation: "a chain of many names",
            answers: [.alias("a.test", "0.test")] + (0..<20).map { .alias("\($0).test", "\($0 + 1).test") },
            kept: nil,
            lifetime: 0
        ),
        Row(
            situation: "signatures without DO",
            answers: [.address("a.test", 1), ResourceRecord(named("a.test"), ttl: 60, signature)],
            kept: ["a.test. 60 A"],
            lifetime: 60
        ),
        Row(
            situation: "signatures with DO",
            dnssecOK: true,
            answers: [.address("a.test", 1), ResourceRecord(named("a.test"), ttl: 50, signature)],
            authorities: [ResourceRecord(named("z.test"), ttl: 40, .other(.nsec, [0, 0]))],
            kept: ["a.test. 60 A", "a.test. 50 RRSIG", "z.test. 40 NSEC"],
            lifetime: 40
        ),
        Row(
            situation: "DNAME of an ancestor",
            answers: [
                ResourceRecord(named("test"), ttl: 30, .other(.dname, named("example").wire)),
                .alias("a.test", "a.example"), .address("a.example", 1),
                ResourceRecord(named("else"), ttl: 30, .other(.dname, named("example").wire)),
            ],
            kept: ["test. 30 DNAME", "a.test. 60 CNAME", "a.example. 60 A"],
            lifetime: 30
        ),
        Row(
            situation: "all types",
            type: .any,
            answers: [
                .address("a.test", 1), ResourceRecord(named("a.test"), ttl: 50, .txt("x")), .address("b.test", 2),
            ],
            kept: ["a.test. 60 A", "a.test. 50 TXT"],
            lifetime: 50
        ),
    ]

    private static func soa(_ zone: String, _ seconds: UInt32) -> ResourceRecord {
        var record = authority
        record.name = named(zone)
        record.ttl = seconds
        if case .soa(var data) = record.data {
            data.minimum = seconds
            record.data = .soa(data)
        }
        return record
    }

    @Test(arguments: rows)
    func `only what belongs to the question is kept`(row: Row) {
        let message = Message(
            id: 1,
            flags: row.flags.union(.response),
            code: row.code,
            questions: [Question(named("a.test"), row.type)],
            answers: row.answers,
            authorities: row.authorities,
            additionals: [.address("a.test", 66)]
        )
        let question = ForwardedQuestion(named("a.test"), row.type, dnssecOK: row.dnssecOK)
        // Through a packet, as it comes.
        guard let decoded = try? Message(decoding: message.encoded()) else {
            Issue.record("not a message")
            return
        }
        let answer = try? UpstreamAnswer(decoded, to: question, home: OwnZones(testConfiguration))
        #expect((answer?.answers ?? []).map(\.line) + (answer?.authorities ?? []).map(\.line) == row.kept ?? [])
        #expect((answer == nil) == (row.kept == nil))
        #expect((answer?.lifetime ?? 0) == row.lifetime)
    }

    @Test func `whatever comes back, nothing traps, and nothing is left running`() throws {
        var generator = SeededNumbers(seed: 11)
        let manners: [FakeServer.Manner] = [.honest, .cutting, .forged, .failing(.serverFailure), .old(.formatError)]
        var answered = 0
        for round in 0..<3000 {
            let bench = ForwarderBench(
                [ForwarderBench.server(.dead), ForwarderBench.server(.dead)],
                seed: UInt64(round)
            )
            let server = ForwarderBench.server(manners[round % manners.count])
            bench.ask("b.test")
            for _ in 0..<4 {
                guard let id = bench.running.randomElement(using: &generator),
                    let attempt = bench.forwarder.attempts[id]
                else { break }
                for var packet in try server.replies(to: attempt.query.octets, attempt.transport) {
                    for _ in 0..<Int.random(in: 0...3, using: &generator) { Self.mutate(&packet, &generator) }
                    if bench.running.contains(id) { bench.receive(packet, on: id) }
                }
            }
            bench.run(for: .seconds(10))
            #expect(bench.given.count == 1)
            #expect(bench.running.isEmpty)
            #expect(bench.forwarder.attempts.isEmpty && bench.forwarder.outstanding == 0)
            if bench.given.first?.message.code == .noError { answered += 1 }
        }
        // Many a mutation goes through, many does not.
        #expect((500...2800).contains(answered))
    }

    private static func mutate(_ packet: inout [UInt8], _ generator: inout SeededNumbers) {
        guard packet.count > 2 else { return }
        // The number mostly stays, or all would be dropped.
        let place = Int.random(in: 2..<packet.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: packet[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 1: packet[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 2: packet.removeSubrange(place...)
        case 3: packet.insert(contentsOf: packet[..<place], at: place)
        case 4: packet[place] = [0, 1, 12, 63, 191, 192, 255].randomElement(using: &generator) ?? 0
        default: packet.append(contentsOf: packet.suffix(16))
        }
    }
}

extension ResourceRecord {
    fileprivate var line: String { "\(name) \(ttl) \(type)" }
}
