import HTTPWire
import Testing

/// Field blocks that a decoder has not seen anything before, in hexadecimal, and what they say.
@Suite struct HPACKDecoderTests {
    static let blocks: [(block: String, fields: String)] = [
        ("", ""),
        ("82 87 84", ":method: GET | :scheme: https | :path: /"),
        ("bd", "www-authenticate: "),
        // Indices.
        ("80", "malformed"), ("be", "malformed"), ("ff 00", "malformed"), ("7f 00 00", "malformed"),
        ("0f 2f 00", "malformed"), ("1f 2f 00", "malformed"), ("7e 00", "malformed"),
        // Integers.
        ("ff", "malformed"), ("ff 80", "malformed"), ("ff ff ff ff ff 7f", "malformed"),
        ("ff 80 80 80 80 80 00", "malformed"), ("ff ff ff ff ff ff ff ff ff ff 01", "malformed"),
        ("0f 80 80 80 80 00 00", "accept-charset: "), ("0f 80 80 80 80 80 00 00", "malformed"),
        // Literals.
        ("00 00 00", ": "), ("10 00 00", "!: "), ("40 00 00", ": "), ("1f 04 01 61", "!accept: a"),
        ("00 01 41 01 0a", "A: \n"), ("04 00 04 01 62", ":path:  | :path: b"),
        ("40", "malformed"), ("00", "malformed"), ("00 01", "malformed"), ("00 01 61", "malformed"),
        ("00 01 61 01", "malformed"), ("00 01 61 02 61", "malformed"), ("04", "malformed"), ("82 04 01", "malformed"),
        ("04 7f 80 80 80 80 10", "malformed"), ("04 7f ff ff ff ff 7f 61", "malformed"),
        // Huffman's code.
        ("04 80", ":path: "), ("04 81 1f", ":path: a"), ("04 81 07 04 81 1f", ":path: 0 | :path: a"),
        ("00 81 1f 81 1f", "a: a"), ("04 81 18", "malformed"), ("04 81 1e", "malformed"), ("04 81 00", "malformed"),
        ("04 81 ff", "malformed"), ("04 82 1f ff", "malformed"), ("04 81 fe", "malformed"), ("04 82 1f", "malformed"),
        ("04 84 ff ff ff ff", "malformed"), ("04 84 ff ff ff fc", "malformed"), ("04 85 1f ff ff ff ff", "malformed"),
        ("04 8a 1f 1f 1f 1f 1f 1f ff ff ff ff", "malformed"), ("04 88 f8 f8 f8 f8 f8 f8 f8 ff", "malformed"),
        ("04 83 ff ff fb", "malformed"),
        // Size updates.
        ("20 82", ":method: GET"), ("20 3f e1 1f 82", ":method: GET"), ("20", ""), ("82 20", "malformed"),
        ("20 20 20", "malformed"), ("3f e1 1f", ""), ("3f e2 1f", "malformed"), ("3f ff ff ff ff 7f", "malformed"),
        ("3f", "malformed"), ("20 82 20", "malformed"),
    ]

    @Test(arguments: blocks)
    func `a block says fields, or is malformed`(block: String, fields: String) {
        var decoder = HPACKDecoder()
        #expect(FieldBlocks.decode(FieldBlocks.octets(block), &decoder) == fields)
    }

    @Test(arguments: blocks)
    func `what a block says does not depend on the memory behind it`(block: String, fields: String) {
        var decoder = HPACKDecoder()
        var octets = FieldBlocks.octets(block)
        let count = octets.count
        octets += [UInt8](repeating: 0x61, count: 16)
        var buffer = FieldSectionBuffer()
        let isDecoded = (try? decoder.decode(octets.span.extracting(0..<count), into: &buffer, limit: 1_000)) != nil
        #expect((isDecoded ? FieldBlocks.text(buffer) : "malformed") == fields)
    }

    /// As hpack 4.2.0 (Python) codes them.
    static let strings: [(text: String, coded: String)] = [
        ("00", "003f"), ("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff"), ("aeiost012", "194c74240117"),
        ("\u{ff}", "fffffbbf"), ("\n\r\u{16}", "fffffff3ffffffdfffffffbf"), ("&&&&&&&", "f8f8f8f8f8f8f8"),
        ("{\"a\":[1,2]}<`~^>", "fffdfc8ff9b9ffb0fd0bff9ffefffcfffbffdfff3fef"),
        ("%2F_caf\u{c3}\u{a9}", "54586220e5fffe3fffeeff"),
        (
            "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}",
            "fffe6ffff4bfff9ffffa3fffd3ffff53fffd5ffffb3fffeb7fffdaffffb7"
        ),
    ]

