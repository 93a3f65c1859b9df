/// A hash of octets as they come. The seed differs from process to process: who may write objects of the cluster cannot
/// choose names that all fall in one place.
struct OctetHash {
    private var state: UInt64
    private var word: UInt64 = 0
    private var count: UInt64 = 0

    @inline(__always)
    init(seed: UInt64) {
        state = seed
    }

    @inline(__always)
    mutating func combine(_ octet: UInt8) {
        word = word << 8 | UInt64(octet)
        count &+= 1
        if count & 7 == 0 { state = Self.mix(state ^ word) }
    }

    /// The last word counts with the length: of a whole one nothing is left out.
    @inline(__always)
    var value: UInt64 {
        let rest = count & 7 == 0 ? 0 : word & (1 << (8 * (count & 7)) &- 1)
        return Self.mix(Self.mix(state ^ rest) ^ count)
    }

    @inline(__always)
    static func of(_ octets: Span<UInt8>, seed: UInt64) -> UInt64 {
        var hash = OctetHash(seed: seed)
        for index in octets.indices { hash.combine(octets[index]) }
        return hash.value
    }

    /// Both halves of a product: each bit of the factor changes about half of the bits.
    @inline(__always)
    private static func mix(_ number: UInt64) -> UInt64 {
        let product = (number ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low
    }
}
