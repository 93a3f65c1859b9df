extension Span<UInt8> {
    /// Whether another one has the same octets.
    @inline(__always)
    func isSame(as other: Span<UInt8>) -> Bool { isSame(as: other) { $0 == $1 } }

    /// Whether these are its octets.
    func isSame(as other: [UInt8]) -> Bool { isSame(as: other.span) }

    /// Whether another one has the same octets but for capitals.
    @inline(__always)
    func isSameFolded(as other: Span<UInt8>) -> Bool {
        isSame(as: other) { $0 == $1 || OctetWord.folded($0) == OctetWord.folded($1) }
    }

    /// Whether these are its octets, but for capitals.
    func isSameFolded(as other: [UInt8]) -> Bool { isSameFolded(as: other.span) }

    @inline(__always)
    private func isSame(as other: Span<UInt8>, _ isSameWord: (UInt64, UInt64) -> Bool) -> Bool {
        guard count == other.count else { return false }
        var offset = 0
        while offset < count &- 8 {
            guard isSameWord(OctetWord.load(self, at: offset), OctetWord.load(other, at: offset)) else { return false }
            offset &+= 8
        }
        // The last eight, of which some may have been looked at; or all, if there are fewer.
        let last = Swift.max(count &- 8, 0)
        return isSameWord(
            OctetWord.load(self, at: last, count: count &- last),
            OctetWord.load(other, at: last, count: count &- last)
        )
    }
}
