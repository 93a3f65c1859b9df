extension OutputSpan<UInt8> {
    /// Writes a body behind the question, as much of it as there is room for, and returns how many records that are.
    ///
    /// What does not fit is left out record by record from the end (RFC 2181 section 9).
    ///
    /// - Parameters:
    ///   - body: the octets of a `ReplyBody` for the name in the question. Nothing but header and question precede it.
    ///   - shape: that of the same body.
    ///   - rotation: by how many places the addresses are moved on; counted modulo their number.
    ///   - limit: the most octets of the message.
    package mutating func append(
        _ body: Span<UInt8>,
        _ shape: ReplyShape,
        rotation: UInt32,
        limit: Int
    ) -> ReplyCounts {
        let room = Swift.min(limit &- count, freeCapacity)
        let part = BodyPart(body, shape, start: count, room: room)
        part.append(body, shape.rotation, by: rotation, to: &self)
        return part.counts
    }
}

extension BodyPart {
    /// Appends the part, the addresses that may change places moved on by `places`.
    fileprivate func append(
        _ body: Span<UInt8>,
        _ rotation: AnswerRotation,
        by places: UInt32,
        to message: inout OutputSpan<UInt8>
    ) {
        let first = Int(rotation.offset)
        let last = first &+ Int(rotation.count) &* Int(rotation.stride)
        guard rotation.stride > 0, last <= body.count else {
            for index in 0..<length { message.append(body[index]) }
            return
        }
        let turn = first &+ Int(places % UInt32(rotation.count)) &* Int(rotation.stride)
        var rest = length
        Self.append(body, 0..<first, to: &message, &rest)
        Self.append(body, turn..<last, to: &message, &rest)
        Self.append(body, first..<turn, to: &message, &rest)
        Self.append(body, last..<body.count, to: &message, &rest)
    }

    @inline(__always)
    private static func append(
        _ body: Span<UInt8>,
        _ range: Range<Int>,
        to message: inout OutputSpan<UInt8>,
        _ rest: inout Int
    ) {
        let count = Swift.min(range.count, rest)
        for index in range.lowerBound..<range.lowerBound &+ count { message.append(body[index]) }
        rest &-= count
    }
}
