import HTTPWire
import HeapCounter
import Testing

/// What reading and writing a head asks the heap for: as much for many fields as for a few. In a debug build that is not
/// nothing, as it is in a release build; `Packaging/bench http` counts what a whole request takes there.
@Suite struct AllocationTests {
    private static let numbers = [1, 10, 60]

    /// How often `body` asks the heap for memory, once its buffers have grown.
    private static func requests(_ body: () -> Void) -> UInt64 {
        for _ in 0..<200 { body() }
        let before = heap_counter_requests()
        body()
        return heap_counter_requests() - before
    }

    private static func fields(_ count: Int) -> String {
        (0..<count).map { "X-Field-\($0): value \($0)⏎Accept: text/html⏎" }.joined()
    }

    private static func request(_ count: Int) -> [UInt8] {
        Wire.octets("GET /api?a=b HTTP/1.1⏎Host: example.org⏎Connection: keep-alive⏎" + fields(count) + "⏎")
    }

    @Test func `what is asked of the heap is counted`() {
        var array: [Int] = []
        #expect(Self.requests { array = Array(repeating: 0, count: 9) } == 1)
        #expect(array.count == 9)
    }

    @Test func `a request takes no memory for its fields`() {
        var parser = RequestParser(HeadLimits())
        let counts = Self.numbers.map { number in
            let octets = Self.request(number)
            return Self.requests {
                var scanned = 0
                if parser.parse(octets.span, resumingAt: &scanned) != .complete(length: octets.count) {
                    Issue.record("refused")
                }
            }
        }
        #expect(Set(counts).count == 1, "\(counts)")
    }

    @Test func `a request that comes octet by octet takes no memory for its octets`() {
        var parser = RequestParser(HeadLimits())
        let octets = Self.request(5)
        let counts = [0, octets.count - 1].map { first in
            Self.requests {
                var scanned = 0
                for end in first..<octets.count - 1 {
                    _ = parser.parse(octets.span.extracting(0..<end), resumingAt: &scanned)
                }
            }
        }
        #expect(counts == [0, 0])
    }

    @Test func `a response takes no memory for its fields`() {
        var parser = ResponseParser(HeadLimits())
        let counts = Self.numbers.map { number in
            let octets = Wire.octets("HTTP/1.1 200 OK⏎Content-Length: 0⏎" + Self.fields(number) + "⏎")
            return Self.requests {
                var scanned = 0
                if parser.parse(octets.span, resumingAt: &scanned, to: .get) != .complete(length: octets.count) {
                    Issue.record("refused")
                }
            }
        }
        #expect(Set(counts).count == 1, "\(counts)")
    }

    @Test func `a head is written without memory for its fields`() {
        var buffer = OctetBuffer()
        let counts = Self.numbers.map { number in
            let octets = Self.request(number)
            var parser = RequestParser(HeadLimits())
            var scanned = 0
            _ = parser.parse(octets.span, resumingAt: &scanned)
            let head = parser.head
            return Self.requests {
                buffer.removeAll()
                buffer.appendFields(copy: head.fields, of: octets.span) { !$0.name.isOfConnection }
            }
        }
        #expect(Set(counts).count == 1, "\(counts)")
    }

    @Test func `a body in chunks takes no memory for its chunks`() {
        let counts = Self.numbers.map { number in
            let octets = Wire.octets(String(repeating: "5;a=b⏎hello⏎", count: number) + "0⏎⏎")
            return Self.requests {
                var reader = ChunkedReader()
                var offset = 0
                while reader.next(octets.span, from: &offset) != .end {}
            }
        }
        #expect(Set(counts).count == 1, "\(counts)")
    }

    @Test func `a field block of HTTP 2 is read without memory for its fields`() {
        let counts = Self.numbers.map { number in
            var encoder = HPACKEncoder()
            var block = OctetBuffer()
            for index in 0..<number {
                let name = Array("x-field-\(index % 20)".utf8)
                encoder.append(name: name.span, value: name.span, to: &block)
            }
            var decoder = HPACKDecoder()
            var fields = FieldSectionBuffer()
            return Self.requests {
                fields.removeAll()
                do { try decoder.decode(block.octets.span, into: &fields, limit: 1 << 20) } catch {
                    Issue.record("\(error)")
                }
            }
        }
        #expect(Set(counts).count == 1, "\(counts)")
    }
}
