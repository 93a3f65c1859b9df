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

    private struct Code: Sendable {
        /// The length above the nine bits of the symbol.
        var both: UInt16 = 0

        @inline(__always)
        var symbol: Int { Int(both & 0x1ff) }

        /// 0 if there is none.
        @inline(__always)
        var length: Int { Int(both &>> 9) }

        init() {}

        init(symbol: Int, length: Int) { both = UInt16(length) << 9 | UInt16(symbol) }
    }

    /// The code that the first eight bits begin with; none if it is longer.
    private var short = [Code](repeating: Code(), count: 256)
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
    private var symbols: [Int] = []

    private init() {
        var code = 0
        for length in 1...Self.longest {
            code <<= 1
            groups[length].first = code
            groups[length].start = symbols.count
            for symbol in 0...Self.end where Self.lengths[symbol] == length {
                symbols.append(symbol)
                if length <= 8 {
                    for rest in 0..<1 << (8 - length) {
                        short[code << (8 - length) + rest] = Code(symbol: symbol, length: length)
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
        // Bits that are not decoded yet, from the top down.
        var word: UInt64 = 0
        var count = 0
        while true {
            // As many octets as there is room for; bits of the next one may be there before they count.
            let rest = string.count &- offset
            let taken = min(rest, (63 &- count) &>> 3)
            word |= OctetWord.load(string, at: offset, count: rest).byteSwapped &>> UInt64(count)
            offset &+= taken
            count &+= taken &* 8
            // Behind the end are ones.
            if taken == rest { word |= UInt64.max &>> UInt64(count) }
            var code = short[Int(truncatingIfNeeded: word &>> 56)]
            if code.length == 0 { code = longCode(word) }
            guard code.length <= count else { break }
            guard code.symbol != Self.end else { return false }
            // Seven short ones are there before there has to be more.
            for _ in 0..<7 {
                output.append(UInt8(truncatingIfNeeded: code.symbol))
                word &<<= UInt64(code.length)
                count &-= code.length
                code = short[Int(truncatingIfNeeded: word &>> 56)]
                guard code.length > 0, code.length <= count else { break }
            }
        }
        return count < 8 && ~word &>> UInt64(64 &- count) == 0
    }

    /// The first code of bits, which is longer than eight.
    private func longCode(_ word: UInt64) -> Code {
        let bits = word &>> 32
        var length = 9
        while length < Self.longest, bits >= groups[length].limit { length &+= 1 }
        let place = Int(truncatingIfNeeded: bits &>> UInt64(32 &- length)) &- groups[length].first
        return Code(symbol: symbols[groups[length].start &+ place], length: length)
    }
}
