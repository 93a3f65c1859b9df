/// Where in the cache keys are: a table of open addressing, each place of which is free or leads to an entry.
struct CacheIndex: Sendable {
    /// Zero for a free place, else the number of an entry and one. A power of two of them.
    private var places: [UInt32]
    private(set) var count = 0

    /// - Parameter most: the most keys that there will be. They fill half of the places, so that look-ups stay short.
    init(most: Int) {
        var count = 64
        while count < 2 * most { count *= 2 }
        places = Array(repeating: 0, count: count)
    }

    /// The octets of memory that it takes.
    var size: Int { places.count * 4 }

    /// The number of the entry for which `isWanted` is true, among those whose hash begins at the same place.
    @inline(__always)
    func find(_ hash: UInt64, where isWanted: (Int) -> Bool) -> Int? {
        var place = home(hash)
        while places[place] != 0 {
            let number = Int(places[place]) &- 1
            if isWanted(number) { return number }
            place = (place &+ 1) & (places.count &- 1)
        }
        return nil
    }

    mutating func insert(_ number: Int, _ hash: UInt64) {
        var place = home(hash)
        while places[place] != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = UInt32(number + 1)
        count += 1
    }

    /// Removes an entry; those behind it move up, so that none is behind a free place.
    ///
    /// - Parameter hashOf: the hash of an entry by its number.
    mutating func remove(_ number: Int, _ hash: UInt64, hashOf: (Int) -> UInt64) {
        var hole = home(hash)
        while places[hole] != UInt32(number + 1) {
            guard places[hole] != 0 else { return }
            hole = (hole + 1) & (places.count - 1)
        }
        count -= 1
        var place = hole
        while true {
            place = (place + 1) & (places.count - 1)
            guard places[place] != 0 else { break }
            let wanted = home(hashOf(Int(places[place]) - 1))
            // It may move if the hole is on its way from where it wants to be.
            let way = (place - wanted) & (places.count - 1)
            guard way >= (place - hole) & (places.count - 1) else { continue }
            places[hole] = places[place]
            hole = place
        }
        places[hole] = 0
    }

    @inline(__always)
    private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) & (places.count &- 1) }
}
