/// The Huffman code of strings (RFC 7541 section 5.2 and appendix B), for reading.
///
/// It is canonical: codes of one length follow each other in the order of their symbols, shorter ones come first. So the
/// lengths say all, and codes of more than eight bits, of which few are met, are found by their length.
struct HuffmanCode: Sendable {
    static let shared = HuffmanCode()

    /// The bits of each octet's code, and of the symbol that marks the end, in which nothing may be coded.
    private static let lengths: [UInt8] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ]
    private static let end = 256
    private static let longest = 30

    /// What the first eight bits say: a code's length above its octet, or nothing if the code is longer.
    private var short = [UInt16](repeating: 0, count: 256)
    /// The codes of one length.
    private struct Group: Sendable {
        /// Above the last of them, the bits from the top down.
        var limit: UInt64 = 0
        /// The first of them.
        var first = 0
        /// Where the symbol of the first stands in the order of codes.
        var start = 0
    }
    private var groups = [Group](repeating: Group(), count: Self.longest + 1)
    private var symbols: [UInt16] = []

    private init() {
        var code = 0
        for length in 1...Self.longest {
            code <<= 1
            groups[length].first = code
            groups[length].start = symbols.count
            for symbol in 0...Self.end where Self.lengths[symbol] == length {
                symbols.append(UInt16(symbol))
                if length <= 8 {
                    for rest in 0..<1 << (8 - length) {
                        short[code << (8 - length) + rest] = UInt16(length) << 8 | UInt16(symbol)
                    }
                }
                code += 1
            }
            groups[length].limit = UInt64(code) << UInt64(32 - length)
        }
    }

    /// Appends what a string stands for.
    ///
    /// - Returns: whether it is a right one: no symbol of the end is in it, and what follows the last code is fewer than
    ///   eight bits, all ones.
    @inline(__always)
    func decode(_ string: Span<UInt8>, to octets: inout OctetBuffer) -> Bool {
        var isRight = false
        // No code has fewer than five bits.
        octets.append(room: string.count &* 8 / 5) { isRight = decode(string, to: &$0) }
        return isRight
    }

    private func decode(_ string: Span<UInt8>, to output: inout OutputSpan<UInt8>) -> Bool {
        let short = short.span
        var offset = 0
        // Bits that are not decoded yet, from the top down. Below them are ones, as behind the end of a string.
        var word: UInt64 = 0
        var count = 0
        while true {
            if count < Self.longest {
                while count <= 56, offset < string.count {
                    word |= UInt64(string[offset]) &<< UInt64(56 &- count)
                    count &+= 8
                    offset &+= 1
                }
                if count < Self.longest { word |= UInt64.max &>> UInt64(count) }
            }
            let entry = short[Int(truncatingIfNeeded: word &>> 56)]
            var length = Int(entry &>> 8)
            var symbol = entry & 0xff
            if length == 0 { (symbol, length) = longSymbol(word) }
            guard length <= count else { break }
            guard symbol != Self.end else { return false }
            output.append(UInt8(truncatingIfNeeded: symbol))
            word &<<= UInt64(length)
            count &-= length
        }
        return count < 8 && ~word &>> UInt64(64 &- count) == 0
    }

    /// The first symbol of bits whose code is longer than eight.
    private func longSymbol(_ word: UInt64) -> (symbol: UInt16, length: Int) {
        let bits = word &>> 32
        var length = 9
        while length < Self.longest, bits >= groups[length].limit { length &+= 1 }
        let place = Int(truncatingIfNeeded: bits &>> UInt64(32 &- length)) &- groups[length].first
        return (symbols[groups[length].start &+ place], length)
    }
}
