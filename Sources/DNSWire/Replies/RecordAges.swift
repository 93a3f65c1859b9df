/// TTLs of records that are kept encoded and sent again later.
package enum RecordAges {
    /// Takes `seconds` off the TTL of every record from `start` to `end`, and keeps it within `bounds`.
    ///
    /// Stops at what is not a record. OPT records have no TTL and stay as they are.
    ///
    /// - Parameters:
    ///   - start: where the first record begins: `Query.questionEnd`.
    ///   - end: where the reply ends.
    package static func age(
        _ packet: inout MutableSpan<UInt8>,
        from start: Int,
        to end: Int,
        by seconds: UInt32,
        within bounds: ClosedRange<UInt32> = 0...UInt32.max
    ) {
        var offset = start
        while offset < end, let place = RecordPlace(packet.span, at: offset), place.end <= end {
            offset = place.end
            guard place.type != .opt, let ttl = packet.span.number32(at: place.fields &+ 4) else { continue }
            let aged = ttl > seconds ? ttl - seconds : 0
            packet.set(min(max(aged, bounds.lowerBound), bounds.upperBound), at: place.fields &+ 4)
        }
    }
}
