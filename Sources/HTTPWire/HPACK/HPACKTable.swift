/// A table of fields: the newest has the lowest number, and the oldest make room (RFC 7541 sections 2.3.2 and 4).
///
/// What is evicted stays in memory until as much of it has gathered as the table may have: so that an entry is always in
/// one piece, and each octet is moved once at most.
struct HPACKTable: Sendable {
    /// A field: the value follows the name.
    struct Entry: Sendable {
        /// Where it begins, counted from the first octet that ever was in the table.
        let start: Int
        let nameCount: Int
        let valueCount: Int

        /// RFC 7541 section 4.1.
        @inline(__always)
        var size: Int { nameCount &+ valueCount &+ HPACKTable.overhead }
    }

    /// What an entry counts beyond its octets.
    static let overhead = 32

    private(set) var octets: [UInt8] = []
    private var entries: [Entry] = []
    /// How many octets and entries are not in memory any more.
    private var removedOctets = 0
    private var removedEntries = 0
    /// How many entries in memory are evicted, and their size.
    private var evictedEntries = 0
    private var evictedSize = 0
    /// The size of all entries that are not evicted.
    private(set) var size = 0
    private(set) var maximumSize: Int

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    @inline(__always)
    var count: Int { entries.count &- evictedEntries }

    /// How many entries there ever were: the number of the next one.
    @inline(__always)
    var insertions: Int { removedEntries &+ entries.count }

    /// The entry that so many newer ones precede; they are fewer than `count`.
    @inline(__always)
    subscript(index: Int) -> Entry { entries[entries.count &- 1 &- index] }

    /// How many newer entries precede the one of a number; nil if it is evicted, or there never was one.
    @inline(__always)
    func place(of entry: Int) -> Int? {
        let place = insertions &- 1 &- entry
        return place < count ? place : nil
    }

    /// Where the octets of an entry are.
    @inline(__always)
    func range(_ entry: Entry) -> Range<Int> {
        let start = entry.start &- removedOctets
        return start..<start &+ entry.nameCount &+ entry.valueCount
    }

    /// Whether an entry is a field: a name in any case, and a value.
    @inline(__always)
    func holds(_ name: Span<UInt8>, _ value: Span<UInt8>, at index: Int) -> Bool {
        let entry = self[index]
        guard entry.nameCount == name.count, entry.valueCount == value.count else { return false }
        let field = octets.span.extracting(range(entry))
        return field.extracting(entry.nameCount..<field.count).isSame(as: value)
            && field.extracting(0..<entry.nameCount).isSameFolded(as: name)
    }

    /// RFC 7541 section 4.3.
    mutating func resize(_ size: Int) {
        maximumSize = size
        evict(downTo: size)
    }

    /// RFC 7541 section 4.4.
    mutating func insert(name: Span<UInt8>, value: Span<UInt8>) {
        let entry = Entry(
            start: removedOctets &+ octets.count,
            nameCount: name.count,
            valueCount: value.count
        )
        evict(downTo: maximumSize &- entry.size)
        // One that is larger than the table only empties it.
        guard entry.size <= maximumSize else { return }
        entries.append(entry)
        size &+= entry.size
        octets.append(addingCapacity: name.count &+ value.count) {
            $0.append(name)
            $0.append(value)
        }
    }

    private mutating func evict(downTo bound: Int) {
        while size > bound, count > 0 {
            let evicted = entries[evictedEntries].size
            evictedEntries &+= 1
            evictedSize &+= evicted
            size &-= evicted
        }
        if evictedSize > maximumSize { removeEvicted() }
    }

    private mutating func removeEvicted() {
        let dead = evictedSize &- evictedEntries &* Self.overhead
        octets.removeFirst(dead)
        entries.removeFirst(evictedEntries)
        removedOctets &+= dead
        removedEntries &+= evictedEntries
        evictedEntries = 0
        evictedSize = 0
    }
}
