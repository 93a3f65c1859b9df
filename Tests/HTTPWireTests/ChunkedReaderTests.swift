import HTTPWire
import Testing

/// Bodies in chunks (RFC 9112 section 7.1): the data that comes out, then how the body ends and what is left.
@Suite struct ChunkedReaderTests {
    static let bodies: [Row] = [
        Row("nothing", "0⏎⏎", "[] end"),
        Row("a chunk", "5⏎hello⏎0⏎⏎", "[hello] end"),
        Row("two chunks", "5⏎hello⏎6⏎ world⏎0⏎⏎", "[hello world] end"),
        Row("letters in a size", "a⏎0123456789⏎0⏎⏎", "[0123456789] end"),
        Row("capitals in a size", "A⏎0123456789⏎0⏎⏎", "[0123456789] end"),
        Row("zeros before a size", "0000000000000005⏎hello⏎0000000000000000⏎⏎", "[hello] end"),
        Row("data that looks like chunks", "8⏎⏎0⏎⏎0⏎0⏎⏎", "[⏎0⏎⏎0] end"),
        Row("another message behind it", "1⏎a⏎0⏎⏎GET / HTTP/1.1⏎", "[a] end <GET / HTTP/1.1⏎>"),
        Row("not all of it", "5⏎hel", "[hel] more"),
        Row("all but the end", "5⏎hello⏎0⏎", "[hello] more"),
        Row("nothing yet", "", "[] more"),
    ]

    static let sizes: [Row] = [
        Row("no size", "⏎hello⏎", "[] malformed chunk size"),
        Row("no digits", "g⏎", "[] malformed chunk size"),
        Row("a prefix", "0x5⏎hello⏎", "[] malformed chunk size"),
        Row("a sign", "+5⏎hello⏎", "[] malformed chunk size"),
        Row("negative", "-5⏎hello⏎", "[] malformed chunk size"),
        Row("a blank before", " 5⏎hello⏎", "[] malformed chunk size"),
        Row("a tab before", "\t5⏎hello⏎", "[] malformed chunk size"),
        Row("a blank behind", "5 ⏎hello⏎", "[] malformed chunk size"),
        Row("a blank before an extension", "5 ;a⏎hello⏎", "[] malformed chunk size"),
        Row("a blank in it", "5 5⏎", "[] malformed chunk size"),
        Row("an underscore", "1_0⏎", "[] malformed chunk size"),
        Row("a comma", "5,5⏎", "[] malformed chunk size"),
        Row("a fraction", "5.0⏎", "[] malformed chunk size"),
        Row("quoted", "\"5\"⏎", "[] malformed chunk size"),
        Row("NUL", "5\u{0}⏎", "[] malformed chunk size"),
        Row("not ASCII", "5\u{b2}⏎", "[] malformed chunk size"),
        Row("a no-break space", "5\u{a0}⏎", "[] malformed chunk size"),
        Row("17 digits", "00000000000000005⏎hello⏎", "[] malformed chunk size"),
        Row("2^63", "8000000000000000⏎", "[] malformed chunk size"),
        Row("2^64 - 1", "ffffffffffffffff⏎", "[] malformed chunk size"),
        Row("2^64 + 5", "10000000000000005⏎hello⏎", "[] malformed chunk size"),
        Row("the largest", "7fffffffffffffff⏎a", "[a] more"),
        Row("LF at the end", "5\nhello⏎", "[] malformed chunk size"),
        Row("CR at the end", "5\rhello⏎", "[] malformed chunk size"),
        Row("two CRs at the end", "5\r⏎hello⏎", "[] malformed chunk size"),
        Row("a size of zero with LF", "0\n\n", "[] malformed chunk size"),
    ]

    static let ends: [Row] = [
        Row("more data than said", "4⏎hello⏎0⏎⏎", "[hell] malformed end of a chunk"),
        Row("less data than said", "6⏎hello⏎0⏎⏎", "[hello\r] malformed end of a chunk"),
        Row("no end of the data", "5⏎hello0⏎⏎", "[hello] malformed end of a chunk"),
        Row("LF behind the data", "5⏎hello\n0⏎⏎", "[hello] malformed end of a chunk"),
        Row("CR behind the data", "5⏎hello\r0⏎⏎", "[hello] malformed end of a chunk"),
        Row("two octets that are no end", "5⏎helloXX0⏎⏎", "[hello] malformed end of a chunk"),
        Row("an empty line behind the data", "5⏎hello⏎⏎0⏎⏎", "[hello] malformed chunk size"),
        Row("CR at the end of the body", "0⏎\rX", "[] carriage return without line feed"),
        Row("LF at the end of the body", "0⏎\n", "[] line feed without carriage return"),
    ]

