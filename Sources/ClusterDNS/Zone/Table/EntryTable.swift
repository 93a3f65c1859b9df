import DNSWire

/// Keys and values in pages by their hash. A changed entry costs its page and a new list of pages; copies share the rest.
///
/// The number of pages is fixed: with 10,000 services and 100,000 endpoints one holds some 50 entries in 5 kB.
struct EntryTable: Sendable, Equatable {
    /// How many bits of a hash choose the page.
    private static let pageBits: UInt64 = 11

    private(set) var pages = Array(repeating: EntryPage.empty, count: 1 << pageBits)
    /// Where the pages are, so that readers need no reference to them.
    private var places = Array(repeating: EntryPage.empty.place, count: 1 << pageBits)
    /// Of keys, whatever their kind. The high bits choose the page, the low 32 are the tag there.
    let hasher: NameHasher

    init(_ hasher: NameHasher) {
        self.hasher = hasher
    }

    /// The hash of a key, which is part of other octets.
    func hash(_ octets: Span<UInt8>, _ key: Range<Int>) -> UInt64 {
        hasher.hash(folded: octets.extracting(key))
    }

    /// The page that a hash leads to.
    @inline(__always)
    func page(of hash: UInt64) -> PagePlace { places[Self.index(of: hash)] }

    /// The value of a key.
    subscript(_ key: EntryKey) -> [UInt8]? {
        let hash = hash(of: key)
        return pages[Self.index(of: hash)].value(of: key, hash: hash)
    }

    /// Gives entries new values, or takes them away where the value is nil.
    mutating func apply(_ values: [EntryKey: [UInt8]?]) {
        let changes = values.map { EntryChange(hash: hash(of: $0.key), key: $0.key, value: $0.value) }
            .sorted(by: Self.precedes)
        var start = 0
        while start < changes.count {
            let index = Self.index(of: changes[start].hash)
            let end = changes[start...].firstIndex { Self.index(of: $0.hash) != index } ?? changes.count
            let page = pages[index].applying(changes[start..<end])
            pages[index] = page
            places[index] = page.place
            start = end
        }
    }

    static func == (left: EntryTable, right: EntryTable) -> Bool {
        left.pages == right.pages
    }

    @inline(__always)
    private static func index(of hash: UInt64) -> Int { Int(hash >> (64 - pageBits)) }

    private func hash(of key: EntryKey) -> UInt64 { hasher.hash(folded: key.octets.span) }

    private static func precedes(_ left: EntryChange, _ right: EntryChange) -> Bool {
        let pages = (index(of: left.hash), index(of: right.hash))
        if pages.0 != pages.1 { return pages.0 < pages.1 }
        if left.tag != right.tag { return left.tag < right.tag }
        if left.key.kind != right.key.kind { return left.key.kind.rawValue < right.key.kind.rawValue }
        return left.key.octets.lexicographicallyPrecedes(right.key.octets)
    }
}
