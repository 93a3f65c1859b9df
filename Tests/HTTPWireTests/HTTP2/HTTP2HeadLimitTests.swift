import HTTPWire
import Testing

/// Heads and trailers of HTTP/2 of the greatest size, and of one more: what is written keeps the limits of its reader.
@Suite struct HTTP2HeadLimitTests {
    private static let get = ":method=GET | :scheme=https | :authority=a | :path=/"

    private static func repeated(_ field: String, _ count: Int) -> String {
        String(repeating: " | " + field, count: count)
    }

    private func isTooLarge(_ text: String, _ limits: HeadLimits) -> Bool {
        Translation.request(HTTP2Section(text), limits) == "tooLarge"
    }

    /// What is sent, and how many lines of fields it has in HTTP/1.
    static let counts: [(String, Int)] = [
        (get, 1),
        (get + " | host=a", 1),
        (get + " | x=1", 2),
        (get + " | x=1 | x=2", 3),
        (get + " | cookie=a", 2),
        (get + repeated("cookie=a=b", 300), 2),
        (get + " | te=trailers", 3),
        (get + " | te=trailers | te=trailers", 3),
        (get + " | content-length=0", 2),
        (get + " | then body", 2),
        (get + " | content-length=1 | then body", 2),
        (":method=POST | :scheme=https | :path=/", 2),
        (get + repeated("x=1", 127), 128),
        (get + repeated("x=1", 300), 301),
    ]

    @Test(arguments: counts) func `as many fields as lines may be are taken, and not one more`(text: String, count: Int)
    {
        #expect(!isTooLarge(text, HeadLimits(fieldCount: count)))
        #expect(isTooLarge(text, HeadLimits(fieldCount: count - 1)))
    }

    @Test func `fields that frame the message are known wherever they stand`() {
        let limits = HeadLimits(fieldCount: 1_000)
        let many = Self.get + Self.repeated("x=1", 300)
        let head = Translation.request(
            HTTP2Section("\(many) | content-length=5 | te=trailers | host=a | cookie=a | cookie=b | then body"),
            limits
        )
        #expect(head.hasSuffix("x: 1⏎Cookie: a; b⏎Connection: TE⏎TE: trailers⏎Content-Length: 5⏎⏎"))
        for (fields, fault) in [
            ("host=b", "authority"), ("content-length=5", "contentLength"), ("connection=x", "connectionField"),
            (":path=/", "pseudoFields"), ("X=1", "fieldName"), ("x=\r", "fieldValue"),
        ] {
            #expect(Translation.request(HTTP2Section("\(many) | \(fields)"), limits) == fault)
        }
    }

    @Test(arguments: [get + " | x=1", get, get + " | cookie=a | cookie=b | te=trailers | then body"])
    func `the octets of the fields are counted as they are written`(text: String) {
        let head = Translation.request(HTTP2Section(text))
        let fields = Wire.octets(head).count - "GET / HTTP/1.1\r\n".utf8.count
        #expect(!isTooLarge(text, HeadLimits(fields: fields)))
        #expect(isTooLarge(text, HeadLimits(fields: fields - 1)))
    }

    @Test(arguments: [
        (get, 16), (":method=OPTIONS | :scheme=https | :path=/a?b", 23), (":method=CONNECT | :authority=a:1", 22),
    ])
    func `the first line is counted with its end`(text: String, count: Int) {
        #expect(!isTooLarge(text, HeadLimits(firstLine: count)))
        #expect(isTooLarge(text, HeadLimits(firstLine: count - 1)))
    }

    static let responseCounts: [(String, Int)] = [
        (":status=200", 1),
        (":status=200 | x=1", 2),
        (":status=200" + repeated("x=1", 127), 128),
    ]

    @Test(arguments: responseCounts) func `fields of responses are counted as lines too`(text: String, count: Int) {
        #expect(Translation.response(HTTP2Section(text), HeadLimits(fieldCount: count)) != "tooLarge")
        #expect(Translation.response(HTTP2Section(text), HeadLimits(fieldCount: count - 1)) == "tooLarge")
        let fields = Wire.octets(Translation.response(HTTP2Section(text))).count - "HTTP/1.1 200 OK\r\n".utf8.count
        #expect(Translation.response(HTTP2Section(text), HeadLimits(fields: fields)) != "tooLarge")
        #expect(Translation.response(HTTP2Section(text), HeadLimits(fields: fields - 1)) == "tooLarge")
    }

    @Test func `so are those of trailers`() {
        func trailers(_ count: Int, _ field: String = "x=1") -> String {
            Translation.trailers(HTTP2Section(Self.repeated(field, count)))
        }
        #expect(trailers(32) == "0⏎" + String(repeating: "x: 1⏎", count: 32) + "⏎")
        #expect(trailers(33) == "tooLarge")
        // Each line of 1,024 octets, and two for the end.
        let line = "x=" + String(repeating: "a", count: 1_019)
        #expect(trailers(7, line) != "tooLarge")
        #expect(trailers(8, line) == "tooLarge")
        #expect(trailers(40, "cookie=a") == "0⏎⏎")
    }

    @Test func `a section of which fields were left out is refused`() throws {
        var block = OctetBuffer()
        var encoder = HPACKEncoder()
        encoder.begin(&block)
        for field in HTTP2Section(Self.get + " | x=1").fields {
            encoder.append(name: Wire.octets(field.name).span, value: Wire.octets(field.value).span, to: &block)
        }
        var decoder = HPACKDecoder(tableSize: 4_096)
        var fields = FieldSectionBuffer()
        try decoder.decode(block.octets.span, into: &fields, limit: 32)
        var buffer = OctetBuffer()
        func fault(_ write: (inout OctetBuffer) throws(HTTP2HeadFault) -> Void) -> HTTP2HeadFault? {
            do throws(HTTP2HeadFault) {
                try write(&buffer)
                return nil
            } catch {
                return error
            }
        }
        #expect(
            fault { (out) throws(HTTP2HeadFault) in
                _ = try fields.writeRequestHead(isEnd: true, HeadLimits(), webSocketKey: [], to: &out)
            } == .tooLarge
        )
        #expect(
            fault { (out) throws(HTTP2HeadFault) in
                _ = try fields.writeResponseHead(isEnd: true, isToHead: false, HeadLimits(), to: &out)
            } == .tooLarge
        )
        #expect(fault { (out) throws(HTTP2HeadFault) in try fields.writeTrailers(to: &out) } == .tooLarge)
        #expect(buffer.octets == [])
    }
}
