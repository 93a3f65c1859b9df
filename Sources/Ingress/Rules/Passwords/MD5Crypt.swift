import Crypto

/// The MD5 hash of FreeBSD's crypt, which Apache calls apr1.
enum MD5Crypt {
    /// A thousand rounds of MD5 over password, salt and what came before. `magic` is `$apr1$` or `$1$`.
    static func digest(_ password: [UInt8], magic: [UInt8], salt: [UInt8]) -> [UInt8] {
        var state = start(password, magic, salt)
        for round in 0..<1_000 {
            var hash = Insecure.MD5()
            hash.update(data: round % 2 == 1 ? password : state)
            if round % 3 != 0 { hash.update(data: salt) }
            if round % 7 != 0 { hash.update(data: password) }
            hash.update(data: round % 2 == 1 ? state : password)
            state = Array(hash.finalize())
        }
        return state
    }

    private static func start(_ password: [UInt8], _ magic: [UInt8], _ salt: [UInt8]) -> [UInt8] {
        let inner = Array(Insecure.MD5.hash(data: password + salt + password))
        var text = password + magic + salt
        for begin in stride(from: 0, to: password.count, by: 16) { text += inner.prefix(password.count - begin) }
        // Each bit of the length adds an octet: a zero where it is set, else the password's first.
        var length = password.count
        while length > 0 {
            text.append(length & 1 == 1 ? 0 : password[0])
            length >>= 1
        }
        return Array(Insecure.MD5.hash(data: text))
    }

    /// The 16 octets that 22 signs stand for; nil if they stand for none.
    static func digest(fromText text: some Collection<UInt8>) -> [UInt8]? {
        var (values, rest) = ([UInt32](), text[...])
        while !rest.isEmpty {
            var bits: UInt32 = 0
            for (place, sign) in rest.prefix(4).enumerated() {
                guard let value = value(of: sign) else { return nil }
                bits |= UInt32(value) << UInt32(6 * place)
            }
            values.append(bits)
            rest = rest.dropFirst(4)
        }
        guard values.count == 6, values[5] <= 0xff else { return nil }
        var digest = [UInt8](repeating: 0, count: 16)
        for (bits, places) in zip(values, order) {
            for (shift, place) in zip([16, 8, 0] as [UInt32], places) {
                digest[place] = UInt8(truncatingIfNeeded: bits >> shift)
            }
        }
        digest[11] = UInt8(values[5])
        return digest
    }

    /// The octets of the digest that each group of four signs is made of, the highest first. Octet 11 is left for the end.
    private static let order = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]]

    /// `.`, `/`, then digits, capitals and small letters.
    private static func value(of sign: UInt8) -> UInt8? {
        switch sign {
        case UInt8(ascii: "."): 0
        case UInt8(ascii: "/")...UInt8(ascii: "9"): sign - UInt8(ascii: ".")
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): sign - UInt8(ascii: "A") + 12
        case UInt8(ascii: "a")...UInt8(ascii: "z"): sign - UInt8(ascii: "a") + 38
        default: nil
        }
    }
}
