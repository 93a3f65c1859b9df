import ClusterFixtures
import ClusterState
import DNSWire
import LinuxSystem
import NetworkTypes
import Testing

@testable import ClusterDNS

/// What a worker answers to whole messages: what is policy, beside the tables of the codec and of the zone.
@Suite struct ResponderTests {
    static let table = TestCluster([
        .service(fixtureService("n/s", ["10.43.0.1"], ports: [ServicePort(name: "p", port: 80)])),
        .service(fixtureService("n/h", [])),
        .endpointSlice(fixtureSlice(of: "n/h", (1...100).map { fixtureEndpoint("10.42.0.\($0)") }, ports: [])),
        .service(fixtureAlias("n/x", of: "www.example.test")),
    ]).table

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let name: String
        let type: RecordType
        var recordClass = RecordClass.in
        var flags: HeaderFlags = .recursionDesired
        var edns: EDNS?
        var transport = PacketTransport.datagram
        var isAllowed = true
        /// Code, flags, counts of answers, authorities and additionals without OPT, and the reason.
        let reply: String

        init(
            _ description: String,
            _ name: String,
            _ type: RecordType,
            class recordClass: RecordClass = .in,
            flags: HeaderFlags = .recursionDesired,
            edns: EDNS? = nil,
            over transport: PacketTransport = .datagram,
            isAllowed: Bool = true,
            _ reply: String
        ) {
            testDescription = description
            self.name = name
            self.type = type
            self.recordClass = recordClass
            self.flags = flags
            self.edns = edns
            self.transport = transport
            self.isAllowed = isAllowed
            self.reply = reply
        }
    }

    static let rows: [Row] = [
        Row("an address", "s.n.svc", .a, "NOERROR qr aa rd ra 1 0 0"),
        Row("without RD", "s.n.svc", .a, flags: [], "NOERROR qr aa ra 1 0 0"),
        Row("CD is repeated", "s.n.svc", .a, flags: .checkingDisabled, "NOERROR qr aa ra cd 1 0 0"),
        Row("AD and Z are not", "s.n.svc", .a, flags: [.authenticData, .reserved], "NOERROR qr aa ra 1 0 0"),
        Row("no such name", "t.n.svc", .a, "NXDOMAIN qr aa rd ra 0 1 0"),
        Row("no such type", "s.n.svc", .mx, "NOERROR qr aa rd ra 0 1 0"),
        Row("a type nobody knows", "s.n.svc", RecordType(rawValue: 1000), "NOERROR qr aa rd ra 0 1 0"),
        Row("class CH", "s.n.svc", .a, class: .ch, "REFUSED qr rd ra 0 0 0"),
        Row("class ANY", "s.n.svc", .a, class: .any, "REFUSED qr rd ra 0 0 0"),
        Row("AXFR", "", .axfr, over: .stream, "REFUSED qr rd ra 0 0 0"),
        Row("IXFR", "", .ixfr, over: .stream, "REFUSED qr rd ra 0 0 0"),
        Row("a stranger", "s.n.svc", .a, isAllowed: false, "REFUSED qr rd ra 0 0 0"),
        Row(
            "a stranger with EDNS",
            "s.n.svc",
            .a,
            edns: EDNS(payloadSize: 1232),
            isAllowed: false,
            "REFUSED qr rd ra 0 0 0 prohibited"
        ),
        Row("a hundred addresses in 512", "h.n.svc", .a, "NOERROR qr aa tc rd ra 29 0 0"),
        Row("in 1232", "h.n.svc", .a, edns: EDNS(payloadSize: 1232), "NOERROR qr aa tc rd ra 73 0 0"),
        Row("in 4096", "h.n.svc", .a, edns: EDNS(payloadSize: 4096), "NOERROR qr aa tc rd ra 73 0 0"),
        Row("in 100", "h.n.svc", .a, edns: EDNS(payloadSize: 100), "NOERROR qr aa tc rd ra 28 0 0"),
        Row("over a stream", "h.n.svc", .a, over: .stream, "NOERROR qr aa rd ra 100 0 0"),
        Row("SRV loses additional records silently", "s.n.svc", .srv, "NOERROR qr aa rd ra 1 0 1"),
    ]

    @Test(arguments: rows) func `a query is answered`(row: Row) throws {
        let question = Question(name(row.name), row.type, class: row.recordClass)
        let query = Message(id: 7, flags: row.flags, questions: [question], edns: row.edns).encoded()
        let (outcome, octets) = answer(query, over: row.transport, isAllowed: row.isAllowed)
        guard case .done = outcome else { return #expect(Bool(false), "\(outcome)") }
        let reply = try Message(decoding: octets)
        #expect(reply.id == 7)
        #expect(reply.questions == [question])
        #expect((reply.edns != nil) == (row.edns != nil))
        #expect(reply.edns.map { $0.payloadSize == 1232 && !$0.dnssecOK } ?? true)
        let reason = reply.edns?.options.contains(.extendedError(.prohibited)) == true ? " prohibited" : ""
        let counts = "\(reply.answers.count) \(reply.authorities.count) \(reply.additionals.count)"
        #expect("\(reply.code) \(reply.flags) \(counts)\(reason)" == row.reply)
        #expect(
            octets.count <= (row.transport == .stream ? 65_535 : max(512, min(1232, Int(row.edns?.payloadSize ?? 512))))
        )
    }

    @Test func `a name of others is theirs to answer`() {
        let query = Message(id: 7, questions: [Question(name("www.example.test."), .a)]).encoded()
        let (outcome, octets) = answer(query)
        guard case .foreign(let asked) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(asked.id == 7)
        #expect(octets == query)
    }

    @Test func `an alias leads out, and what it leads to is asked as the client asks`() throws {
        let edns = EDNS(payloadSize: 1232, dnssecOK: true)
        let query = Message(id: 7, questions: [Question(name("x.n.svc"), .a)], edns: edns).encoded()
        let (outcome, octets) = answer(query)
        guard case .leadsOut(let asked, let counts) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(counts.answers == 1)
        let origin = PacketOrigin(.datagram, PacketAddress(v4: 0x0a2a_0001), port: 40000)
        let reply = [UInt8](capacity: 1232) { message in
            for octet in octets { message.append(octet) }
            Responder.finish(Reply(flags: [], limit: 1232), asked, counts, in: &message)
        }
        let client = WaitingClient(asked, query.span, alias: reply.span, from: origin, at: .zero)
        #expect(client.target == ForwardedQuestion(name("www.example.test."), .a, dnssecOK: true))
    }

    @Test func `before anything is known, names of services fail with the reason`() throws {
        let table = TestCluster([], kinds: []).table
        let query = Message(id: 7, questions: [Question(name("s.n.svc"), .a)], edns: EDNS(payloadSize: 1232)).encoded()
        let (_, octets) = answer(query, from: table)
        let reply = try Message(decoding: octets)
        #expect(reply.code == .serverFailure)
        #expect(reply.edns?.options == [.extendedError(.notReady)])
    }

    @Test func `each query begins with another address`() throws {
        var responder = Responder(Self.table, rotation: .max)
        let query = Message(id: 7, questions: [Question(name("h.n.svc"), .a)]).encoded()
        var first: Set<String> = []
        for _ in 0..<100 {
            let octets = [UInt8](capacity: 1232) { message in
                _ = responder.answer(query.span, over: .datagram, isAllowed: true, into: &message)
            }
            first.insert("\(try Message(decoding: octets).answers[0].data)")
        }
        #expect(first.count == 100)
    }

    private func answer(
        _ query: [UInt8],
        from table: ZoneTable = Self.table,
        over transport: PacketTransport = .datagram,
        isAllowed: Bool = true
    ) -> (Responder.Outcome, [UInt8]) {
        var responder = Responder(table, rotation: 0)
        var outcome = Responder.Outcome.done(nil)
        let octets = [UInt8](capacity: transport == .stream ? 65_535 : 1232) { message in
            outcome = responder.answer(query.span, over: transport, isAllowed: isAllowed, into: &message)
        }
        return (outcome, octets)
    }
}
