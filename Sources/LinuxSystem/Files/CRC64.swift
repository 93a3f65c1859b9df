/// The checksum CRC-64/XZ: finds every flipped bit, every burst of up to 64 bits, and all else but one case in 2⁶⁴.
///
/// It is for what breaks by itself, not for what someone forges: who may write the files that carry it is root already.
package enum CRC64 {
    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var remainder = UInt64.max
        for byte in bytes {
            remainder = table[Int(truncatingIfNeeded: (remainder ^ UInt64(byte)) & 0xff)] ^ (remainder >> 8)
        }
        return ~remainder
    }

    /// What eight divisions by the polynomial of ECMA-182, its bits reversed, leave of each byte.
    private static let table: [UInt64] = (0..<256).map { byte in
        (0..<8).reduce(UInt64(byte)) { remainder, _ in
            (remainder >> 1) ^ (remainder & 1 == 1 ? 0xc96c_5795_d787_0f42 : 0)
        }
    }
}
