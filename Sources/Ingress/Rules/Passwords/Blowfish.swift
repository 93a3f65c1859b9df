/// The state of the cipher Blowfish (Schneier 1993), with the slow key set-up that bcrypt makes of it (Provos and
/// Mazières 1999).
///
/// Written here rather than taken from libcrypt: the package then needs no further library, and the work stays in Swift.
struct Blowfish {
    /// Eighteen subkeys, then four boxes of 256 words.
    private var words = PiDigits.words

    /// Two words, encrypted.
    func encrypt(_ left: UInt32, _ right: UInt32) -> (UInt32, UInt32) { Self.encrypt(left, right, words.span) }

    /// Works a key in, with a salt of 16 octets or none.
    ///
    /// - Precondition: the key is not empty.
    mutating func expand(key: [UInt8], salt: [UInt8] = []) {
        precondition(!key.isEmpty, "a cipher without a key")
        var state = words.mutableSpan
        var place = 0
        for index in 0..<18 { state[index] ^= Self.nextWord(of: key, &place) }
        var (left, right) = (UInt32(0), UInt32(0))
        place = 0
        for index in stride(from: 0, to: state.count, by: 2) {
            if !salt.isEmpty {
                left ^= Self.nextWord(of: salt, &place)
                right ^= Self.nextWord(of: salt, &place)
            }
            (left, right) = Self.encrypt(left, right, state.span)
            state[index] = left
            state[index + 1] = right
        }
    }

    /// A span in place of the array: the state is read at each round and written in between, and is not to be copied.
    @inline(__always)
    private static func encrypt(_ first: UInt32, _ second: UInt32, _ words: Span<UInt32>) -> (UInt32, UInt32) {
        var (left, right) = (first, second)
        for round in stride(from: 0, to: 16, by: 2) {
            left ^= words[round]
            right ^= mixed(left, words) ^ words[round + 1]
            left ^= mixed(right, words)
        }
        return (right ^ words[17], left ^ words[16])
    }

    @inline(__always)
    private static func mixed(_ word: UInt32, _ words: Span<UInt32>) -> UInt32 {
        let sum = words[18 + Int(word >> 24)] &+ words[274 + Int(word >> 16 & 0xff)]
        return (sum ^ words[530 + Int(word >> 8 & 0xff)]) &+ words[786 + Int(word & 0xff)]
    }

    /// The next four octets, begun anew at the end.
    private static func nextWord(of octets: [UInt8], _ place: inout Int) -> UInt32 {
        var word: UInt32 = 0
        for _ in 0..<4 {
            word = word << 8 | UInt32(octets[place])
            place = place + 1 == octets.count ? 0 : place + 1
        }
        return word
    }
}
