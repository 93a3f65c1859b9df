/// Hashes names without regard to case, for tables that clients may ask anything of.
///
/// The seed is secret, so that nobody outside can choose names that collide. Not for anything that has to stay secret
/// itself: it is as good as a table needs.
package struct NameHasher: Sendable, BitwiseCopyable {
    private let start: UInt64
    /// Odd, so that multiplying loses nothing.
    private let factor: UInt64

    package init(using generator: inout some RandomNumberGenerator) {
        start = generator.next()
        factor = generator.next() | 1
    }

    /// The hash of a name: equal for names that are equal.
    package func hash(_ name: DNSName) -> UInt64 { hash(folded: name.folded.wire.span) }

    /// Copies the name of a query in lower case to the front of `target` and returns its hash.
    ///
    /// - Parameter target: of at least 255 octets, or as many as the name has; else nothing is written to it.
    package func fold(_ query: Query, in packet: Span<UInt8>, into target: inout MutableSpan<UInt8>) -> UInt64 {
        let length = query.nameLength
        guard length <= target.count, Query.nameOffset &+ length <= packet.count else { return start }
        for index in 0..<length { target[index] = ASCIICase.folded(packet[Query.nameOffset &+ index]) }
        return hash(folded: target.span.extracting(0..<length))
    }

    /// The hash of a name whose octets are in lower case.
    package func hash(folded octets: Span<UInt8>) -> UInt64 {
        var hash = start
        var offset = 0
        while offset &+ 8 <= octets.count {
            mix(ASCIICase.word(in: octets, at: offset), into: &hash)
            offset &+= 8
        }
        // A name ends with its only label of no octets, so none is another one with zeros behind it.
        mix(ASCIICase.lastWord(in: octets, from: offset), into: &hash)
        mix(start, into: &hash)
        return hash
    }

    @inline(__always)
    private func mix(_ word: UInt64, into hash: inout UInt64) {
        let product = (hash ^ word).multipliedFullWidth(by: factor)
        hash = product.high ^ product.low
    }
}
