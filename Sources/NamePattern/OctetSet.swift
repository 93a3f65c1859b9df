/// A set of octets.
struct OctetSet: Hashable, Sendable {
    private var words = SIMD4<UInt64>.zero

    init() {}

    init(_ octet: UInt8) { insert(octet) }

    init(_ range: ClosedRange<UInt8>) { insert(range) }

    init(_ octets: String) {
        for octet in octets.utf8 { insert(octet) }
    }

    func contains(_ octet: UInt8) -> Bool { words[Int(octet >> 6)] >> UInt64(octet & 63) & 1 == 1 }

    mutating func insert(_ octet: UInt8) { words[Int(octet >> 6)] |= 1 << UInt64(octet & 63) }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for octet in range { insert(octet) }
    }

    mutating func formUnion(_ other: OctetSet) { words |= other.words }

    func union(_ other: OctetSet) -> OctetSet {
        var union = self
        union.formUnion(other)
        return union
    }

    var inverted: OctetSet {
        var inverted = self
        inverted.words = ~words
        return inverted
    }

    /// With each letter in both cases.
    var withoutCase: OctetSet {
        var folded = self
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(letter) || contains(letter ^ 0x20) {
            folded.insert(letter)
            folded.insert(letter ^ 0x20)
        }
        return folded
    }

    static let digits = OctetSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let upper = OctetSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    static let lower = OctetSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
    static let letters = upper.union(lower)
    static let word = letters.union(digits).union(OctetSet("_"))
    static let space = OctetSet("\t\n\u{c}\r ")

    /// The classes of POSIX, by the name between `[:` and `:]`.
    static let named: [String: OctetSet] = [
        "alnum": letters.union(digits), "alpha": letters, "ascii": OctetSet(0...0x7f), "blank": OctetSet("\t "),
        "cntrl": OctetSet(0...0x1f).union(OctetSet(0x7f)), "digit": digits, "graph": OctetSet(0x21...0x7e),
        "lower": lower, "print": OctetSet(0x20...0x7e),
        "punct": OctetSet(0x21...0x2f).union(OctetSet(0x3a...0x40)).union(OctetSet(0x5b...0x60))
            .union(OctetSet(0x7b...0x7e)),
        "space": space.union(OctetSet(0x0b)), "upper": upper, "word": word,
        "xdigit": digits.union(OctetSet("abcdefABCDEF")),
    ]
}
