/// The password hash bcrypt (Provos and Mazières 1999), as `$2a$`, `$2b$` and `$2y$` agree on it.
enum Bcrypt {
    /// The first 23 octets of the digest, which is all that is stored.
    ///
    /// - Precondition: 16 octets of salt, and a cost of at most 31.
    static func digest(_ password: [UInt8], cost: Int, salt: [UInt8]) -> [UInt8] {
        precondition(salt.count == 16 && (0...31).contains(cost), "no parameters of bcrypt")
        // The zero that ends the text in C counts as its last octet; what is behind 72 octets never counts.
        let key = Array((password + [0]).prefix(72))
        var cipher = Blowfish()
        cipher.expand(key: key, salt: salt)
        for _ in 0..<UInt64(1) << UInt64(cost) {
            cipher.expand(key: key)
            cipher.expand(key: salt)
        }
        var octets: [UInt8] = []
        for (first, second) in text {
            var words = (first, second)
            for _ in 0..<64 { words = cipher.encrypt(words.0, words.1) }
            for word in [words.0, words.1] {
                octets += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
            }
        }
        return Array(octets.prefix(23))
    }

    /// What is encrypted: the octets of "OrpheanBeholderScryDoubt".
    private static let text: [(UInt32, UInt32)] = [
        (0x4f72_7068, 0x6561_6e42), (0x6568_6f6c, 0x6465_7253), (0x6372_7944, 0x6f75_6274),
    ]
}
