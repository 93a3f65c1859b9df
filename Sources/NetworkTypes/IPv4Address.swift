/// An IPv4 address.
package struct IPv4Address: Hashable, Sendable, Comparable {
    /// The address as a number in host byte order: 10.0.0.1 is 0x0a000001.
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }

    /// Parses the dotted form with exactly four decimal numbers, none with a leading zero (RFC 6943 section 3.1.1:
    /// readers disagree whether `010` is octal).
    package init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        var value: UInt32 = 0
        var valid = parts.count == 4
        for part in parts where valid {
            guard let octet = Self.octet(part) else {
                valid = false
                break
            }
            value = value << 8 | UInt32(octet)
        }
        guard valid else { throw AddressSyntaxError(text: String(text), expected: "an IPv4 address") }
        rawValue = value
    }

    /// The four bytes in network byte order.
    package var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> UInt32(24 - 8 * $0)) }
    }

    package static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.rawValue < right.rawValue }

    private static func octet(_ digits: some Collection<UInt8>) -> UInt8? {
        guard (1...3).contains(digits.count) else { return nil }
        if digits.count > 1, digits.first == UInt8(ascii: "0") { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: value)
    }
}

extension IPv4Address: CustomStringConvertible {
    package var description: String { String(IPAddress.v4(self)) }
}
