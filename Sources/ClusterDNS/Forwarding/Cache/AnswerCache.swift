package import DNSWire

/// What others answered, in bounded memory. Time is what the caller says it is, in milliseconds.
///
/// Looking an answer up and writing it takes no memory. Where there is no room, what was not used since the hand came
/// by last is dropped (CLOCK, with up to three rounds of credit): a flood of names that are asked once drops itself.
package struct AnswerCache: Sendable {
    /// How many octets of memory there are for each entry: more entries would leave little for what they hold.
    private static let octetsForEntry = 384
    private static let mostCredit: UInt8 = 3

    private let limit: Int
    private let mostEntries: Int
    let hasher: NameHasher
    private var entries: [CacheEntry] = []
    /// For each entry the name in lower case, then the body.
    private var octets: [[UInt8]] = []
    private var freePlaces: [Int] = []
    private var index: CacheIndex
    private var hand = 0
    /// What the entries take beside their places.
    private var allocated = 0
    private(set) package var counts = CacheCounts()

    /// - Parameter limit: the octets of memory that may be taken, at least 16 KiB.
    package init(limit: Int = 8 << 20, hasher: NameHasher) {
        self.limit = max(limit, 16 << 10)
        mostEntries = self.limit / Self.octetsForEntry
        self.hasher = hasher
        index = CacheIndex(most: mostEntries)
        // At once, since growing needs room for both sizes. Memory that is not written to yet costs nothing.
        entries.reserveCapacity(mostEntries)
        octets.reserveCapacity(mostEntries)
        freePlaces.reserveCapacity(mostEntries)
    }

    /// The octets of memory that are taken.
    package var size: Int {
        allocated + index.size + entries.capacity * MemoryLayout<CacheEntry>.stride
            + octets.capacity * MemoryLayout<[UInt8]>.stride + freePlaces.capacity * MemoryLayout<Int>.stride
    }

    package var count: Int { index.count }

    subscript(_ place: Int) -> CacheEntry { entries[place] }

    /// The key of a question.
    func key(of question: ForwardedQuestion) -> CacheKey {
        CacheKey(
            nameHash: hasher.hash(question.name),
            type: question.type.rawValue,
            class: question.recordClass.rawValue,
            dnssecOK: question.dnssecOK,
            checkingDisabled: question.checkingDisabled
        )
    }

    /// Where the answer to a question is, if there is one of any age.
    func find(_ question: ForwardedQuestion) -> Int? {
        find(key(of: question), question.name.folded.wire.span)
    }

    /// - Parameter name: in lower case.
    @inline(__always)
    func find(_ key: CacheKey, _ name: Span<UInt8>) -> Int? {
        index.find(key.hash) { place in
            entries[place].key == key && entries[place].nameLength == name.count
                && Self.begins(octets[place], with: name)
        }
    }

    private static func begins(_ content: [UInt8], with name: Span<UInt8>) -> Bool {
        let octets = content.span
        for offset in 0..<name.count where octets[offset] != name[offset] { return false }
        return true
    }

    /// The body of an entry.
    func body(_ place: Int) -> [UInt8] { Array(octets[place][entries[place].nameLength...]) }

    // MARK: - Using

    /// Writes what is at `place` behind the question that is in `message`. Returns how many records that are.
    func write(
        _ place: Int,
        now: Int64,
        rotation: UInt32,
        limit: Int,
        into message: inout OutputSpan<UInt8>
    ) -> ReplyCounts {
        let start = message.count
        let octets = octets[place]
        let body = octets.span.extracting(entries[place].nameLength..<octets.count)
        let counts = message.append(body, entries[place].shape, rotation: rotation, limit: limit)
        entries[place].age(at: now).apply(to: &message, from: start)
        return counts
    }

    /// Notes that an entry was used. Returns whether it should be asked for again now.
    mutating func noteUse(_ place: Int, now: Int64) -> Bool {
        if entries[place].uses < UInt8.max { entries[place].uses += 1 }
        if entries[place].credit < Self.mostCredit { entries[place].credit += 1 }
        guard entries[place].isEnding(at: now) else { return false }
        entries[place].isRefreshing = true
        return true
    }

    // MARK: - Learning

    /// Remembers an answer in place of a former one.
    ///
    /// - Parameter lifetime: for how many seconds; zero is not remembered.
    mutating func store(_ answer: ResolvedAnswer, to question: ForwardedQuestion, lifetime: UInt32, now: Int64) {
        guard lifetime > 0 else { return }
        let name = question.name.folded.wire
        let isAbsence = answer.code != .noError || answer.shape.counts.answers == 0
        put(
            CacheEntry(
                key: key(of: question),
                length: name.count + answer.body.count,
                nameLength: name.count,
                kind: isAbsence ? .absence : .answer,
                code: answer.code,
                isAuthentic: answer.isAuthentic,
                shape: answer.shape,
                leadsHome: answer.leadsHome,
                arrival: now,
                lifetime: Int64(lifetime) * 1000
            ),
            name + answer.body
        )
    }

    /// Remembers that nobody answered: an answer of before is given out for a while, else the failure.
    ///
    /// - Parameter reason: what one that was asked had to say of it.
    mutating func storeFailure(of question: ForwardedQuestion, _ reason: ExtendedErrorCode? = nil, now: Int64) {
        let place = find(question)
        if let place, entries[place].kind != .failure, now - entries[place].end < CacheTimes.staleness {
            entries[place].recheck = now + CacheTimes.staleRecheck
            return
        }
        let name = question.name.folded.wire
        let former = place.map { entries[$0].failures } ?? 0
        var entry = CacheEntry(
            key: key(of: question),
            length: name.count,
            nameLength: name.count,
            kind: .failure,
            code: .serverFailure,
            isAuthentic: false,
            shape: .empty,
            arrival: now,
            lifetime: CacheTimes.failure(after: former)
        )
        entry.reason = reason
        entry.failures = min(former, UInt8.max - 1) + 1
        put(entry, name)
    }

    /// Forgets failures, since others will be asked now.
    mutating func forgetFailures() {
        for place in entries.indices where entries[place].nameLength > 0 {
            if entries[place].kind == .failure { remove(place) } else { entries[place].recheck = 0 }
        }
    }

    private mutating func put(_ entry: CacheEntry, _ content: [UInt8]) {
        var entry = entry
        if let place = find(entry.key, content.span.extracting(0..<entry.nameLength)) {
            entry.credit = entries[place].credit
            remove(place)
        }
        // What would take a tenth of all memory is not worth what it pushes out.
        guard entry.allocation <= limit / 10 else { return }
        while !hasRoom(for: entry), evict() {}
        guard hasRoom(for: entry) else { return }
        let place = freePlaces.popLast() ?? entries.count
        if place == entries.count {
            entries.append(entry)
            octets.append(content)
        } else {
            entries[place] = entry
            octets[place] = content
        }
        index.insert(place, entry.key.hash)
        allocated += entry.allocation
        counts.add(entry.kind, 1)
    }

    private func hasRoom(for entry: CacheEntry) -> Bool {
        guard index.count < mostEntries else { return false }
        return size + entry.allocation <= limit
    }

    /// Drops one entry. False if there is none.
    private mutating func evict() -> Bool {
        guard index.count > 0 else { return false }
        while true {
            hand = hand + 1 < entries.count ? hand + 1 : 0
            guard entries[hand].nameLength > 0 else { continue }
            if entries[hand].credit > 0 {
                entries[hand].credit -= 1
            } else {
                if entries[hand].kind != .answer { counts.absenceEvictions += 1 }
                remove(hand)
                counts.evictions += 1
                return true
            }
        }
    }

    private mutating func remove(_ place: Int) {
        let hash = entries[place].key.hash
        index.remove(place, hash) { entries[$0].key.hash }
        allocated -= entries[place].allocation
        counts.add(entries[place].kind, -1)
        entries[place] = .free
        octets[place] = []
        freePlaces.append(place)
    }
}
