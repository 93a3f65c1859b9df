extension Span<UInt8> {
    /// Whether another one has the same octets.
    @inline(__always)
    func isSame(as other: Span<UInt8>) -> Bool { isSame(as: other) { $0 } }

    /// Whether another one has the same octets but for capitals.
    @inline(__always)
    func isSameFolded(as other: Span<UInt8>) -> Bool { isSame(as: other) { OctetWord.folded($0) } }

    @inline(__always)
    private func isSame(as other: Span<UInt8>, _ reading: (UInt64) -> UInt64) -> Bool {
        guard count == other.count else { return false }
        var offset = 0
        while offset &+ 8 <= count {
            let word = OctetWord.load(self, at: offset)
            let otherWord = OctetWord.load(other, at: offset)
            guard word == otherWord || reading(word) == reading(otherWord) else { return false }
            offset &+= 8
        }
        let word = OctetWord.load(self, at: offset, count: count &- offset)
        let otherWord = OctetWord.load(other, at: offset, count: count &- offset)
        return word == otherWord || reading(word) == reading(otherWord)
    }
}

extension OutputSpan<UInt8> {
    /// Appends octets with A…Z in lower case, for which there has to be room.
    @inline(__always)
    mutating func append(folded source: Span<UInt8>) {
        let start = count
        append(source)
        var octets = mutableSpan
        for index in start..<octets.count { octets[index] = Octet.folded(octets[index]) }
    }
}
