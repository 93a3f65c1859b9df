/// A dictionary that holds so many values and no more: the one that was not asked for the longest gives way.
struct RecentlyUsed<Key: Hashable, Value> {
    private struct Entry {
        var key: Key
        var value: Value
        /// The places of the neighbours by time; those of the two ends are `none`.
        var newer = none
        var older = none
    }

    private static var none: Int { -1 }

    private let capacity: Int
    private var places: [Key: Int] = [:]
    private var entries: [Entry] = []
    private var newest = none
    private var oldest = none

    /// - Precondition: `capacity` is above zero.
    init(capacity: Int) {
        precondition(capacity > 0, "a memory for nothing")
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The value of a key, which is the newest from now on.
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        touch(place)
        return entries[place].value
    }

    /// Sets the value of a key, which is the newest from now on.
    mutating func set(_ value: Value, for key: Key) {
        if let place = places[key] {
            entries[place].value = value
            touch(place)
        } else {
            let place = freePlace(for: Entry(key: key, value: value))
            places[key] = place
            putFirst(place)
        }
    }

    mutating private func freePlace(for entry: Entry) -> Int {
        guard entries.count == capacity else {
            entries.append(entry)
            return entries.count - 1
        }
        let place = oldest
        places[entries[place].key] = nil
        takeOut(place)
        entries[place] = entry
        return place
    }

    private mutating func touch(_ place: Int) {
        guard place != newest else { return }
        takeOut(place)
        putFirst(place)
    }

    private mutating func takeOut(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if newer == Self.none { newest = older } else { entries[newer].older = older }
        if older == Self.none { oldest = newer } else { entries[older].newer = newer }
    }

    private mutating func putFirst(_ place: Int) {
        entries[place].newer = Self.none
        entries[place].older = newest
        if newest == Self.none { oldest = place } else { entries[newest].newer = place }
        newest = place
    }
}
