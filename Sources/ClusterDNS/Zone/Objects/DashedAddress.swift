import NetworkTypes

/// Addresses as labels: `10-42-0-3`, `fd00-42--3`. Endpoints without a hostname and all pods are named so.
enum DashedAddress {
    private static let dash = UInt8(ascii: "-")

    /// The label of an address: its canonical text with dashes, and a zero behind a final one, which no host name may
    /// end in.
    static func label(of address: IPAddress) -> [UInt8] {
        var label: [UInt8] = []
        switch address {
        case .v4(let address):
            for shift: UInt32 in [24, 16, 8, 0] {
                if shift < 24 { label.append(dash) }
                appendDecimal(UInt8(truncatingIfNeeded: address.rawValue >> shift), to: &label)
            }
        case .v6(let address):
            label = address.description.utf8.map { $0 == UInt8(ascii: ":") ? dash : $0 }
            if label.last == dash { label.append(UInt8(ascii: "0")) }
        }
        return label
    }

    private static func appendDecimal(_ octet: UInt8, to label: inout [UInt8]) {
        if octet >= 100 { label.append(UInt8(ascii: "0") + octet / 100) }
        if octet >= 10 { label.append(UInt8(ascii: "0") + octet / 10 % 10) }
        label.append(UInt8(ascii: "0") + octet % 10)
    }

    /// The address that a label in lower case stands for, or nil: exactly three single dashes make it IPv4.
    static func address(_ octets: Span<UInt8>, _ label: Range<Int>) -> IPAddress? {
        var dashes = 0
        var isDouble = false
        for index in label where octets[index] == dash {
            dashes += 1
            if index > label.lowerBound, octets[index - 1] == dash { isDouble = true }
        }
        if dashes == 3, !isDouble {
            return ipv4(octets, label).map { .v4(IPv4Address(rawValue: $0)) }
        }
        return dashes > 0 ? ipv6(octets, label).map { .v6(IPv6Address(rawValue: $0)) } : nil
    }

    private static func ipv4(_ octets: Span<UInt8>, _ label: Range<Int>) -> UInt32? {
        var address: UInt32 = 0
        var start = label.lowerBound
        for _ in 0..<4 {
            var end = start
            while end < label.upperBound, octets[end] != dash { end += 1 }
            guard let octet = decimalOctet(octets, start..<end) else { return nil }
            address = address << 8 | UInt32(octet)
            start = end + 1
        }
        return address
    }

    /// A number from 0 to 255 without leading zeros.
    static func decimalOctet(_ octets: Span<UInt8>, _ digits: Range<Int>) -> UInt8? {
        guard (1...3).contains(digits.count) else { return nil }
        if digits.count > 1, octets[digits.lowerBound] == UInt8(ascii: "0") { return nil }
        var value = 0
        for index in digits {
            let digit = octets[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return UInt8(exactly: value)
    }

    /// The value of a hexadecimal digit in lower case.
    static func nibble(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Groups of up to four digits, of which one `--` replaces one or more.
    private static func ipv6(_ octets: Span<UInt8>, _ label: Range<Int>) -> UInt128? {
        var groups = 0
        var address: UInt128 = 0
        /// How many groups stand before the double dash.
        var gap: Int?
        var index = label.lowerBound
        while index < label.upperBound {
            if octets[index] == dash {
                let isDouble = index + 1 < label.upperBound && octets[index + 1] == dash
                if isDouble {
                    guard gap == nil else { return nil }
                    gap = groups
                    index += 2
                    continue
                }
                // A single dash stands between two groups.
                guard groups > 0, gap != groups, index + 1 < label.upperBound else { return nil }
                index += 1
            }
            guard let group = hexadecimalGroup(octets, &index, label.upperBound), groups < 8 else { return nil }
            address = address << 16 | UInt128(group)
            groups += 1
        }
        guard let gap else { return groups == 8 ? address : nil }
        guard groups < 8 else { return nil }
        let behind = UInt128(16 * (groups - gap))
        let tail = address & ((1 << behind) - 1)
        return gap == 0 ? tail : (address >> behind) << UInt128(16 * (8 - gap)) | tail
    }

    private static func hexadecimalGroup(_ octets: Span<UInt8>, _ index: inout Int, _ end: Int) -> UInt16? {
        var value: UInt16 = 0
        var digits = 0
        while index < end, digits < 4, let digit = nibble(octets[index]) {
            value = value << 4 | UInt16(digit)
            digits += 1
            index += 1
        }
        return digits > 0 && (index == end || octets[index] == dash) ? value : nil
    }
}
