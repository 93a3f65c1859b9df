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
    package mutating func append(decimal number: UInt64) {
        let start = count
        var rest = number
        // To divide by a constant is to multiply: the last digit comes first, and they are turned round.
        repeat {
            append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        guard count - start > 1 else { return }
        var octets = mutableSpan
        var (left, right) = (start, octets.count - 1)
        while left < right {
            octets.swapAt(left, right)
            (left, right) = (left + 1, right - 1)
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
