import HTTPWire
import Testing

/// What an encoder writes, in hexadecimal.
@Suite struct HPACKEncoderTests {
    private static let long = "0123456789abcdef0123"

    /// What is written of a field that comes three times.
    static let fields: [(name: String, value: String, blocks: [String])] = [
        // The static table has it.
        (":method", "GET", ["82", "82", "82"]), (":method", "POST", ["83", "83", "83"]),
        (":path", "/", ["84", "84", "84"]), (":path", "/index.html", ["85", "85", "85"]),
        (":scheme", "http", ["86", "86", "86"]), (":scheme", "https", ["87", "87", "87"]),
        (":status", "404", ["8d", "8d", "8d"]), ("Accept-Encoding", "gzip, deflate", ["90", "90", "90"]),
        // It repeats.
        (
            "Content-Type", "text/html",
            ["0f10 09 746578742f68746d6c", "5f 09 746578742f68746d6c", "be"]
        ),
        (":authority", "a.example", ["01 09 612e6578616d706c65", "41 09 612e6578616d706c65", "be"]),
        ("X-Abc", "def", ["00 05 782d616263 03 646566", "40 05 782d616263 03 646566", "be"]),
        (":unknown", "", ["00 08 3a756e6b6e6f776e 00", "40 08 3a756e6b6e6f776e 00", "be"]),
        // It is not worth an entry.
        (":method", "PUT", ["02 03 505554", "02 03 505554", "02 03 505554"]),
        ("content-length", "1234567", ["0f0d 07 31323334353637", "0f0d 07 31323334353637", "0f0d 07 31323334353637"]),
        ("x-a", "bcde", ["00 03 782d61 04 62636465", "00 03 782d61 04 62636465", "00 03 782d61 04 62636465"]),
        ("accept", "", ["0f04 00", "0f04 00", "0f04 00"]), ("", "", ["00 00 00", "00 00 00", "00 00 00"]),
        // It is only of this message.
        (":path", "/abcdefg", ["04 08 2f61626364656667", "04 08 2f61626364656667", "04 08 2f61626364656667"]),
        // It is secret.
        ("Cookie", "a=b", ["1f11 03 613d62", "1f11 03 613d62", "1f11 03 613d62"]),
        ("authorization", "abc", ["1f08 03 616263", "1f08 03 616263", "1f08 03 616263"]),
        ("set-cookie", "abc", ["1f28 03 616263", "1f28 03 616263", "1f28 03 616263"]),
        ("proxy-authorization", "abc", ["1f22 03 616263", "1f22 03 616263", "1f22 03 616263"]),
        ("cookie", long, Array(repeating: "0f11 14 3031323334353637383961626364656630313233", count: 3)),
        (
            "cookie", String(long.dropLast()),
            Array(repeating: "1f11 13 30313233343536373839616263646566303132", count: 3)
        ),
    ]

    @Test(arguments: fields)
    func `a field is written as short as is worth it`(name: String, value: String, blocks: [String]) {
        var encoder = HPACKEncoder()
        for block in blocks {
            #expect(Self.encode(name, value, &encoder) == block.replacing(" ", with: ""))
        }
    }

    @Test func `a sensitive field is never to be kept`() {
        var encoder = HPACKEncoder()
        for _ in 0..<3 {
            #expect(Self.encode("Server", "abcdefghij", isSensitive: true, &encoder) == "1f270a6162636465666768696a")
        }
    }

    @Test func `what is in the table is found whatever the case of its name, and only with its value`() {
        var encoder = HPACKEncoder()
        let value = "one value of which the ends and the middle are sampled, but not all of it"
        for _ in 0..<2 { _ = Self.encode("X-Request-Kind", value, &encoder) }
        #expect(Self.encode("x-request-KIND", value, &encoder) == "be")
        let other = value.replacing("of which", with: "in which")
        #expect(Self.encode("x-request-kind", other, &encoder).hasPrefix("000e782d72657175"))
        #expect(Self.encode("x-request-kine", value, &encoder).hasPrefix("000e782d72657175"))
    }

    @Test func `an entry that had to make room is written anew`() {
        var encoder = HPACKEncoder()
        encoder.allowTable(size: 200)
        for _ in 0..<2 { _ = Self.encode("server", "abcdefghi", &encoder) }
        #expect(Self.encode("server", "abcdefghi", &encoder) == "be")
        for index in 0..<5 {
            for _ in 0..<2 { _ = Self.encode("server", "abcdefg-\(index)", &encoder) }
        }
        #expect(Self.encode("server", "abcdefghi", &encoder) == "7609616263646566676869")
        #expect(Self.encode("server", "abcdefghi", &encoder) == "be")
    }

    @Test func `no entry takes more than a quarter of the table`() {
        var encoder = HPACKEncoder()
        for (count, isKept) in [(1_024 - 32 - 6, true), (1_024 - 32 - 5, false)] {
            let value = String(repeating: "x", count: count)
            for _ in 0..<2 { _ = Self.encode("server", value, &encoder) }
            #expect((Self.encode("server", value, &encoder) == "be") == isKept)
        }
    }

    /// What the peer allows between two blocks, and how the next one begins.
    static let sizes: [(allowed: [Int], beginning: String)] = [
        ([], ""), ([4_096], ""), ([8_192], ""), ([0], "20"), ([0, 4_096], "203fe11f"), ([0, 65_536], "203fe11f"),
        ([100], "3f45"), ([100, 50], "3f13"), ([50, 100], "3f133f45"), ([4_096, 100, 8_192], "3f453fe11f"),
        ([100, 100], "3f45"), ([100, 50, 70, 60], "3f133f1d"),
    ]

    @Test(arguments: sizes)
    func `a block begins with the smallest size and the last one, once`(allowed: [Int], beginning: String) {
        var encoder = HPACKEncoder()
        for size in allowed { encoder.allowTable(size: size) }
        for expected in [beginning, ""] {
            var block = OctetBuffer()
            encoder.begin(&block)
            #expect(FieldBlocks.hexadecimal(block.octets) == expected)
        }
    }

    @Test func `a table that was emptied between two blocks has nothing any more`() {
        var encoder = HPACKEncoder()
        for _ in 0..<2 { _ = Self.encode("server", "abcdefghi", &encoder) }
        encoder.allowTable(size: 0)
        encoder.allowTable(size: 4_096)
        #expect(Self.encode("server", "abcdefghi", &encoder) == "203fe11f7609616263646566676869")
        #expect(Self.encode("server", "abcdefghi", &encoder) == "be")
    }

    private static func encode(
        _ name: String,
        _ value: String,
        isSensitive: Bool = false,
        _ encoder: inout HPACKEncoder
    ) -> String {
        var block = OctetBuffer()
        encoder.begin(&block)
        encoder.append(name: name.utf8.span, value: value.utf8.span, isSensitive: isSensitive, to: &block)
        return FieldBlocks.hexadecimal(block.octets)
    }
}
