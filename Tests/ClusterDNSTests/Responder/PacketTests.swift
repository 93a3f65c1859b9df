import ClusterFixtures
import ClusterState
import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Answers as octets.
@Suite struct PacketTests {
    static let table = TestCluster([
        .service(fixtureService("n/s", ["10.43.0.1"], ports: [ServicePort(name: "p", port: 80)])),
        .service(fixtureService("n/h", [])),
        .endpointSlice(
            fixtureSlice(
                of: "n/h",
                (1...40).map { fixtureEndpoint("10.42.0.\($0)") },
                ports: [EndpointPort(name: "p", port: 80)]
            )
        ),
        .service(fixtureAlias("n/x", of: "s.n.svc.cluster.local")),
    ]).table

    /// What stands behind the question.
    private func records(_ text: String, _ type: RecordType) throws -> [UInt8] {
        let octets = try Self.table.ask(text, type).octets
        return Array(octets[(12 + name(text).wire.count + 4)...])
    }

    @Test func `an address record points to the question`() throws {
        #expect(try records("S.n.svc", .a) == [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 43, 0, 1])
    }

    /// Targets of SRV records are written out (RFC 2782); their addresses point to the question.
    @Test func `an SRV record has its target in full`() throws {
        let target = name("s.n.svc").wire
        let service: [UInt8] = [0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 5, 0, UInt8(6 + target.count), 0, 0, 0, 100, 0, 80]
        // Behind `_p` and `_tcp`.
        let address: [UInt8] = [0xc0, 12 + 3 + 5, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 43, 0, 1]
        #expect(try records("_p._tcp.s.n.svc", .srv) == service + target + address)
    }

    @Test func `a negative answer points to the zone in the question`() throws {
        let zone: UInt8 = 12 + 6 + 2 + 4
        let authority: [UInt8] =
            [0xc0, zone, 0, 6, 0, 1, 0, 0, 0, 5, 0, 42, 2, 0x6e, 0x73, 3, 0x64, 0x6e, 0x73, 0xc0, zone, 10]
            + Array("hostmaster".utf8) + [0xc0, zone, 0, 0, 0, 1, 0, 0, 28, 32, 0, 0, 7, 8, 0, 1, 81, 128, 0, 0, 0, 5]
        #expect(try records("wrong.n.svc", .a) == authority)
    }

    @Test func `additional records without room are no reason to ask again`() throws {
        let whole = try Self.table.ask("_p._tcp.h.n.svc", .srv)
        #expect(whole.message.answers.count == 40)
        #expect(whole.message.additionals.count == 40)
        let cut = try Self.table.ask("_p._tcp.h.n.svc", .srv, limit: whole.octets.count - 1)
        #expect(cut.message.answers.count == 40)
        #expect(cut.message.additionals.count == 39)
        #expect(!cut.message.flags.contains(.truncated))
        let answersCut = try Self.table.ask("_p._tcp.h.n.svc", .srv, limit: 512)
        #expect(answersCut.message.additionals.isEmpty)
        #expect(answersCut.message.flags.contains(.truncated))
    }

    /// Whatever the room is: what is there is whole, and what is missing is told.
    @Test(
        arguments: [("h.n.svc", .a), ("_p._tcp.h.n.svc", .srv), ("x.n.svc", .a), ("", .ns), ("", .soa), ("nope", .a)]
            as [(String, RecordType)]
    )
    func `an answer is cut anywhere`(name text: String, type: RecordType) throws {
        let whole = try Self.table.ask(text, type)
        for limit in (12 + name(text).wire.count + 4)..<whole.octets.count {
            let cut = try Self.table.ask(text, type, limit: limit)
            #expect(cut.octets.count <= limit)
            #expect(cut.message.answers == Array(whole.message.answers.prefix(cut.message.answers.count)))
            let isCut = cut.message.answers.count < whole.message.answers.count
            #expect(cut.message.flags.contains(.truncated) == isCut)
            #expect(!isCut || cut.message.authorities.count + cut.message.additionals.count == 0)
        }
    }

    /// As a worker does it: read, fold, answer behind the question, finish.
    @Test func `a query becomes a reply`() throws {
        var message = Message(id: 99, flags: .recursionDesired, questions: [Question(name("S.N.svc"), .a)])
        message.edns = EDNS(payloadSize: 1232)
        let packet = message.encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else {
            Issue.record("not read")
            return
        }
        var folded = [UInt8](repeating: 0, count: 255)
        var target = folded.mutableSpan
        let hash = Self.table.hasher.fold(query, in: packet.span, into: &target)
        var reply = Reply(flags: [.authoritative, .recursionAvailable], limit: 512)
        let reserve = reply.reserve(for: query)
        var length = 0
        let written = [UInt8](capacity: 512) { output in
            for octet in packet[..<query.questionEnd] { output.append(octet) }
            let answer = Self.table.answer(
                folded.span.extracting(0..<query.nameLength),
                hash: hash,
                query.type,
                rotation: 0,
                into: &output
            )
            let end = output.count
            reply.code = answer.code
            for _ in 0..<reserve { output.append(0 as UInt8) }
            var whole = output.mutableSpan
            length = reply.finish(query, at: end, answer.counts, in: &whole)
        }
        let decoded = try Message(decoding: Array(written[..<length]))
        #expect(decoded.id == 99)
        #expect(decoded.answers.map { $0.description } == ["S.N.svc.cluster.local. 5 IN A 10.43.0.1"])
        #expect(decoded.edns?.payloadSize == 1232)
    }
}
