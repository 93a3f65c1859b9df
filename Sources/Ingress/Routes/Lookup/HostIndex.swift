/// Hosts by their names, for lookups without a text.
struct HostIndex: Sendable {
    private struct Bucket {
        var hash: UInt64
        var host: HostRoutes?
    }

    private let seed: UInt64
    /// At most half full; the place follows from the hash, what collides comes behind.
    private var buckets: [Bucket] = []
    private(set) var count = 0

    init(seed: UInt64) {
        self.seed = seed
    }

    @inline(__always)
    var isEmpty: Bool { count == 0 }

    /// The host of a name in lower case.
    @inline(__always)
    func find(_ name: Span<UInt8>) -> HostRoutes? {
        guard count > 0 else { return nil }
        let hash = OctetHash.of(name, seed: seed)
        var index = Int(truncatingIfNeeded: hash) & (buckets.count &- 1)
        while let host = buckets[index].host {
            if buckets[index].hash == hash, host.isNamed(name) { return host }
            index = (index &+ 1) & (buckets.count &- 1)
        }
        return nil
    }

    /// Puts a host in, or in the place of one that has the same name.
    mutating func set(_ host: HostRoutes) {
        let name = host.name
        let hash = OctetHash.of(name.span, seed: seed)
        if let index = place(of: name, hash) {
            buckets[index].host = host
            return
        }
        if 2 * (count + 1) > buckets.count { spread(over: max(2, 2 * buckets.count)) }
        insert(Bucket(hash: hash, host: host))
        count += 1
    }

    mutating func remove(_ name: [UInt8]) {
        guard let index = place(of: name, OctetHash.of(name.span, seed: seed)) else { return }
        buckets[index].host = nil
        count -= 1
        // What stands behind it may have been pushed there by it.
        spread(over: buckets.count)
    }

    private func place(of name: [UInt8], _ hash: UInt64) -> Int? {
        guard count > 0 else { return nil }
        var index = Int(truncatingIfNeeded: hash) & (buckets.count - 1)
        while let host = buckets[index].host {
            if buckets[index].hash == hash, host.name == name { return index }
            index = (index + 1) & (buckets.count - 1)
        }
        return nil
    }

    private mutating func spread(over size: Int) {
        let former = buckets
        buckets = Array(repeating: Bucket(hash: 0, host: nil), count: size)
        for bucket in former where bucket.host != nil { insert(bucket) }
    }

    private mutating func insert(_ bucket: Bucket) {
        var index = Int(truncatingIfNeeded: bucket.hash) & (buckets.count - 1)
        while buckets[index].host != nil { index = (index + 1) & (buckets.count - 1) }
        buckets[index] = bucket
    }
}
