import DNSWire
import NetworkTypes
import Testing

@Suite struct MessageEncodingTests {
    @Test func `what was decoded encodes to the same message, never longer`() throws {
        for sample in Samples.all {
            let message = try Message(decoding: sample)
            let encoded = message.encoded()
            #expect(try Message(decoding: encoded) == message)
            #expect(encoded.count <= sample.count)
        }
    }

    @Test func `random messages come back`() throws {
        var random = RandomMessages(seed: 1)
        for _ in 0..<300 {
            let message = random.message()
            let decoded = try Message(decoding: message.encoded())
            #expect(decoded == message)
        }
    }

    @Test func `random messages cut to a limit stay within it and keep whole records`() throws {
        var random = RandomMessages(seed: 2)
        for _ in 0..<300 {
            let message = random.message()
            let limit = Int.random(in: 512...1232, using: &random.generator)
            let encoded = message.encoded(limit: limit)
            #expect(encoded.count <= limit)
            let decoded = try Message(decoding: encoded)
            #expect(message.answers.starts(with: decoded.answers))
            #expect(message.authorities.starts(with: decoded.authorities))
            #expect(message.additionals.starts(with: decoded.additionals))
            let isCut = decoded.answers.count < message.answers.count || decoded.questions != message.questions
            #expect(decoded.flags.contains(.truncated) == (isCut || message.flags.contains(.truncated)))
        }
    }

    @Test func `no limit is too small`() throws {
        let message = try Message(decoding: Samples.services)
        for limit in -1...message.encoded().count {
            let encoded = message.encoded(limit: limit)
            #expect(encoded.count <= max(limit, 12))
            #expect(try Message(decoding: encoded).id == message.id)
        }
    }

    static let name = "big.testns.svc.cluster.local"

    private func addresses(_ count: Int, edns: EDNS? = nil) throws -> Message {
        let name = try DNSName(parsing: Self.name)
        let records = (1...count).map {
            ResourceRecord(name, ttl: 5, .a(IPv4Address(rawValue: 0x0a2a_0100 + UInt32($0))))
        }
        return Message(id: 1, flags: .response, questions: [Question(name, .a)], answers: records, edns: edns)
    }

    @Test(arguments: [(512, false, 29), (1232, true, 73), (4096, true, 100), (65535, false, 100)])
    func `as many addresses fit as the specification counts`(limit: Int, hasEDNS: Bool, count: Int) throws {
        let message = try addresses(100, edns: hasEDNS ? EDNS(payloadSize: 1232) : nil)
        let packet = message.encoded(limit: limit)
        let decoded = try Message(decoding: packet)
        #expect(decoded.answers.count == count)
        #expect(decoded.flags.contains(.truncated) == (count < 100))
        #expect(decoded.edns == message.edns)
        // The name once, then twelve octets for owner, type, class, TTL and length, and four for each address.
        #expect(packet.count == 12 + 30 + 4 + 16 * count + (hasEDNS ? 11 : 0))
    }

    @Test func `more records than any packet takes are cut`() throws {
        let packet = try addresses(5000).encoded()
        #expect(packet.count <= 65535)
        #expect(try Message(decoding: packet).flags.contains(.truncated))
    }

    @Test func `additional and authority records are dropped without a word`() throws {
        var message = try addresses(20)
        message.authorities = try addresses(5).answers
        message.additionals = try addresses(20).answers
        let decoded = try Message(decoding: message.encoded(limit: 512))
        #expect(decoded.answers.count == 20)
        #expect(decoded.authorities.count == 5)
        #expect(decoded.additionals.count == 4)
        #expect(!decoded.flags.contains(.truncated))
    }

    @Test func `a target of SRV is written out, but others point to it`() throws {
        let target = try DNSName(parsing: "web.testns.svc.cluster.local")
        let service = ResourceRecord(
            try DNSName(parsing: "_http._tcp.testns.svc.cluster.local"),
            ttl: 5,
            .srv(ServiceLocation(weight: 1, port: 80, target: target))
        )
        let address = ResourceRecord(target, ttl: 5, .a(IPv4Address(10, 0, 0, 1)))
        let message = Message(
            id: 1,
            questions: [Question(service.name, .srv)],
            answers: [service],
            additionals: [address]
        )
        let packet = message.encoded()
        #expect(packet.count == 12 + service.name.wire.count + 4 + 12 + 6 + target.wire.count + 16)
        #expect(packet.suffix(16).prefix(2).first == 0xc0)
        #expect(try Message(decoding: packet) == message)
    }

    @Test func `names in the data of other types are written out`() throws {
        let name = try DNSName(parsing: "a.example")
        let record = ResourceRecord(name, ttl: 5, .other(.dname, name.wire))
        let packet = Message(id: 1, questions: [Question(name, .dname)], answers: [record]).encoded()
        #expect(packet.suffix(name.wire.count) == name.wire[...])
    }

    @Test func `names compress whatever their case`() throws {
        let record = ResourceRecord(
            try DNSName(parsing: "A.Example"),
            ttl: 5,
            .cname(try DNSName(parsing: "b.EXAMPLE"))
        )
        let question = Question(try DNSName(parsing: "a.eXample"), .a)
        let packet = Message(id: 1, questions: [question], answers: [record]).encoded()
        #expect(packet.count == 12 + 15 + 12 + 4)
        #expect(try Message(decoding: packet).answers.first?.name.wire == question.name.wire)
    }

    @Test func `long texts become several strings, an empty one stays one`() throws {
        let long = Array(repeating: UInt8(97), count: 300)
        let records = [RecordData.txt([long]), .txt([]), .hinfo(processor: long, system: [])]
            .map { ResourceRecord(.root, ttl: 0, $0) }
        let decoded = try Message(decoding: Message(id: 1, questions: [], answers: records).encoded())
        #expect(
            decoded.answers.map(\.data) == [
                .txt([Array(long[..<255]), Array(long[255...])]), .txt([[]]),
                .hinfo(processor: Array(long[..<255]), system: []),
            ]
        )
    }

    @Test func `a code over fifteen needs an OPT record`() throws {
        var message = Message(id: 1, code: .badVersion, questions: [])
        #expect(try Message(decoding: message.encoded()).code == .serverFailure)
        message.edns = EDNS(payloadSize: 1232)
        #expect(try Message(decoding: message.encoded()).code == .badVersion)
    }

    @Test func `options that do not fit are left out before answers are`() throws {
        let options = [EDNSOption(.padding, Array(repeating: 0, count: 600))]
        let message = try addresses(5, edns: EDNS(payloadSize: 1232, options: options))
        let decoded = try Message(decoding: message.encoded(limit: 512))
        #expect(decoded.edns == EDNS(payloadSize: 1232))
        #expect(decoded.answers.count == 5)
    }
}
