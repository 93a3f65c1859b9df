import HTTPWire
import Testing

/// What a decoder keeps in its table, and what it takes of a block.
@Suite struct HPACKTableTests {
    /// A piece of a block.
    enum Piece: Sendable {
        case size(Int)
        case indexed(Int)
        case kept(String, String)
        case keptNamed(Int, String)
        case plain(String, String)
        case never(String, String)

        var octets: [UInt8] {
            switch self {
            case .size(let size): FieldBlocks.integer(size, prefix: 5, pattern: 0x20)
            case .indexed(let index): FieldBlocks.integer(index, prefix: 7, pattern: 0x80)
            case .kept(let name, let value): [0x40] + FieldBlocks.string(name) + FieldBlocks.string(value)
            case .keptNamed(let index, let value):
                FieldBlocks.integer(index, prefix: 6, pattern: 0x40) + FieldBlocks.string(value)
            case .plain(let name, let value): [0x00] + FieldBlocks.string(name) + FieldBlocks.string(value)
            case .never(let name, let value): [0x10] + FieldBlocks.string(name) + FieldBlocks.string(value)
            }
        }
    }

    private static let long = String(repeating: "x", count: 35)

    /// A field of two octets has the size 34.
    static let tables: [(description: String, pieces: [Piece], table: [String])] = [
        ("nothing", [], []),
        ("the newest comes first", [.kept("a", "b"), .kept("c", "d")], ["c: d", "a: b"]),
        ("a field that is there is there again", [.kept("a", "b"), .kept("a", "b")], ["a: b", "a: b"]),
        ("an indexed one is not added", [.kept("a", "b"), .indexed(62), .indexed(2)], ["a: b"]),
        ("what is not to be kept is not", [.plain("a", "b"), .never("c", "d")], []),
        ("empty fields count too", [.size(64), .kept("", ""), .kept("", ""), .kept("", "")], [": ", ": "]),
        ("one of just the size", [.size(34), .kept("a", "b")], ["a: b"]),
        ("one octet too large", [.size(34), .kept("a", "b"), .kept("a", "bc")], []),
        ("the oldest makes room", [.size(68), .kept("a", "b"), .kept("c", "d"), .kept("e", "f")], ["e: f", "c: d"]),
        (
            "as many as are needed make room",
            [.size(102), .kept("a", "b"), .kept("c", "d"), .kept("e", "f"), .kept("g", long)], ["g: \(long)", "e: f"]
        ),
        ("the name of one that makes room", [.size(34), .kept("a", "b"), .keptNamed(62, "c")], ["a: c"]),
        ("names of the static table", [.keptNamed(19, "b"), .keptNamed(62, "c")], ["accept: c", "accept: b"]),
        ("no room at all", [.size(0), .kept("a", "b")], []),
    ]

    @Test(arguments: tables)
    func `a table keeps what is to be kept, as far as there is room`(
        description: String,
        pieces: [Piece],
        table: [String]
    ) {
        var decoder = HPACKDecoder()
        #expect(FieldBlocks.decode(pieces.flatMap(\.octets), &decoder) != "malformed")
        #expect(FieldBlocks.table(of: decoder) == table)
    }

    static let sizes: [(sizes: [Int], table: [String])] = [
        ([], ["e: f", "c: d", "a: b"]), ([102], ["e: f", "c: d", "a: b"]), ([101], ["e: f", "c: d"]),
        ([68], ["e: f", "c: d"]), ([67], ["e: f"]), ([33], []), ([0], []), ([0, 4_096], []),
        ([68, 4_096], ["e: f", "c: d"]),
    ]

    @Test(arguments: sizes)
    func `a smaller table keeps the newest, and what is gone does not return`(sizes: [Int], table: [String]) {
        var decoder = HPACKDecoder()
        let fields: [Piece] = [.kept("a", "b"), .kept("c", "d"), .kept("e", "f")]
        #expect(FieldBlocks.decode(fields.flatMap(\.octets), &decoder) != "malformed")
        #expect(FieldBlocks.decode(sizes.flatMap { Piece.size($0).octets }, &decoder) == "")
        #expect(FieldBlocks.table(of: decoder) == table)
    }

    @Test func `a table that is allowed to be larger is used so`() {
        var decoder = HPACKDecoder(tableSize: 10_000)
        let value = String(repeating: "x", count: 4_900)
        let pieces: [Piece] = [.size(10_000), .kept("a", value), .kept("b", value), .kept("c", value)]
        #expect(FieldBlocks.decode(pieces.flatMap(\.octets), &decoder) != "malformed")
        #expect(FieldBlocks.table(of: decoder) == ["c: \(value)", "b: \(value)"])
        #expect(FieldBlocks.decode(Piece.size(10_001).octets, &decoder) == "malformed")
    }

