/// An Ethernet hardware address.
package struct MACAddress: Hashable, Sendable, Comparable {
    /// The six bytes as a number, the first byte on the wire most significant. The upper 16 bits are zero.
    package let rawValue: UInt64

    /// - Precondition: `rawValue` has at most 48 bits.
    package init(rawValue: UInt64) {
        precondition(rawValue >> 48 == 0, "a MAC address has 48 bits")
        self.rawValue = rawValue
    }

    /// The address whose bytes these are: exactly six, else nil.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        rawValue = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Parses `12:c6:65:89:b4:e3`, in either case.
    package init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            part.utf8.count == 2 && part.allSatisfy(\.isHexDigit) ? UInt8(part, radix: 16) : nil
        }
        guard parts.count == 6, let address = MACAddress(bytes: bytes) else {
            throw AddressSyntaxError(text: String(text), expected: "a MAC address")
        }
        self = address
    }

    /// The six bytes in the order they are sent.
    package var bytes: [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: rawValue >> UInt64(40 - 8 * $0)) }
    }

    /// Whether the group bit is set (IEEE 802: the lowest bit of the first byte).
    package var isMulticast: Bool { rawValue & 0x0100_0000_0000 != 0 }

    /// Whether the address was not assigned by a manufacturer (the second lowest bit of the first byte).
    package var isLocallyAdministered: Bool { rawValue & 0x0200_0000_0000 != 0 }

    /// The address made of the lower 48 bits of `number`, with the local bit set and the group bit cleared.
    package static func locallyAdministered(_ number: UInt64) -> MACAddress {
        MACAddress(rawValue: number & 0xfcff_ffff_ffff | 0x0200_0000_0000)
    }

    package static func < (left: MACAddress, right: MACAddress) -> Bool { left.rawValue < right.rawValue }
}

extension MACAddress: CustomStringConvertible {
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
