/// User and password as `Authorization` has them (RFC 7617 section 2).
struct BasicCredentials: Equatable {
    let user: String
    let password: [UInt8]

    /// The most octets of both together: hashes of MD5 read a password two thousand times.
    private static let longest = 1_024

    /// Nil unless there is exactly one line that can be read.
    init?(_ values: [[UInt8]]) {
        guard values.count == 1 else { return nil }
        let parts = values[0].split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2, String(decoding: parts[0], as: UTF8.self).lowercased() == "basic" else { return nil }
        let token = parts[1].drop { $0 == UInt8(ascii: " ") }
        guard let octets = Base64.decode(token), octets.count <= Self.longest,
            let colon = octets.firstIndex(of: UInt8(ascii: ":")),
            let user = String(validating: octets[..<colon], as: UTF8.self),
            octets.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else { return nil }
        self.user = user
        password = Array(octets[(colon + 1)...])
    }
}
