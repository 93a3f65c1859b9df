import DNSWire
import Testing

/// What is decided about a packet before anybody looks at a name: the rows of the wire behaviour, one line each.
///
/// The question is `A.b` A IN, 9 octets from octet 12 on, unless the line is about it.
@Suite struct QueryTests {
    static let question = "0141016200 0001 0001"
    static let opt = "00 0029 1000 00000000 0000"

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let packet: String
        let outcome: String

        init(_ description: String, _ packet: String, _ outcome: String) {
            testDescription = description
            self.packet = packet
            self.outcome = outcome
        }
    }

    static let headers: [Row] = [
        Row("no octets", "", "ignored"),
        Row("eleven octets", "1234010000010000000000", "ignored"),
        Row("a response", "1234 8180 0001000000000000" + question, "ignored"),
        Row("a response of another opcode", "1234 a000 000000000000 0000", "ignored"),
        Row("IQUERY", "1234 0900 0001000000000000" + question, "header NOTIMP IQUERY [rd]"),
        Row("STATUS", "1234 1000 0000000000000000", "header NOTIMP STATUS []"),
        Row("NOTIFY", "1234 2400 0001000000000000" + question, "header NOTIMP NOTIFY []"),
        Row("UPDATE with counts of its own", "1234 2800 0001000500050000", "header NOTIMP UPDATE []"),
        Row("DSO", "1234 3000 0000000000000000", "header NOTIMP DSO []"),
        Row("opcode 15 and nothing else", "1234 7910 0000000000000000", "header NOTIMP OPCODE15 [rd cd]"),
        Row("no question", "1234 0100 0000000000000000", "header FORMERR QUERY [rd]"),
        Row("two questions", "1234 0100 0002000000000000" + question + question, "header FORMERR QUERY [rd]"),
        Row("two answers", "1234 0100 0001000200000000" + question, "header FORMERR QUERY [rd]"),
        Row("two authorities", "1234 0100 0001000000020000" + question, "header FORMERR QUERY [rd]"),
        Row("three additional records", "1234 0100 0001000000000003" + question, "header FORMERR QUERY [rd]"),
    ]

    static let names: [Row] = [
        Row("no name", "1234 0000 0001000000000000", "header FORMERR QUERY []"),
        Row("a name that stops in a label", "1234 0000 0001000000000000 0541", "header FORMERR QUERY []"),
        Row("a name that stops before the root", "1234 0000 0001000000000000 0141", "header FORMERR QUERY []"),
        Row("no type", "1234 0000 0001000000000000 0141016200 00", "header FORMERR QUERY []"),
        Row("no class", "1234 0000 0001000000000000 0141016200 0001 00", "header FORMERR QUERY []"),
        Row(
            "a label of 64 octets",
            "1234 0000 0001000000000000 40" + String(repeating: "41", count: 64) + "00 00010001",
            "header FORMERR QUERY []"
        ),
        Row("a pointer to itself", "1234 0000 0001000000000000 c00c 00010001", "header FORMERR QUERY []"),
        Row("a pointer into itself", "1234 0000 0001000000000000 0141c00c 00010001", "header FORMERR QUERY []"),
        Row("a pointer to the header", "1234 0000 0001000000000000 c000 00010001", "header FORMERR QUERY []"),
        Row("a pointer forwards", "1234 0000 0001000000000000 c012 00010001 00", "header FORMERR QUERY []"),
        Row(
            "a name of 255 octets",
            "1234 0000 0001000000000000" + String(repeating: "0141", count: 127) + "00 00010001",
            "query 255 A IN [] end 271"
        ),
        Row(
            "a name of 256 octets",
            "1234 0000 0001000000000000 024242" + String(repeating: "0141", count: 126) + "00 00010001",
            "header FORMERR QUERY []"
        ),
        Row("the root", "1234 0100 0001000000000000 00 00020001", "query 1 NS IN [rd] end 17"),
        Row("any octets in a label", "1234 0000 0001000000000000 02ff2e00 00010001", "query 4 A IN [] end 20"),
    ]

    static let questions: [Row] = [
        Row("a question", "1234 0100 0001000000000000" + question, "query 5 A IN [rd] end 21"),
        Row("octets behind it", "1234 0100 0001000000000000" + question + "ffffff", "query 5 A IN [rd] end 21"),
        Row("AD, CD and Z", "1234 0070 0001000000000000" + question, "query 5 A IN [z ad cd] end 21"),
        Row("AA, TC, RA and a code", "1234 068f 0001000000000000" + question, "query 5 A IN [aa tc ra] end 21"),
        Row("class CH", "1234 0000 0001000000000000 0141016200 0010 0003", "query 5 TXT CH [] end 21"),
        Row("ANY", "1234 0000 0001000000000000 0141016200 00ff 0001", "query 5 ANY IN [] end 21"),
        Row("AXFR", "1234 0000 0001000000000000 0141016200 00fc 0001", "query 5 AXFR IN [] end 21"),
        Row("type 0", "1234 0000 0001000000000000 0141016200 0000 0001", "query 5 TYPE0 IN [] end 21"),
        Row("type 65280", "1234 0000 0001000000000000 0141016200 ff00 0001", "query 5 TYPE65280 IN [] end 21"),
        Row("type OPT", "1234 0000 0001000000000000 0141016200 0029 0001", "refused FORMERR 5 OPT IN [] end 21"),
        Row("type TKEY", "1234 0000 0001000000000000 0141016200 00f9 0001", "refused FORMERR 5 TKEY IN [] end 21"),
        Row("type TSIG", "1234 0000 0001000000000000 0141016200 00fa 0001", "refused FORMERR 5 TSIG IN [] end 21"),
    ]

    static let extensions: [Row] = [
        Row("OPT", "1234 0000 0001000000000001" + question + opt, "query 5 A IN [] end 21, size 4096"),
        Row(
            "DO and flags that do not exist",
            "1234 0000 0001000000000001" + question + "00 0029 0000 0000ffff 0000",
            "query 5 A IN [] end 21, size 0 do"
        ),
        Row(
            "version 1",
            "1234 0000 0001000000000001" + question + "00 0029 ffff 00010000 0003 ffffff",
            "refused BADVERS 5 A IN [] end 21, size 65535"
        ),
        Row(
            "two OPTs",
            "1234 0000 0001000000000002" + question + opt + opt,
            "refused FORMERR 5 A IN [] end 21"
        ),
        Row(
            "OPT of a name",
            "1234 0000 0001000000000001" + question + "0161" + opt,
            "refused FORMERR 5 A IN [] end 21"
        ),
        Row(
            "OPT among the answers",
            "1234 0000 0001000100000000" + question + opt,
            "refused FORMERR 5 A IN [] end 21"
        ),
        Row(
            "OPT among the authorities",
            "1234 0000 0001000000010000" + question + opt,
            "refused FORMERR 5 A IN [] end 21"
        ),
        Row("OPT that is missing", "1234 0000 0001000000000001" + question, "refused FORMERR 5 A IN [] end 21"),
        Row(
            "OPT behind the packet",
            "1234 0000 0001000000000001" + question + "00 0029 1000 00000000 0005 00000000",
            "refused FORMERR 5 A IN [] end 21"
        ),
        Row(
            "an option behind its OPT",
            "1234 0000 0001000000000001" + question + "00 0029 1000 00000000 0005 0003000200 00",
            "refused FORMERR 5 A IN [] end 21"
        ),
        Row(
            "an option without a length",
            "1234 0000 0001000000000001" + question + "00 0029 1000 00000000 0002 0003",
            "refused FORMERR 5 A IN [] end 21"
        ),
        Row(
            "a cookie behind other options",
            "1234 0000 0001000000000001" + question + "00 0029 1000 00000000 0018"
                + "ffff0000 000800040001 0000 000a0008 0102030405060708",
            "query 5 A IN [] end 21, size 4096 cookie 48+8 options 74"
        ),
        Row(
            "NSID, EXPIRE, keepalive, padding",
            "1234 0000 0001000000000001" + question + "00 0029 1000 00000000 0010 00030000 00090000 000b0000 000c0000",
            "query 5 A IN [] end 21, size 4096 options 53"
        ),
        Row(
            "an SOA record of IXFR before OPT",
            "1234 0000 0001000000010001 0141016200 00fb 0001 c00c 0006 0001 00000000 0000" + opt,
            "query 5 IXFR IN [] end 21, size 4096"
        ),
        Row(
            "OPT and a signature",
            "1234 0000 0001000000000002" + question + opt + "0161 00 00fa 00ff 00000000 0001 00",
            "query 5 A IN [] end 21, size 4096"
        ),
        Row(
            "a record whose owner points to itself",
            "1234 0000 0001000000000001" + question + "c015 0001 0001 00000000 0000",
            "refused FORMERR 5 A IN [] end 21"
        ),
    ]

    @Test(arguments: headers + names + questions + extensions)
    func `a packet is taken for what it is`(row: Row) {
        #expect(Self.outcome(ReceivedPacket(Samples.octets(row.packet).span)) == row.outcome)
    }

    @Test func `a padded query of 4096 octets is one`() throws {
        let padding = EDNSOption(.padding, Array(repeating: 0, count: 4096 - 17 - 11 - 4))
        let message = Message(
            id: 1,
            questions: [Question(.root, .a)],
            edns: EDNS(payloadSize: 1232, options: [padding])
        )
        let packet = message.encoded()
        #expect(packet.count == 4096)
        #expect(Self.outcome(ReceivedPacket(packet.span)) == "query 1 A IN [] end 17, size 1232 options 32")
    }

    @Test(arguments: [(nil, 512), (0, 512), (511, 512), (513, 513), (1232, 1232), (1233, 1232), (65535, 1232)])
    func `a reply is as long as both sides take`(size: UInt16?, limit: Int) throws {
        let edns = size.map { EDNS(payloadSize: $0) }
        let packet = Message(id: 1, questions: [Question(.root, .a)], edns: edns).encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else {
            Issue.record("not a query")
            return
        }
        #expect(query.payloadLimit(own: 1232) == limit)
    }

    static func outcome(_ packet: ReceivedPacket) -> String {
        switch packet {
        case .ignored: "ignored"
        case .rejected(let reply): "header \(reply.code) \(reply.opcode) [\(reply.flags)]"
        case .refused(let query, let code): "refused \(code) \(description(query))"
        case .query(let query): "query \(description(query))"
        }
    }

    private static func description(_ query: Query) -> String {
        let text = "\(query.nameLength) \(query.type) \(query.recordClass) [\(query.flags)] end \(query.questionEnd)"
        guard let edns = query.edns else { return text }
        let cookie = edns.cookieOffset == 0 ? "" : " cookie \(edns.cookieOffset)+\(edns.cookieLength)"
        let options = edns.options.isEmpty ? "" : " options \(edns.options.rawValue)"
        return "\(text), size \(edns.payloadSize)\(edns.dnssecOK ? " do" : "")\(cookie)\(options)"
    }
}
