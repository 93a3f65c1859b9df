extension OctetBuffer {
    /// Appends a number in decimal digits.
    package mutating func append(decimal number: UInt64) {
        append(room: 20) { $0.append(decimal: number) }
    }

    /// Appends a number in hexadecimal digits, in lower case.
    package mutating func append(hexadecimal number: UInt64) {
        append(room: 16) { $0.append(hexadecimal: number) }
    }
}

extension OutputSpan<UInt8> {
    /// Appends at most twenty digits.
    mutating func append(decimal number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: 0x30 + number / divisor % 10))
            divisor /= 10
        }
    }

    /// Appends at most sixteen digits.
    mutating func append(hexadecimal number: UInt64) {
        var shift = number == 0 ? 0 : (63 - number.leadingZeroBitCount) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift) & 0xf)
            append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
    }
}
