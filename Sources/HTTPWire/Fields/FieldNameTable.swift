/// Finds known names: a table by hash, a few words a name.
///
/// Each parser holds the one table there is, so that none has to ask whether it is made already.
struct FieldNameTable: Sendable {
    static let shared = FieldNameTable()

    /// No known name is longer, in octets.
    static let longest = 32
    private static let size = 512

    /// A name and its octets in lower case.
    private struct Entry: Sendable {
        var name = FieldName.other
        var length = 0
        var words = NameWords()
    }

    /// An entry stands at its hash or, where others stood, behind.
    private var entries = [Entry](repeating: Entry(), count: Self.size)

    private init() {
        for name in FieldName.allCases where name != .other {
            let octets = Array(name.text.description.utf8)
            let words = NameWords(octets.span, 0, octets.count)
            var index = words.hash
            while entries[index].length > 0 { index = (index &+ 1) % Self.size }
            entries[index] = Entry(name: name, length: octets.count, words: words)
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
            if entries[index].length == length, entries[index].words == words { return entries[index].name }
            index = (index &+ 1) % Self.size
        }
        return .other
    }
}

/// The octets of a short name in lower case: the first eight, the last eight, and those between.
private struct NameWords: Hashable, Sendable {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0

    init() {}

    /// - Parameter length: at most 32.
    @inline(__always)
    init(_ octets: Span<UInt8>, _ start: Int, _ length: Int) {
        first = OctetWord.folded(OctetWord.load(octets, at: start, count: length))
        guard length > 8 else { return }
        last = OctetWord.folded(OctetWord.load(octets, at: start &+ length &- 8))
        guard length > 16 else { return }
        second = OctetWord.folded(OctetWord.load(octets, at: start &+ 8))
        guard length > 24 else { return }
        third = OctetWord.folded(OctetWord.load(octets, at: start &+ 16))
    }

    @inline(__always)
    static func == (left: NameWords, right: NameWords) -> Bool {
        (left.first ^ right.first) | (left.last ^ right.last) | (left.second ^ right.second)
            | (left.third ^ right.third) == 0
    }

    /// Below the size of the table.
    @inline(__always)
    var hash: Int {
        Int(truncatingIfNeeded: ((first ^ (last &<< 1)) &* 0x9e37_79b9_7f4a_7c15) &>> 55)
    }
}
