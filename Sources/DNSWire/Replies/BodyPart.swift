/// As much of a reply's body as there is room for: whole records, from the front.
struct BodyPart {
    /// In octets.
    private(set) var length: Int
    private(set) var counts: ReplyCounts

    /// - Parameter start: where in the packet the body begins.
    @inline(__always)
    init(_ body: Span<UInt8>, _ shape: ReplyShape, start: Int, room: Int) {
        length = body.count
        counts = shape.counts
        if length > room { cut(body, start: start, room: room) }
    }

    private mutating func cut(_ body: Span<UInt8>, start: Int, room: Int) {
        length = 0
        let all = counts
        counts = ReplyCounts()
        var count = 0
        while let place = RecordPlace(body, at: length, base: start), place.end <= room {
            length = place.end
            count += 1
        }
        counts.answers = UInt16(truncatingIfNeeded: min(count, Int(all.answers)))
        count -= Int(counts.answers)
        counts.authorities = UInt16(truncatingIfNeeded: min(count, Int(all.authorities)))
        counts.additionals = UInt16(truncatingIfNeeded: count - Int(counts.authorities))
        counts.isCut = all.isCut || counts.answers < all.answers
    }

    /// Copies the part to `offset`, the addresses that may change places moved on by `places`.
    @inline(__always)
    func copy(
        _ body: Span<UInt8>,
        _ rotation: AnswerRotation,
        by places: UInt32,
        into packet: inout MutableSpan<UInt8>,
        at offset: Int
    ) {
        let first = Int(rotation.offset)
        let last = first &+ Int(rotation.count) &* Int(rotation.stride)
        guard rotation.stride > 0, last <= body.count else {
            packet.copy(body, 0..<length, to: offset)
            return
        }
        let turn = first &+ Int(places % UInt32(rotation.count)) &* Int(rotation.stride)
        var position = offset
        let end = offset &+ length
        Self.append(body, 0..<first, into: &packet, at: &position, upTo: end)
        Self.append(body, turn..<last, into: &packet, at: &position, upTo: end)
        Self.append(body, first..<turn, into: &packet, at: &position, upTo: end)
        Self.append(body, last..<body.count, into: &packet, at: &position, upTo: end)
    }

    @inline(__always)
    private static func append(
        _ body: Span<UInt8>,
        _ range: Range<Int>,
        into packet: inout MutableSpan<UInt8>,
        at position: inout Int,
        upTo end: Int
    ) {
        let count = min(range.count, end &- position)
        guard count > 0 else { return }
        packet.copy(body, range.lowerBound..<range.lowerBound &+ count, to: position)
        position &+= count
    }
}
