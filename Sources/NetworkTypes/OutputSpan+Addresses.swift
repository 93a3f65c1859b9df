/// The text forms of addresses, of which some are written for each connection and each request.
extension OutputSpan<UInt8> {
    /// The most octets of an address.
    package static var longestAddress: Int { 39 }

    /// Appends the text form of an address, for which there has to be room.
    package mutating func append(_ address: IPAddress) {
        switch address {
        case .v4(let address): append(address)
        case .v6(let address): append(address)
        }
    }

    mutating func append(_ address: IPv4Address) {
        for index in 0..<4 {
            let number = UInt8(truncatingIfNeeded: address.rawValue >> UInt32(24 - 8 * index))
            if number >= 100 { append(digit: number / 100) }
            if number >= 10 { append(digit: number / 10 % 10) }
            append(digit: number % 10)
            if index < 3 { append(UInt8(ascii: ".")) }
        }
    }

    /// Appends the canonical text form (RFC 5952).
    mutating func append(_ address: IPv6Address) {
        let gap = address.longestZeroRun
        var index = 0
        while index < 8 {
            if index == gap.lowerBound, !gap.isEmpty {
                append(UInt8(ascii: ":"))
                index = gap.upperBound
                if index == 8 { append(UInt8(ascii: ":")) }
            } else {
                if index > 0 { append(UInt8(ascii: ":")) }
                append(hexadecimal: address.group(index))
                index += 1
            }
        }
    }

    private mutating func append(hexadecimal number: UInt16) {
        var shift = number == 0 ? 0 : (15 - number.leadingZeroBitCount) & ~3
        while shift >= 0 {
            append(digit: UInt8(truncatingIfNeeded: number >> UInt16(shift) & 0xf))
            shift -= 4
        }
    }

    /// - Parameter value: less than 16.
    private mutating func append(digit value: UInt8) {
        append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value)
    }
}

extension IPv6Address {
    /// A 16-bit group, the most significant one first.
    fileprivate func group(_ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: rawValue >> UInt128(112 - 16 * index))
    }

    /// The first longest run of at least two zero groups, which is what `::` replaces; empty if there is none.
    fileprivate var longestZeroRun: Range<Int> {
        var (best, start) = (0..<0, 0)
        for index in 0..<8 {
            guard group(index) == 0 else {
                start = index + 1
                continue
            }
            let count = index + 1 - start
            if count >= 2, count > best.count { best = start..<index + 1 }
        }
        return best
    }
}

extension String {
    /// The text form of an address.
    init(_ address: IPAddress) {
        var octets: [UInt8] = []
        octets.append(addingCapacity: OutputSpan<UInt8>.longestAddress) { $0.append(address) }
        self.init(decoding: octets, as: UTF8.self)
    }
}
