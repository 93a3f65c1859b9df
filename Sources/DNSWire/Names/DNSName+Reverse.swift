package import NetworkTypes

// Names of addresses: RFC 1035 section 3.5 for IPv4, RFC 3596 section 2.5 for IPv6.

extension DNSName {
    /// in-addr.arpa
    package static let reverseIPv4 = DNSName(validated: wire("in-addr"))
    /// ip6.arpa
    package static let reverseIPv6 = DNSName(validated: wire("ip6"))

    /// The name at which an address has its PTR records.
    package init(reverseOf address: IPAddress) {
        self = Self.reverse(address, labels: address.family.bitWidth / Self.bitsPerLabel(address.family))
    }

    /// The zones that together hold the reverse names of exactly the addresses of a prefix.
    ///
    /// More than one where the prefix ends inside a label: at most 128 for IPv4 and 8 for IPv6.
    package static func reverseZones(of prefix: IPPrefix) -> [DNSName] {
        let family = prefix.family
        let bits = bitsPerLabel(family)
        let labels = (prefix.length + bits - 1) / bits
        let zones = UInt128(1) << UInt128(labels * bits - prefix.length)
        return (0..<zones).map { index in
            // No shift by the whole width: the last label of a host ends at bit zero.
            let offset = labels == 0 ? 0 : index << UInt128(family.bitWidth - labels * bits)
            return reverse(IPAddress(family: family, number: prefix.base.number | offset), labels: labels)
        }
    }

    /// The address whose reverse name this is, or nil. Only complete names in their one canonical spelling count.
    package var reverseAddress: IPAddress? {
        if let labels = labels(below: .reverseIPv4), labels.count == 4 {
            var value: UInt32 = 0
            for label in labels.reversed() {
                guard let octet = Self.decimalOctet(label) else { return nil }
                value = value << 8 | UInt32(octet)
            }
            return .v4(IPv4Address(rawValue: value))
        }
        if let labels = labels(below: .reverseIPv6), labels.count == 32 {
            var value: UInt128 = 0
            for label in labels.reversed() {
                guard label.count == 1, let nibble = label.first.flatMap(Self.nibble) else { return nil }
                value = value << 4 | UInt128(nibble)
            }
            return .v6(IPv6Address(rawValue: value))
        }
        return nil
    }

    private static func wire(_ label: String) -> [UInt8] {
        [UInt8(label.utf8.count)] + Array(label.utf8) + [4] + Array("arpa".utf8) + [0]
    }

    private static func bitsPerLabel(_ family: AddressFamily) -> Int { family == .ipv4 ? 8 : 4 }

    /// The reverse name of as much of an address as fills `count` labels.
    private static func reverse(_ address: IPAddress, labels count: Int) -> DNSName {
        let texts =
            switch address {
            case .v4: address.bytes.map { String($0) }
            case .v6: address.bytes.flatMap { [String($0 >> 4, radix: 16), String($0 & 15, radix: 16)] }
            }
        let zone = address.family == .ipv4 ? reverseIPv4 : reverseIPv6
        let labels = texts.prefix(count).reversed().flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        return DNSName(validated: labels + zone.wire)
    }

    private static func decimalOctet(_ digits: ArraySlice<UInt8>) -> UInt8? {
        let text = String(decoding: digits, as: UTF8.self)
        guard let octet = UInt8(text), String(octet) == text else { return nil }
        return octet
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
