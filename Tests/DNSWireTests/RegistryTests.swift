import DNSWire
import NetworkTypes
import Testing

@Suite struct RegistryTests {
    @Test(arguments: [
        (RecordType.a, "A"), (.aaaa, "AAAA"), (.https, "HTTPS"), (.init(rawValue: 65280), "TYPE65280"),
        (.init(rawValue: 0), "TYPE0"),
    ])
    func `types have names, or numbers behind TYPE`(type: RecordType, text: String) {
        #expect(type.description == text)
        #expect(RecordType(parsing: text) == type)
        #expect(RecordType(parsing: text.lowercased()) == type)
    }

    @Test(arguments: ["", "B", "TYPE", "TYPE65536", "TYPE-1", "1"])
    func `other text is no type`(text: String) {
        #expect(RecordType(parsing: text) == nil)
    }

    @Test func `classes, opcodes, response codes and options do alike`() {
        #expect("\(RecordClass.in) \(RecordClass.ch) \(RecordClass(rawValue: 7))" == "IN CH CLASS7")
        #expect("\(Opcode.notify) \(Opcode(rawValue: 15))" == "NOTIFY OPCODE15")
        #expect("\(ResponseCode.nameError) \(ResponseCode(rawValue: 4000))" == "NXDOMAIN RCODE4000")
        #expect("\(OptionCode.cookie) \(OptionCode(rawValue: 65001))" == "COOKIE OPT65001")
        #expect("\(ExtendedErrorCode.notReady) \(ExtendedErrorCode(rawValue: 99))" == "Not Ready EDE99")
        #expect(ExtendedErrorCode(parsing: "stale answer") == .staleAnswer)
        #expect(ResponseCode(parsing: "servfail") == .serverFailure)
    }

    @Test func `numbers wider than their field are cut`() {
        #expect(Opcode(rawValue: 0x1f).rawValue == 0xf)
        #expect(ResponseCode(rawValue: 0xffff).rawValue == 0xfff)
    }

    @Test func `flags read as dig shows them`() {
        let flags: HeaderFlags = [.response, .authoritative, .recursionDesired, .recursionAvailable]
        #expect(flags.description == "qr aa rd ra")
        #expect(flags.rawValue == 0x8580)
    }

    static let records: [(RecordData, RecordType, String)] = [
        (.a(IPv4Address(192, 0, 2, 1)), .a, "192.0.2.1"),
        (.aaaa(IPv6Address(rawValue: 1)), .aaaa, "::1"),
        (.cname(.root), .cname, "."),
        (.srv(ServiceLocation(weight: 100, port: 80, target: .root)), .srv, "0 100 80 ."),
        (.mx(preference: 10, exchange: .root), .mx, "10 ."),
        (.txt("1.1.0"), .txt, #""1.1.0""#),
        (.txt([Array(#"a "b\"#.utf8), [7]]), .txt, #""a \"b\\" "\007""#),
        (.hinfo(processor: Array("RFC8482".utf8), system: []), .hinfo, #""RFC8482" """#),
        (.other(.https, [1, 0xab]), .https, "\\# 2 01ab"),
        (.other(RecordType(rawValue: 65280), []), RecordType(rawValue: 65280), "\\# 0"),
    ]

    @Test(arguments: records)
    func `records read as lines of a zone file`(data: RecordData, type: RecordType, text: String) throws {
        let record = ResourceRecord(try DNSName(parsing: "a.b"), ttl: 5, data)
        #expect(record.type == type)
        #expect(record.description == "a.b. 5 IN \(type) \(text)")
    }
}
