import DNSWire
import NetworkTypes
import Testing

/// A body that is appended behind its question is the one that is written over its query.
@Suite struct OutputSpanBodyTests {
    static let name = DNSName.reverseIPv4

    static let bodies: [[ResourceRecord]] = [
        [],
        (1...5).map { ResourceRecord(name, ttl: 5, .a(IPv4Address(192, 0, 2, $0))) },
        [ResourceRecord(name, ttl: 5, .cname(.reverseIPv6))]
            + (1...4).map { ResourceRecord(.reverseIPv6, ttl: 5, .a(IPv4Address(192, 0, 2, $0))) },
        [ResourceRecord(name, ttl: 5, .txt("text"))],
    ]

    @Test(arguments: bodies, [UInt32(0), 1, 3, 7])
    func `appended, cut and rotated as when it is written in place`(answers: [ResourceRecord], rotation: UInt32) throws
    {
        let authority = ResourceRecord(Self.name, ttl: 5, .ns(.reverseIPv6))
        let body = ReplyBody(to: Self.name, answers: answers, authorities: [authority], additionals: [authority])
        let packet = Message(id: 7, questions: [Question(Self.name, .a)]).encoded()
        let query = try Replying.query(packet)
        for limit in packet.count...packet.count + body.octets.count + 5 {
            var reply = Reply(flags: [], limit: limit)
            reply.rotation = rotation
            let expected = Replying.octets(over: packet) { span in
                reply.write(to: query, body.octets.span, body.shape, into: &span)
            }
            var counts = ReplyCounts()
            let appended = [UInt8](capacity: 2048) { message in
                for octet in packet { message.append(octet) }
                counts = message.append(body.octets.span, body.shape, rotation: rotation, limit: limit)
            }
            let octets = Replying.octets(over: appended) { span in
                reply.finish(query, at: appended.count, counts, in: &span)
            }
            #expect(octets == expected)
        }
    }
}
