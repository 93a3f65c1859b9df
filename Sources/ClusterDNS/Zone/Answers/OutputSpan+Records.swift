// Records, each written whole or not at all.

extension OutputSpan<UInt8> {
    /// A pointer, type, class, time to live and length (RFC 1035 section 4.1.3).
    static var recordHeaderLength: Int { 12 }

    @inline(__always)
    mutating func append(_ number: UInt16) {
        append(UInt8(truncatingIfNeeded: number >> 8))
        append(UInt8(truncatingIfNeeded: number))
    }

    @inline(__always)
    mutating func append(_ number: UInt32) {
        append(UInt16(truncatingIfNeeded: number >> 16))
        append(UInt16(truncatingIfNeeded: number))
    }

    mutating func append(_ octets: Span<UInt8>, _ range: Range<Int>) {
        for index in range { append(octets[index]) }
    }

    /// A pointer to a name that stands earlier in the message.
    @inline(__always)
    mutating func append(pointerTo position: Int) {
        append(UInt16(0xc000 | (position & 0x3fff)))
    }

    /// The beginning of a record whose owner stands earlier in the message.
    @inline(__always)
    mutating func appendHeader(owner: Int, _ type: ZoneRecordType, timeToLive: UInt32, length: Int) {
        append(pointerTo: owner)
        append(type, timeToLive: timeToLive, length: length)
    }

    /// The rest of a record's beginning, behind the owner.
    @inline(__always)
    mutating func append(_ type: ZoneRecordType, timeToLive: UInt32, length: Int) {
        append(type.rawValue)
        append(1 as UInt16)  // class IN
        append(timeToLive)
        append(UInt16(truncatingIfNeeded: length))
    }
}