    static let limits: [(limit: Int, fields: String)] = [
        (102, "a: b | c: d | a: b"), (101, "a: b | c: d | ..."), (68, "a: b | c: d | ..."), (67, "a: b | ..."),
        (34, "a: b | ..."), (33, "..."), (0, "..."),
    ]

    @Test(arguments: limits)
    func `fields above the limit are left out, and the table has them all the same`(limit: Int, fields: String) {
        var decoder = HPACKDecoder()
        let pieces: [Piece] = [.kept("a", "b"), .plain("c", "d"), .indexed(62)]
        #expect(FieldBlocks.decode(pieces.flatMap(\.octets), &decoder, limit: limit) == fields)
        #expect(FieldBlocks.decode([0xbe, 0x7e, 0x01, 0x63], &decoder) == "a: b | a: c")
        #expect(FieldBlocks.table(of: decoder) == ["a: c", "a: b"])
    }

    @Test func `names of fields that are left out are in the table too`() {
        var decoder = HPACKDecoder()
        let pieces: [Piece] = [.kept("a", "b"), .keptNamed(62, "c"), .keptNamed(19, "d")]
        #expect(FieldBlocks.decode(pieces.flatMap(\.octets), &decoder, limit: 0) == "...")
        #expect(FieldBlocks.table(of: decoder) == ["accept: d", "a: c", "a: b"])
    }

    @Test func `a field behind one that is left out is left out too`() {
        var decoder = HPACKDecoder()
        let pieces: [Piece] = [.plain("a", "b"), .plain("c", Self.long), .plain("e", "f"), .indexed(2)]
        #expect(FieldBlocks.decode(pieces.flatMap(\.octets), &decoder, limit: 80) == "a: b | ...")
    }

    static let bombs: [(description: String, octets: [UInt8])] = [
        ("indexed", [0xbe]), ("name", [0x0f, 0x2f, 0x00]), ("name, never indexed", [0x1f, 0x2f, 0x00]),
        ("name, kept", [0x7e, 0x00]), ("value without end", [0x00, 0x00, 0x7e] + [UInt8](repeating: 0x78, count: 126)),
    ]

    @Test(arguments: bombs)
    func `few octets that stand for many take no more than the limit`(description: String, octets: [UInt8]) {
        var decoder = HPACKDecoder()
        let large = Piece.kept(String(repeating: "x", count: 4_000), "")
        #expect(FieldBlocks.decode(large.octets, &decoder) != "malformed")
        var fields = FieldSectionBuffer()
        let block = (0..<10_000).flatMap { _ in octets }
        #expect(throws: Never.self) { try decoder.decode(block.span, into: &fields, limit: 16_384) }
        let (isTooLarge, count) = (fields.isTooLarge, fields.octets.count)
        #expect(isTooLarge && count <= 16_384)
    }

    /// An octet for each, and of the fields nothing but that they are there (CVE-2026-49975).
    @Test(arguments: [("nothing", ""), ("a cookie without a value", "cookie")])
    func `fields of nothing take no more than the limit either`(description: String, name: String) {
        var decoder = HPACKDecoder()
        #expect(FieldBlocks.decode(Piece.kept(name, "").octets, &decoder) != "malformed")
        var fields = FieldSectionBuffer()
        let block = [UInt8](repeating: 0xbe, count: 10_000)
        #expect(throws: Never.self) { try decoder.decode(block.span, into: &fields, limit: 16_384) }
        let (isTooLarge, count) = (fields.isTooLarge, fields.places.count)
        #expect(isTooLarge && count == 16_384 / (32 + name.utf8.count))
    }

    @Test func `fields come behind those that are there, and never with what was left out`() {
        var decoder = HPACKDecoder()
        var fields = FieldSectionBuffer()
        fields.append(name: "a".utf8.span, value: "b".utf8.span)
        for limit in [34, 0] {
            let block = Piece.plain("c", "d").octets
            #expect(throws: Never.self) { try decoder.decode(block.span, into: &fields, limit: limit) }
        }
        #expect(FieldBlocks.text(fields) == "a: b | c: d | ...")
        #expect(Wire.text(fields.octets.octets) == "abcd")
        fields.removeAll()
        #expect(FieldBlocks.text(fields) == "")
    }
}
