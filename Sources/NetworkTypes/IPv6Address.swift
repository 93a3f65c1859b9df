/// An IPv6 address, without a zone.
package struct IPv6Address: Hashable, Sendable, Comparable {
    /// The address as a number in host byte order: ::1 is 1.
    package var rawValue: UInt128

    package init(rawValue: UInt128) {
        self.rawValue = rawValue
    }

    /// Parses the text forms of RFC 4291 section 2.2, with an embedded IPv4 address too.
    package init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        guard let groups = IPv6Text.groups(of: text) else {
            throw AddressSyntaxError(text: String(text), expected: "an IPv6 address")
        }
        rawValue = groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// The sixteen bytes in network byte order.
    package var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: rawValue >> UInt128(120 - 8 * $0)) }
    }

    /// The eight 16-bit groups, most significant first.
    package var groups: [UInt16] {
        (0..<8).map { UInt16(truncatingIfNeeded: rawValue >> UInt128(112 - 16 * $0)) }
    }

    /// fe80::/10 (RFC 4291 section 2.5.6).
    package var isLinkLocal: Bool { rawValue >> 118 == 0x3fa }

    package static func < (left: IPv6Address, right: IPv6Address) -> Bool { left.rawValue < right.rawValue }
}

extension IPv6Address: CustomStringConvertible {
    /// The canonical text form (RFC 5952).
    package var description: String { String(IPAddress.v6(self)) }
}

/// The text forms of IPv6 addresses.
private enum IPv6Text {
    /// The eight groups that `text` stands for, or nil if it is not an address.
    static func groups(of text: some StringProtocol) -> [UInt16]? {
        let halves = splitAtDoubleColon(text)
        guard halves.count <= 2 else { return nil }
        guard let head = parts(of: halves[0], mayEndInIPv4: halves.count == 1) else { return nil }
        guard halves.count == 2 else { return head.count == 8 ? head : nil }
        guard let tail = parts(of: halves[1], mayEndInIPv4: true) else { return nil }
        let missing = 8 - head.count - tail.count
        guard missing >= 1 else { return nil }
        return head + Array(repeating: 0, count: missing) + tail
    }

    private static func splitAtDoubleColon(_ text: some StringProtocol) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        let colon = UInt8(ascii: ":")
        var halves: [[UInt8]] = [[]]
        var index = 0
        while index < bytes.count {
            if bytes[index] == colon, index + 1 < bytes.count, bytes[index + 1] == colon {
                halves.append([])
                index += 2
            } else {
                halves[halves.count - 1].append(bytes[index])
                index += 1
            }
        }
        return halves
    }

    private static func parts(of half: [UInt8], mayEndInIPv4: Bool) -> [UInt16]? {
        if half.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = half.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let address = try? IPv4Address(parsing: String(decoding: part, as: UTF8.self)) else { return nil }
                groups.append(UInt16(address.rawValue >> 16))
                groups.append(UInt16(address.rawValue & 0xffff))
            } else {
                guard let group = group(part) else { return nil }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    private static func group(_ digits: some Collection<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            guard let nibble = Character(UnicodeScalar(digit)).hexDigitValue, digit < 0x80 else { return nil }
            value = value << 4 | UInt16(nibble)
        }
        return value
    }
}
