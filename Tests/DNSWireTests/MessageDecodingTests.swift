import DNSWire
import Testing

@Suite struct MessageDecodingTests {
    @Test func `a query is read`() throws {
        let query = try Message(decoding: Samples.query)
        #expect(query.id == 0x1234)
        #expect(query.flags == .recursionDesired)
        #expect(query.questions.map(\.description) == ["kubernetes.default.svc.cluster.local. IN A"])
        #expect(query.edns == nil)
    }

    @Test func `options are read`() throws {
        let query = try Message(decoding: Samples.queryWithOptions)
        #expect(query.questions.map(\.description) == ["Example.COM. IN AAAA"])
        let options = [EDNSOption(.cookie, [1, 2, 3, 4, 5, 6, 7, 8]), EDNSOption(.padding, [0, 0, 0, 0])]
        #expect(query.edns == EDNS(payloadSize: 4096, dnssecOK: true, options: options))
    }

    @Test func `services and their addresses are read`() throws {
        let message = try Message(decoding: Samples.services)
        #expect(message.flags.description == "qr aa rd ra")
        #expect(
            message.answers.map(\.description) == [
                "_http._tcp.hdls.testns.svc.cluster.local. 5 IN SRV 0 50 8080 web-0.hdls.testns.svc.cluster.local.",
                "_http._tcp.hdls.testns.svc.cluster.local. 5 IN SRV 0 50 8080 10-42-0-3.hdls.testns.svc.cluster.local.",
            ]
        )
        #expect(
            message.additionals.map(\.description) == [
                "web-0.hdls.testns.svc.cluster.local. 5 IN A 10.42.0.2",
                "web-0.hdls.testns.svc.cluster.local. 5 IN AAAA fd00:42::2",
                "10-42-0-3.hdls.testns.svc.cluster.local. 5 IN A 10.42.0.3",
            ]
        )
        #expect(message.edns == EDNS(payloadSize: 1232))
    }

    @Test func `a negative answer and its reason are read`() throws {
        let message = try Message(decoding: Samples.nameError)
        #expect(message.code == .nameError)
        #expect(
            message.authorities.map(\.description) == [
                "cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 5"
            ]
        )
        let reason = message.edns?.options.first?.extendedError
        #expect(reason?.code == .notReady)
        #expect(reason?.text == "starting")
    }

    @Test func `a chain is read`() throws {
        let message = try Message(decoding: Samples.chain)
        #expect(
            message.answers.map(\.description) == [
                "www.example.com. 300 IN CNAME a.example.net.", "a.example.net. 60 IN A 192.0.2.2",
                "a.example.net. 60 IN A 192.0.2.1",
            ]
        )
        #expect(
            message.authorities.map(\.description) == [
                "example.net. 3600 IN NS ns1.example.net.", "example.net. 3600 IN NS ns2.example.org.",
            ]
        )
        #expect(message.additionals.map(\.description) == ["ns1.example.net. 3600 IN AAAA 2001:db8::53"])
    }

    @Test func `every type is read, those without a case as octets`() throws {
        let message = try Message(decoding: Samples.types)
        #expect(
            message.answers.map { "\($0.type) \($0.data)" } == [
                "MX 10 mail.example.org.", "MX 20 mail2.example.org.", #"TXT "v=spf1 -all" "second""#,
                #"HINFO "RFC8482" """#,
                "NAPTR \\# 38 0064000a0153075349502b44325500045f736970045f756470076578616d706c65036f726700",
                "HTTPS \\# 18 0001000001000302683200040004c0000207",
                "TYPE257 \\# 17 0005697373756563612e6578616d706c65", "PTR host.example.org.",
                "DNAME \\# 13 076578616d706c65036e657400",
            ]
        )
    }

    @Test func `octets behind the last record are ignored`() throws {
        for sample in Samples.all {
            #expect(try Message(decoding: sample + [1, 2, 3]) == Message(decoding: sample))
        }
    }

    @Test func `every packet that stops early is refused at its end or before`() {
        for sample in Samples.all {
            let refused = (0..<sample.count).filter { length in
                do throws(DNSParseError) {
                    _ = try Message(decoding: Array(sample[..<length]))
                    return false
                } catch {
                    return error.offset <= length
                }
            }
            #expect(refused.count == sample.count)
        }
    }

    /// Questions and records behind a header with these counts → what is wrong and where.
    static let malformed: [(String, String, DNSParseError.Fault, Int)] = [
        ("a count that lies", "0001000000000000", .truncated, 12),
        ("a pointer to itself", "0001000000000000 c00c 00010001", .badPointer, 12),
        ("a pointer forwards", "0001000000000000 c010 00010001 00", .badPointer, 12),
        ("a pointer to the header", "0001000000000000 c000 00010001", .badPointer, 12),
        ("a pointer into its own run of labels", "0001000000000000 0161c00c 00010001", .badPointer, 14),
        ("half a pointer", "0001000000000000 c0", .truncated, 13),
        ("a label of kind 01", "0001000000000000 4161 00010001", .reservedLabel, 12),
        ("a label of kind 10", "0001000000000000 8161 00010001", .reservedLabel, 12),
        (
            "a name of 256 octets",
            "0001000000000000" + String(repeating: "0161", count: 127) + "0100 00 00010001", .longName, 266
        ),
        ("data behind the packet", "0000000100000000 00 0001000100000000 0005 01020304", .truncated, 27),
        ("an address of three octets", "0000000100000000 00 0001000100000000 0003 01020304", .malformedData, 26),
        ("an address of five octets", "0000000100000000 00 0001000100000000 0005 0102030405", .malformedData, 27),
        ("a name longer than its data", "0000000100000000 00 0005000100000000 0002 016100", .malformedData, 25),
        ("a name shorter than its data", "0000000100000000 00 0005000100000000 0002 0000", .malformedData, 24),
        ("a string behind its data", "0000000100000000 00 0010000100000000 0002 0261 61", .malformedData, 25),
        ("a text without a string", "0000000100000000 00 0010000100000000 0000", .malformedData, 23),
        ("an OPT among the answers", "0000000100000000 00 0029100000000000 0000", .misplacedExtension, 12),
        ("an OPT among the authorities", "0000000000010000 00 0029100000000000 0000", .misplacedExtension, 12),
        ("an OPT with a name", "0000000000000001 0161 00 0029100000000000 0000", .misplacedExtension, 12),
        (
            "two OPTs", "0000000000000002 00 0029100000000000 0000 00 0029100000000000 0000", .secondExtension, 23
        ),
        ("an OPT behind the packet", "0000000000000001 00 0029100000000000 0005 00", .truncated, 24),
        ("an option behind its OPT", "0000000000000001 00 0029100000000000 0005 000a000201 02", .malformedOption, 28),
    ]

    @Test(arguments: malformed)
    func `a malformed packet is refused with reason and place`(
        what: String,
        digits: String,
        fault: DNSParseError.Fault,
        offset: Int
    ) {
        let packet = Samples.octets("12340000" + digits)
        #expect(throws: DNSParseError(fault, at: offset), "\(what)") { try Message(decoding: packet) }
    }

    @Test func `a chain of pointers ends after 127`() throws {
        // A name at 23, then pointers each to the one before, in the data of a record of unknown type.
        for (pointers, isRead) in [(127, true), (128, false)] {
            var chain: [UInt8] = [1, 97, 0]
            var target = 23
            for _ in 1..<pointers {
                chain += pointer(target)
                target = 23 + chain.count - 2
            }
            let packet =
                Samples.octets("123400000000000200000000 00 ff00000100000000")
                + [UInt8(chain.count >> 8), UInt8(chain.count & 0xff)] + chain + pointer(target)
                + Samples.octets("ff00000100000000 0000")
            #expect((try? Message(decoding: packet))?.answers.last?.name.description == (isRead ? "a." : nil))
        }
    }

    private func pointer(_ target: Int) -> [UInt8] { [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)] }

    @Test func `names of old types are written out`() throws {
        // MINFO with two pointers to the question, RP with a pointer behind a label.
        let packet = Samples.octets(
            "123400000001000200000000 016100 000e0001 c00c000e000100000000 0004c00cc00c c00c0011000100000000 0005 0162c00c00"
        )
        let message = try Message(decoding: packet)
        #expect(
            message.answers.map(\.data) == [
                .other(RecordType(rawValue: 14), [1, 97, 0, 1, 97, 0]),
                .other(RecordType(rawValue: 17), [1, 98, 1, 97, 0, 0]),
            ]
        )
    }

    @Test func `a TTL with its top bit set is zero`() throws {
        let packet = Samples.octets("123400000000000100000000 00 0001000180000005 000401020304")
        #expect(try Message(decoding: packet).answers.map(\.ttl) == [0])
    }

    @Test func `an address of another class keeps its octets`() throws {
        let packet = Samples.octets("123400000000000100000000 00 0001000300000005 0002 0102")
        #expect(try Message(decoding: packet).answers.map(\.data) == [.other(.a, [1, 2])])
    }
}
