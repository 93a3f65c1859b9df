import DNSWire
import NetworkTypes
import Testing

/// Addresses are 10.0.0.0 + the number of the record; the name is `A.example`, 11 octets, the body begins at octet 27.
@Suite struct ReplyTests {
    private let name: DNSName
    private let server: HeaderFlags = [.authoritative, .recursionAvailable]

    init() throws {
        name = try DNSName(parsing: "A.example")
    }

    private func query(
        _ type: RecordType = .a,
        flags: HeaderFlags = .recursionDesired,
        edns: EDNS? = nil
    ) -> [UInt8] {
        Message(id: 77, flags: flags, questions: [Question(name, type)], edns: edns).encoded()
    }

    private func addresses(_ count: Int, of name: DNSName? = nil) -> [ResourceRecord] {
        (0..<count).map {
            ResourceRecord(name ?? self.name, ttl: 5, .a(IPv4Address(rawValue: 0x0a00_0000 + UInt32($0))))
        }
    }

    @Test func `the question comes back octet by octet, with a flag of each side`() throws {
        let packet = query(flags: [.recursionDesired, .checkingDisabled, .authenticData, .reserved, .truncated])
        let body = ReplyBody(to: try DNSName(parsing: "a.EXAMPLE"), answers: addresses(1))
        let reply = Reply(flags: server, limit: 512)
        let octets = try Replying.octets(reply, body, to: packet)
        #expect(octets[12..<27] == packet[12..<27])
        let message = try Message(decoding: octets)
        #expect(message.id == 77)
        #expect(message.flags.description == "qr aa rd ra cd")
        #expect(message.edns == nil)
        #expect(message.answers == addresses(1))
        #expect(message.answers.first?.name.wire == name.wire)
    }

    /// What the client said → what the server says.
    @Test(arguments: [
        (EDNS?.none, EDNS?.none),
        (EDNS(payloadSize: 4096), EDNS(payloadSize: 1232)),
        (EDNS(payloadSize: 0, dnssecOK: true), EDNS(payloadSize: 1232, dnssecOK: true)),
        (EDNS(payloadSize: 65535, options: [EDNSOption(.cookie, [1])]), EDNS(payloadSize: 1232)),
    ])
    func `OPT is there where the client had one, with our size and DO alone`(client: EDNS?, ours: EDNS?) throws {
        let octets = try Replying.octets(Reply(flags: server, limit: 512), ReplyBody(to: name), to: query(edns: client))
        #expect(try Message(decoding: octets).edns == ours)
    }

    @Test func `a reason is said to those who sent OPT`() throws {
        var reply = Reply(.serverFailure, flags: server, limit: 512)
        reply.extendedError = .notReady
        let plain = try Message(decoding: Replying.octets(reply, ReplyBody(to: name), to: query()))
        #expect(plain.code == .serverFailure)
        #expect(plain.edns == nil)
        let packet = query(edns: EDNS(payloadSize: 512))
        let said = try Message(decoding: Replying.octets(reply, ReplyBody(to: name), to: packet))
        #expect(said.edns?.options == [.extendedError(.notReady)])
    }

    /// A refused packet → its reply's code and OPT.
    @Test(arguments: [
        ("00 0029 ffff 00010000 0000", 1, ResponseCode.badVersion, EDNS?.some(EDNS(payloadSize: 1232))),
        ("00 0029 ffff 00000000 0000 00 0029 ffff 00000000 0000", 2, .formatError, nil),
    ])
    func `a refused query gets its question back`(digits: String, count: UInt8, code: ResponseCode, edns: EDNS?) throws
    {
        var packet = query() + Samples.octets(digits)
        packet[11] = count
        guard case .refused(let query, code) = ReceivedPacket(packet.span) else {
            Issue.record("not refused")
            return
        }
        let reply = Reply(code, flags: server, limit: 512)
        let message = try Message(decoding: Replying.octets(over: packet) { reply.write(to: query, into: &$0) })
        #expect(message.code == code)
        #expect(message.edns == edns)
        #expect(message.questions == [Question(name, .a)])
    }

    @Test func `a rejected packet gets a header`() throws {
        let packet = Samples.octets("abcd 2910 0001000000000000 ff")
        guard case .rejected(let reply) = ReceivedPacket(packet.span) else {
            Issue.record("not rejected")
            return
        }
        let octets = Replying.octets(over: packet, room: 0) { reply.write(.recursionAvailable, into: &$0) }
        #expect(octets == Samples.octets("abcd a994 0000000000000000"))
        #expect(Replying.octets(over: Array(packet[..<11]), room: 0) { reply.write(into: &$0) } == [])
    }

