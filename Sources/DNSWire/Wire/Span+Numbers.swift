// Numbers in network byte order. Every access is checked: what does not lie within the octets is nil.

extension Span<UInt8> {
    @inline(__always)
    func octet(at offset: Int) -> UInt8? {
        offset >= 0 && offset < count ? self[offset] : nil
    }

    @inline(__always)
    func number16(at offset: Int) -> UInt16? {
        guard offset >= 0, count >= 2, offset <= count &- 2 else { return nil }
        return UInt16(self[offset]) << 8 | UInt16(self[offset &+ 1])
    }

    @inline(__always)
    func number32(at offset: Int) -> UInt32? {
        guard let high = number16(at: offset), let low = number16(at: offset &+ 2) else { return nil }
        return UInt32(high) << 16 | UInt32(low)
    }
}

extension MutableSpan<UInt8> {
    /// Writes a number, if its place lies within the octets.
    @inline(__always)
    mutating func set(_ number: UInt16, at offset: Int) {
        guard offset >= 0, count >= 2, offset <= count &- 2 else { return }
        self[offset] = UInt8(truncatingIfNeeded: number >> 8)
        self[offset &+ 1] = UInt8(truncatingIfNeeded: number)
    }

    /// Writes a number, if its place lies within the octets.
    @inline(__always)
    mutating func set(_ number: UInt32, at offset: Int) {
        set(UInt16(truncatingIfNeeded: number >> 16), at: offset)
        set(UInt16(truncatingIfNeeded: number), at: offset &+ 2)
    }

    /// Copies the octets of `source` in `range` to `offset` on. Nothing is copied that lies outside of either.
    @inline(__always)
    mutating func copy(_ source: Span<UInt8>, _ range: Range<Int>, to offset: Int) {
        let length = Swift.min(range.upperBound, source.count) &- range.lowerBound
        guard range.lowerBound >= 0, offset >= 0, length > 0, offset <= count, length <= count &- offset else { return }
        for index in 0..<length { self[offset &+ index] = source[range.lowerBound &+ index] }
    }
}
