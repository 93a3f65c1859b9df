import ClusterState

/// Where each object of a directory stands. Of an object in two places the one that sorts first counts: by the name of the
/// file, and then by the place in it.
struct ManifestIndex {
    /// The name of a file, and the number of the object in it.
    struct Place: Hashable, Comparable {
        let file: String
        let number: Int

        static func < (left: Place, right: Place) -> Bool { (left.file, left.number) < (right.file, right.number) }
    }

    private var places: [ObjectKey: Place] = [:]
    /// The places that do not count, in order.
    private var surplus: [ObjectKey: [Place]] = [:]

    /// How many objects there are.
    var count: Int { places.count }

    /// The place that counts.
    subscript(_ key: ObjectKey) -> Place? { places[key] }

    /// The places that do not count, in order.
    var duplicates: [(key: ObjectKey, place: Place)] {
        surplus.flatMap { key, places in places.map { (key, $0) } }.sorted { $0.place < $1.place }
    }

    /// Notes what a file holds now instead of what it held.
    mutating func replace(_ old: [ObjectKey], by new: [ObjectKey], in file: String) {
        for key in old { remove(key, from: file) }
        for (number, key) in new.enumerated() { insert(key, Place(file: file, number: number)) }
    }

    private mutating func insert(_ key: ObjectKey, _ place: Place) {
        guard let first = places[key] else { return places[key] = place }
        places[key] = min(first, place)
        surplus[key] = ((surplus[key] ?? []) + [max(first, place)]).sorted()
    }

    private mutating func remove(_ key: ObjectKey, from file: String) {
        var others = surplus[key] ?? []
        others.removeAll { $0.file == file }
        if places[key]?.file == file { places[key] = others.isEmpty ? nil : others.removeFirst() }
        surplus[key] = others.isEmpty ? nil : others
    }
}