    @Test(arguments: strings)
    func `a string in Huffman's code is what another coder wrote`(text: String, coded: String) {
        let octets = FieldBlocks.octets(coded)
        let block = [0x04] + FieldBlocks.integer(octets.count, prefix: 7, pattern: 0x80) + octets
        var decoder = HPACKDecoder()
        #expect(FieldBlocks.decode(block, &decoder) == ":path: \(text)")
    }

    @Test func `every octet has a code`() {
        let coded = """
            ffc7fffd8fffffe2fffffe3fffffe4fffffe5fffffe6fffffe7fffffe8ffffeafffffff3fffffa7fffffabffffffdfffffebfffffecf
            ffffedfffffeefffffefffffff0ffffff1ffffff2fffffffbfffffcffffffd3fffffd7fffffdbfffffdffffffe3fffffe7fffffebfff
            ffed4fe3f9ffaffcabf1febfafefe7fdfd2cbb00089969b71d79fb9f7fff20ffbff3ff50ddbd7f061c58f265cd9f469d5af66dddbf87
            1e5f9cff7ff7fffc3ff9ffe45fff4719242cb34e6e9d68a6a3d7dac426defe3cfaf7fffbfe7ffbffdffffffcfffe6ffff4bfff9ffffa
            3fffd3ffff53fffd5ffffb3fffeb7fffdaffffb7ffff73fffeeffffdeffffebffffbfffffd9ffffdbfffebffffe0ffffeeffffc3ffff
            8bffff1ffffe4fffee7fffb1ffff97fffd9ffffcdffff9fffffbffffdafffeeffff4ffffb7fffee7fffe8ffffd3fffdeffffd5fffeef
            fffbdffffe1fffdfffff7fffff5ffffecffff07fff87fffe0ffff17fffedffff87ffff77fffeffffeaffff8bfffe3ffff93ffff87fff
            cbffff37ffff1fffff83ffffe1fffebfffe3ffff3fffff2ffffa3ffffd9fffff17ffffc7fffff27ffffdefffffbffffff2fffff8ffff
            fb7fff97fff8fffffe6fffffc1fffff87ffffe7fffffc5ffffe5fffe4ffff2fffffd1fffff4ffffffefffffe3fffffc9fffff97fffb3
            ffffcffffb7fffcdffff4ffff9ffffd1ffffcffffeaffffafffffddffffeffffff4fffff5fffffabffffa7ffffd7fffff9bffffecfff
            ffb7fffff3fffffe8fffffd3fffffabfffff5fffffff7ffffecfffffdbfffffbbfffff7ffffff0fffffbbf
            """
        let octets = FieldBlocks.octets(coded)
        let block = [0x00, 0x01, 0x61] + FieldBlocks.integer(octets.count, prefix: 7, pattern: 0x80) + octets
        var decoder = HPACKDecoder()
        var fields = FieldSectionBuffer()
        #expect(throws: Never.self) { try decoder.decode(block.span, into: &fields, limit: 1_000) }
        let value = Array(fields.octets.octets.dropFirst())
        #expect(value == Array(0...255))
    }

    private static let first =
        ":method: POST | :scheme: https | :authority: api.example.org:8443 | :path: /v1/items?limit=10&q=%C3%A9"
    private static let agent = "user-agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"

    /// The blocks of one connection, as hpack 4.2.0 (Python) writes them.
    static let connection: [(block: String, fields: String)] = [
        (
            """
            8387418f1d665cbe474d741573d935c79a699f449563b858324b4a3fca0d49930041f1da056f32ac2fff5f8b1d75d0620d263d4c7441
            ea7aa3d07f66a281b0dae053fafc087ed4ce6aadf2a7979c89c6bfb531149d4ec0801000200f4089f2b585ed6950958d278a76309052
            32559a95b07f
            """,
            "\(first) | content-type: application/json | \(agent) | x-request-id: 7b1c2d3e-4f50"
        ),
        (
            "8287c2c15383f963e7c07f008a7a30905232559a95b0ff60891c11fda8483f993f9f",
            first.replacing("POST", with: "GET")
                + " | accept: */* | \(agent) | x-request-id: 8b1c2d3e-4f51 | cookie: a=b; c=\"d\""
        ),
        (
            "3f453f8d028387418f1d665cbe474d741573d935c79a699f1f088fba34188a49f9a68274afc73fcd3eff",
            ":method: POST | :scheme: https | :authority: api.example.org:8443 | !authorization: Basic dXNlcjpwYXNz"
        ),
        ("20887685a0d55454ff", ":status: 200 | server: linnet"),
    ]

    @Test func `a connection of another encoder is understood`() {
        var decoder = HPACKDecoder()
        for (block, fields) in Self.connection {
            #expect(FieldBlocks.decode(FieldBlocks.octets(block), &decoder) == fields)
        }
    }
}