    static let extensions: [Row] = [
        Row("a name", "5;a⏎hello⏎0⏎⏎", "[hello] end"),
        Row("a value", "5;a=b⏎hello⏎0⏎⏎", "[hello] end"),
        Row("a value in quotes", "5;a=\"b\\\";,\u{e9}\"⏎hello⏎0⏎⏎", "[hello] end"),
        Row("two of them", "5;a;b=c⏎hello⏎0;d=\"\";e⏎⏎", "[hello] end"),
        Row("blanks and tabs", "5; a\t= b⏎hello⏎0⏎⏎", "[hello] end"),
        Row("nothing", "5;⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("nothing but another", "5;;a⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("nothing behind another", "5;a;⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("no value", "5;a=⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("no name", "5;=a⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("two values", "5;a=b=c⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("a blank before another", "5;a ;b⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("two words", "5;a b⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("a blank at the end", "5;a ⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("a name that is no token", "5;a@b⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("quotes that do not end", "5;a=\"b⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("more behind quotes", "5;a=\"b\"c⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("an escape at the end", "5;a=\"b\\⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("LF in it", "5;a\nhello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("LF in quotes", "5;a=\"\n\"⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("CR in it", "5;a\rb⏎hello⏎0⏎⏎", "[] malformed chunk size"),
        Row("NUL in it", "5;\u{0}⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("DEL in it", "5;\u{7f}⏎hello⏎0⏎⏎", "[] malformed chunk extension"),
        Row("as much as may be", "5;" + letters(7) + "⏎hello⏎0;" + letters(7) + "⏎⏎", "[hello] end"),
        Row("more", "5;" + letters(7) + "⏎hello⏎0;" + letters(8) + "⏎⏎", "[hello] chunk extensions too long"),
        Row("without end", "5;" + letters(16), "[] chunk extensions too long"),
        Row("a little with each chunk", repeated("1;b⏎a⏎", 9), "[" + letters(8, "a") + "] chunk extensions too long"),
    ]

    static let trailers: [Row] = [
        Row("a field", "0⏎X: y⏎⏎", "[] end X=y"),
        Row("two fields", "0⏎X: y⏎Grpc-Status:0⏎⏎rest", "[] end X=y Grpc-Status=0 <rest>"),
        Row("no value", "0⏎X:⏎⏎", "[] end X="),
        Row("what frames, routes and authorises", "0⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎Host: a⏎⏎", "[] end"),
        Row("what is of the connection", "0⏎Connection: close⏎X: y⏎Upgrade: a⏎⏎", "[] end X=y"),
        Row("who sends it", "0⏎Authorization: a⏎Cookie: b⏎X-Forwarded-For: c⏎⏎", "[] end"),
        Row("a blank before the colon", "0⏎X : y⏎⏎", "[] blank before the colon of a field"),
        Row("a folded field", "0⏎X: y⏎ z⏎⏎", "[] folded field"),
        Row("no colon", "0⏎X⏎⏎", "[] malformed field name"),
        Row("a request", "0⏎GET / HTTP/1.1⏎⏎", "[] blank before the colon of a field"),
        Row("NUL", "0⏎X: \u{0}⏎⏎", "[] control octet in a field"),
        Row("LF at the end", "0⏎X: y\n⏎", "[] line feed without carriage return"),
        Row("CR in it", "0⏎X: y\rz⏎⏎", "[] carriage return without line feed"),
        Row("LF at the very end", "0⏎X: y⏎\n", "[] line feed without carriage return"),
        Row("CR at the very end", "0⏎X: y⏎\r\r\n", "[] carriage return without line feed"),
        Row("as long as may be", "0⏎X: " + letters(89) + "⏎⏎", "[] end X=" + letters(89)),
        Row("longer", "0⏎X: " + letters(90) + "⏎⏎", "[] fields too long"),
        Row("without end", "0⏎" + letters(97), "[] fields too long"),
        Row("three fields", "0⏎X:⏎X:⏎X:⏎⏎", "[] end X= X= X="),
        Row("four fields", "0⏎X:⏎X:⏎X:⏎X:⏎⏎", "[] too many fields"),
    ]

    static let limits = ChunkLimits(extensions: 16, trailers: 96, trailerCount: 3)

    @Test(arguments: bodies + sizes + ends + extensions + trailers)
    func `a body in chunks is read or refused`(row: Row) {
        row.check { Self.read($0, cuts: $1) }
    }

    @Test func `data is told where it stands, in as few pieces as there are`() {
        let octets = Wire.octets("5⏎hello⏎1;a⏎!⏎0⏎⏎")
        var reader = ChunkedReader()
        var offset = 0
        var events: [ChunkEvent] = []
        repeat { events.append(reader.next(octets.span, from: &offset)) } while events.last != .end
        #expect(events == [.data(3..<8), .data(15..<16), .end])
        #expect(offset == octets.count)
    }

    static func read(_ octets: [UInt8], cuts: [Int], limits: ChunkLimits = limits) -> String {
        var reader = ChunkedReader(limits)
        var data: [UInt8] = []
        var start = 0
        for end in cuts + [octets.count] {
            let part = octets.span.extracting(start..<end)
            var offset = 0
            reading: while true {
                switch reader.next(part, from: &offset) {
                case .data(let range): for index in range { data.append(part[index]) }
                case .needsMore: break reading
                case .refused(let fault): return "[\(Wire.text(data))] \(fault.reason)"
                case .end: return "[\(Wire.text(data))] end" + trailers(reader) + rest(octets[(start + offset)...])
                }
            }
            start = end
        }
        return "[\(Wire.text(data))] more"
    }

    private static func trailers(_ reader: ChunkedReader) -> String {
        let fields = reader.trailers
        let octets = reader.trailerOctets
        return (0..<fields.count).map {
            " " + Wire.text(octets[fields[$0].nameRange]) + "=" + Wire.text(octets[fields[$0].valueRange])
        }.joined()
    }

    private static func rest(_ octets: ArraySlice<UInt8>) -> String {
        octets.isEmpty ? "" : " <\(Wire.text(octets))>"
    }

    private static func letters(_ count: Int, _ letter: String = "x") -> String {
        String(repeating: letter, count: count)
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
}
