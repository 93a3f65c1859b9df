import DNSWire
import LinuxSystem
import Testing

@testable import ClusterDNS

/// What is written of queries: lines as CoreDNS has them, no more than there is room for.
@Suite struct QueryLogTests {
    private static let ipv4 = PacketAddress(v4: 0x0a2a_0005)
    private static let ipv6 = PacketAddress(high: 0xfd00_0042 << 32, low: 7)

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let type: RecordType
        var recordClass = RecordClass.in
        var edns: EDNS?
        var transport = PacketTransport.datagram
        var address = ipv4
        var code = ResponseCode.noError
        var flags: HeaderFlags = [.response, .recursionDesired, .recursionAvailable]
        let elapsed: Duration
        let line: String

        var testDescription: String { line }
    }

    static let rows: [Row] = [
        Row(
            name: "X.y.",
            type: .a,
            edns: EDNS(payloadSize: 4096),
            elapsed: .microseconds(37_990),
            line: #"[INFO] 10.42.0.5:40000 - 29008 "A IN x.y. udp 32 false 4096" NOERROR qr,rd,ra 32 0.03799s"#
        ),
        Row(
            name: ".",
            type: .ns,
            elapsed: .nanoseconds(1),
            line: #"[INFO] 10.42.0.5:40000 - 29008 "NS IN . udp 17 false 512" NOERROR qr,rd,ra 17 0.000000001s"#
        ),
        Row(
            name: "x.y.",
            type: RecordType(rawValue: 65_280),
            recordClass: .ch,
            edns: EDNS(payloadSize: 100, dnssecOK: true),
            address: ipv6,
            code: .refused,
            elapsed: .zero,
            line: #"[INFO] [fd00:42::7]:40000 - 29008 "TYPE65280 CH x.y. udp 32 true 512" REFUSED qr,rd,ra 32 0s"#
        ),
        Row(
            name: #"a\.b\010.y."#,
            type: .https,
            transport: .stream,
            code: .nameError,
            flags: [.response, .authoritative, .truncated, .authenticData, .checkingDisabled],
            elapsed: .seconds(2),
            line:
                #"[INFO] 10.42.0.5:40000 - 29008 "HTTPS IN a\.b\010.y. tcp 24 false 65535" NXDOMAIN qr,aa,tc,ad,cd 24 2s"#
        ),
    ]

    @Test(arguments: rows) func `a query is one line`(row: Row) throws {
        let question = Question(name(row.name), row.type, class: row.recordClass)
        let packet = Message(id: 29_008, flags: .recursionDesired, questions: [question], edns: row.edns).encoded()
        var reply = packet
        let flags = row.flags.rawValue | row.code.rawValue
        reply[2] = UInt8(flags >> 8)
        reply[3] = UInt8(truncatingIfNeeded: flags)
        let query = try #require(Self.query(of: packet))
        let queue = QueryLogQueue()
        var log = QueryLog(QueryLogRules([QueryLogRules.Rule(.all)]), queue)
        let origin = PacketOrigin(row.transport, row.address, port: 40_000)
        log.note(query, packet.span, size: packet.count, reply.span, origin, elapsed: row.elapsed)
        #expect(log.isOwed)
        log.endRound()
        #expect(!log.isOwed)
        #expect(Self.lines(queue) == [row.line])
        #expect(Self.lines(queue) == [])
    }

    static let classes: [(code: ResponseCode, answers: UInt8, authorities: UInt8, classes: QueryClasses)] = [
        (.noError, 1, 0, .success), (.noError, 1, 1, .success), (.noError, 0, 1, .denial), (.noError, 0, 0, .success),
        (.nameError, 0, 1, .denial), (.nameError, 1, 1, .denial), (.serverFailure, 0, 0, .error),
        (.refused, 0, 0, .error), (.formatError, 0, 0, .error), (.badVersion, 0, 0, .error),
    ]

    @Test(arguments: classes)
    func `answers have CoreDNS' classes`(
        row: (code: ResponseCode, answers: UInt8, authorities: UInt8, classes: QueryClasses)
    ) {
        let reply: [UInt8] = [0, 1, 0x80, 0, 0, 1, 0, row.answers, 0, row.authorities, 0, 0]
        #expect(QueryClasses(of: reply.span, row.code) == row.classes)
    }

    @Test func `the first rule whose zone the name is in decides`() {
        let rules = QueryLogRules([
            QueryLogRules.Rule(zone: name("Example.org."), .error), QueryLogRules.Rule(.denial),
        ])
        #expect(rules.classes(of: name("a.example.org.")) == .error)
        #expect(rules.classes(of: name("example.org.")) == .error)
        #expect(rules.classes(of: name("aexample.org.")) == .denial)
        #expect(QueryLogRules().classes(of: name("a.")) == [])
    }

    @Test func `what finds no room is dropped and counted`() {
        let queue = QueryLogQueue()
        let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: QueryLogQueue.room)
        #expect(queue.offer(lines, count: 5, dropped: 2))
        #expect(queue.offer([10], count: 1, dropped: 0))
        #expect(queue.take().dropped == 3)
        #expect(queue.take() == ([], 0))
        #expect(queue.offer([10], count: 1, dropped: 0))
        #expect(queue.take() == ([10], 0))
        #expect(queue.dropped == 3)
    }

    @Test func `failures are told, ten at once and then one a second`() {
        let queue = QueryLogQueue()
        var log = QueryLog(QueryLogRules(), queue)
        #expect(!log.isOn)
        let question = ForwardedQuestion(name("WWW.example."), .a)
        for _ in 0..<15 { log.complain(question, .failure(ExtendedReason(.networkError)), now: .seconds(100)) }
        log.complain(question, .failure(ExtendedReason(.networkError)), now: .seconds(101))
        log.complain(question, .failure(ExtendedReason(.networkError)), now: .seconds(101))
        log.endRound()
        let line = "[ERROR] plugin/errors: 2 www.example. A: no upstream answered in time"
        #expect(Self.lines(queue) == Array(repeating: line, count: 11))
        #expect(queue.dropped == 6)
    }

    private static func query(of packet: [UInt8]) -> Query? {
        if case .query(let query) = ReceivedPacket(packet.span) { query } else { nil }
    }

    private static func lines(_ queue: QueryLogQueue) -> [String] {
        String(decoding: queue.take().lines, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