    @Test func `every limit is kept, and the reply is that of the general encoder`() throws {
        var random = RandomMessages(seed: 7)
        for round in 0..<300 {
            var message = random.message()
            message.opcode = .query
            message.flags = [.response, .authoritative, .recursionDesired]
            message.code = .noError
            message.edns = round % 2 == 0 ? nil : EDNS(payloadSize: 1232, dnssecOK: round % 4 == 1)
            message.questions = [Question(random.name(), .a)]
            let body = ReplyBody(
                to: message.questions[0].name,
                answers: message.answers,
                authorities: message.authorities,
                additionals: message.additionals
            )
            let packet = Message(
                id: message.id,
                flags: .recursionDesired,
                questions: message.questions,
                edns: message.edns
            ).encoded()
            let limit = Int.random(in: 512...2048, using: &random.generator)
            let octets = try Replying.octets(Reply(flags: .authoritative, limit: limit), body, to: packet)
            #expect(octets.count <= limit)
            #expect(octets == message.encoded(limit: limit))
        }
    }

    @Test func `no limit and no buffer is too small`() throws {
        let edns = EDNS(payloadSize: 4096)
        let body = ReplyBody(to: name, answers: addresses(2), additionals: addresses(2))
        let packet = query(edns: edns)
        let query = try Replying.query(packet)
        for limit in -1...200 {
            for room in 0...packet.count {
                var reply = Reply(flags: server, limit: limit)
                reply.extendedError = .other
                let octets = Replying.octets(over: Array(packet[..<room]), room: 0) {
                    reply.write(to: query, body.octets.span, body.shape, into: &$0)
                }
                #expect(octets.count <= max(0, min(limit, room)))
                if !octets.isEmpty { #expect(try Message(decoding: octets).id == 77) }
            }
        }
    }

    @Test func `records that are written in another way become a reply too`() throws {
        let edns = EDNS(payloadSize: 512)
        let packet = query(edns: edns)
        let query = try Replying.query(packet)
        let body = ReplyBody(to: name, answers: addresses(2), authorities: addresses(1))
        var reply = Reply(flags: server, limit: 512)
        reply.extendedError = .staleAnswer
        #expect(reply.reserve(for: query) == 17)
        let octets = Replying.octets(over: Array(packet[..<query.questionEnd]) + body.octets) {
            reply.finish(
                query,
                at: query.questionEnd + body.octets.count,
                ReplyCounts(answers: 2, authorities: 1, isCut: true),
                in: &$0
            )
        }
        let message = try Message(decoding: octets)
        #expect(message.flags.description == "qr aa tc rd ra")
        #expect(message.answers == addresses(2))
        #expect(message.authorities == addresses(1))
        #expect(message.edns == EDNS(payloadSize: 1232, options: [.extendedError(.staleAnswer)]))
    }

    /// Where the records are said to end → the length of the reply.
    @Test(arguments: [
        (0, 12), (26, 12), (27, 27 + 17), (512 - 17, 512), (512 - 16, 507), (512 - 11, 512), (1 << 20, 12),
    ])
    func `an end outside of the packet makes a header, one near its end costs the reason`(end: Int, length: Int) throws
    {
        let packet = query(edns: EDNS(payloadSize: 512))
        let query = try Replying.query(packet)
        var reply = Reply(flags: server, limit: 512)
        reply.extendedError = .other
        let octets = Replying.octets(over: packet) { reply.finish(query, at: end, ReplyCounts(), in: &$0) }
        #expect(octets.count == length)
    }

    /// How many addresses are there → how many fit beside OPT in 512 octets.
    @Test(arguments: [(2, 2), (29, 29), (30, 29), (100, 29)])
    func `records that are written already are cut where they do not fit`(count: Int, fitting: Int) throws {
        let packet = query(edns: EDNS(payloadSize: 512))
        let query = try Replying.query(packet)
        let body = ReplyBody(to: name, answers: addresses(count), additionals: addresses(1))
        let reply = Reply(flags: server, limit: 512)
        let octets = Replying.octets(over: Array(packet[..<query.questionEnd]) + body.octets) {
            reply.finish(query, at: query.questionEnd + body.octets.count, body.shape.counts, in: &$0)
        }
        let message = try Message(decoding: octets)
        #expect(message.answers == addresses(fitting))
        #expect(message.additionals.count == (count == 2 ? 1 : 0))
        #expect(message.flags.contains(.truncated) == (fitting < count))
        #expect(message.edns != nil)
    }

    @Test func `as many addresses as fit, and TC`() throws {
        let body = ReplyBody(to: name, answers: addresses(100))
        let octets = try Replying.octets(Reply(flags: server, limit: 512), body, to: query())
        let message = try Message(decoding: octets)
        #expect(message.answers == addresses((512 - 27) / 16))
        #expect(message.flags.contains(.truncated))
    }

    @Test func `more answers than any packet takes are cut when they are encoded`() throws {
        let body = ReplyBody(to: name, answers: addresses(5000), additionals: addresses(1))
        #expect(body.shape.counts.isCut)
        let octets = try Replying.octets(Reply(flags: server, limit: 65535), body, to: query())
        let message = try Message(decoding: octets)
        #expect(message.flags.contains(.truncated))
        #expect(message.answers.count == Int(body.shape.counts.answers))
        #expect(message.additionals == [])
    }

    @Test func `addresses move on, in whole and when cut`() throws {
        for limit in [512, 27 + 3 * 16] {
            for rotation in [0, 1, 4, 5, 6, UInt32.max] {
                let all = addresses(5)
                var reply = Reply(flags: server, limit: limit)
                reply.rotation = rotation
                let octets = try Replying.octets(reply, ReplyBody(to: name, answers: all), to: query())
                let turn = Int(rotation % 5)
                let expected = Array((all[turn...] + all[..<turn]).prefix(limit == 512 ? 5 : 3))
                #expect(try Message(decoding: octets).answers == expected)
            }
        }
    }

    @Test func `a chain stays before its addresses, other records stay where they are`() throws {
        let target = try DNSName(parsing: "b.example")
        let chain = [ResourceRecord(name, ttl: 5, .cname(target))]
        let addresses = addresses(3, of: target)
        let authorities = [ResourceRecord(target, ttl: 5, .ns(name))]
        let body = ReplyBody(to: name, answers: chain + addresses, authorities: authorities, additionals: addresses)
        var reply = Reply(flags: server, limit: 512)
        reply.rotation = 2
        let message = try Message(decoding: Replying.octets(reply, body, to: query()))
        #expect(message.answers == chain + [addresses[2], addresses[0], addresses[1]])
        #expect(message.authorities == authorities)
        #expect(message.additionals == addresses)
    }

    /// Answers that have to stay in their order.
    @Test func `what others point to, what differs in length and what is alone does not move`() throws {
        let other = try DNSName(parsing: "other.test")
        let service = ResourceRecord(name, ttl: 5, .srv(ServiceLocation(weight: 1, port: 1, target: other)))
        let immovable = [
            // The first has its owner in full, the second points to it.
            addresses(2, of: other),
            addresses(2, of: .root),
            [service, service],
            addresses(1),
            addresses(1) + [service],
            addresses(1) + [ResourceRecord(name, ttl: 5, .aaaa(IPv6Address(rawValue: 1)))],
        ]
        for answers in immovable {
            var reply = Reply(flags: server, limit: 512)
            reply.rotation = 1
            let octets = try Replying.octets(reply, ReplyBody(to: name, answers: answers), to: query())
            #expect(try Message(decoding: octets).answers == answers)
        }
    }

    /// Age, bounds → TTL of records with 5 and 300 seconds.
    @Test(arguments: [
        (UInt32(0), UInt32(0)...UInt32.max, UInt32(5), UInt32(300)),
        (7, 0...UInt32.max, 0, 293),
        (0, 30...30, 30, 30),
        (400, 1...60, 1, 1),
        (UInt32.max, 0...0, 0, 0),
    ])
    func `records age in place`(age: UInt32, bounds: ClosedRange<UInt32>, short: UInt32, long: UInt32) throws {
        var records = addresses(2)
        records[1].ttl = 300
        let body = ReplyBody(to: name, answers: records, authorities: records, additionals: records)
        let packet = query(edns: EDNS(payloadSize: 512, dnssecOK: true))
        var octets = try Replying.octets(Reply(flags: server, limit: 512), body, to: packet)
        let before = try Message(decoding: octets)
        let end = octets.count
        var span = octets.mutableSpan
        RecordAges.age(&span, from: 27, to: end, by: age, within: bounds)
        let after = try Message(decoding: octets)
        #expect(after.answers.map(\.ttl) == [short, long])
        #expect(after.authorities.map(\.ttl) == [short, long])
        #expect(after.additionals.map(\.ttl) == [short, long])
        #expect(after.answers.map(\.data) == before.answers.map(\.data))
        #expect(after.edns == before.edns)
    }
}
