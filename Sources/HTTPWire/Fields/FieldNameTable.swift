/// Finds known names: a table by hash, a few words a name.
///
/// Each parser holds the one table there is, so that none has to ask whether it is made already.
struct FieldNameTable: Sendable {
    static let shared = FieldNameTable()

    /// No known name is longer, in octets.
    static let longest = 32
    private static let size = 256

    /// A name in lower case, and where it has letters.
    private struct Entry: Sendable {
        var name = FieldName.other
        var length = 0
        var words = NameWords()
        /// The bit that tells capitals from small letters, where a letter is.
        var letters = NameWords()
    }

    /// An entry stands at its hash or, where others stood, behind.
    private var entries = [Entry](repeating: Entry(), count: Self.size)

    private init() {
        for name in FieldName.allCases where name != .other {
            let octets = name.text.description.utf8.map { Octet.folded($0) }
            let letters = octets.map { $0 >= 0x61 ? 0x20 : 0 as UInt8 }
            let words = NameWords(octets.span, 0, octets.count)
            var index = words.hash
            while entries[index].length > 0 { index = (index &+ 1) % Self.size }
            entries[index] = Entry(
                name: name,
                length: octets.count,
                words: words,
                letters: NameWords(letters.span, 0, octets.count)
            )
        }
    }

    /// The name that stands from `start` to `end`, whatever its case.
    @inline(__always)
    func name(_ octets: Span<UInt8>, _ start: Int, _ end: Int) -> FieldName {
        let length = end &- start
        guard length <= Self.longest else { return .other }
        let words = NameWords(octets, start, length)
        var index = words.hash
        while entries[index].length > 0 {
            if entries[index].length == length,
                words.differ(from: entries[index].words, in: entries[index].letters) == 0
            {
                return entries[index].name
            }
            index = (index &+ 1) % Self.size
        }
        return .other
    }
}

/// The octets of a short name: the first eight, the last eight, and those between.
private struct NameWords: Sendable {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0

    init() {}

    /// - Parameter length: at most 32.
    @inline(__always)
    init(_ octets: Span<UInt8>, _ start: Int, _ length: Int) {
        first = OctetWord.load(octets, at: start, count: length)
        guard length > 8 else { return }
        last = OctetWord.load(octets, at: start &+ length &- 8)
        guard length > 16 else { return }
        second = OctetWord.load(octets, at: start &+ 8)
        guard length > 24 else { return }
        third = OctetWord.load(octets, at: start &+ 16)
    }

    /// The bits that are different from those of a name in lower case, but for the case of letters.
    @inline(__always)
    func differ(from name: NameWords, in letters: NameWords) -> UInt64 {
        (first ^ name.first) & ~letters.first | (last ^ name.last) & ~letters.last
            | (second ^ name.second) & ~letters.second | (third ^ name.third) & ~letters.third
    }

    /// Below the size of the table, and the same in any case.
    @inline(__always)
    var hash: Int {
        let words = (first | 0x2020_2020_2020_2020) ^ (last | 0x2020_2020_2020_2020) &<< 1
        return Int(truncatingIfNeeded: (words &* 0x9e37_79b9_7f4a_7c15) &>> 56)
    }
}
