/// A network: an address whose host bits are zero, and a prefix length.
package struct IPPrefix: Hashable, Sendable, Comparable {
    /// The first address of the network. Its host bits are zero.
    package let base: IPAddress
    /// The prefix length in bits: 0…32 or 0…128.
    package let length: Int

    /// The network of this length that contains `address`: host bits are dropped.
    ///
    /// - Precondition: `length` is within the width of the address.
    package init(containing address: IPAddress, length: Int) {
        precondition((0...address.family.bitWidth).contains(length), "prefix length \(length) of \(address)")
        self.length = length
        base = IPAddress(family: address.family, number: address.number & Self.mask(length, address.family))
    }

    /// Parses `address/length`. Host bits that are set are refused, since then either part may be the typing error.
    package init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        let address = try InterfaceAddress(parsing: text, expected: "a network")
        self = address.network
        guard base == address.address else {
            throw AddressSyntaxError(
                text: String(text),
                expected: "a network",
                reason: "bits are set beyond the prefix length; did you mean \(self)?"
            )
        }
    }

    /// The network of one address: /32 or /128.
    package init(host address: IPAddress) {
        self.init(containing: address, length: address.family.bitWidth)
    }

    package var family: AddressFamily { base.family }

    /// The last address of the network: for IPv4 networks of up to 30 bits the broadcast address.
    package var last: IPAddress {
        IPAddress(family: family, number: base.number | ~Self.mask(length, family))
    }

    /// The address `offset` places after the base, or nil if that is outside the network.
    package func address(at offset: UInt128) -> IPAddress? {
        offset <= last.number - base.number ? IPAddress(family: family, number: base.number + offset) : nil
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && address.number & Self.mask(length, family) == base.number
    }

    /// Whether every address of `other` is in this network.
    package func contains(_ other: IPPrefix) -> Bool {
        other.length >= length && contains(other.base)
    }

    /// Whether the two networks have an address in common: one then contains the other.
    package func overlaps(_ other: IPPrefix) -> Bool {
        contains(other) || other.contains(self)
    }

    /// By base address, the wider network first.
    package static func < (left: IPPrefix, right: IPPrefix) -> Bool {
        left.base == right.base ? left.length < right.length : left.base < right.base
    }

    private static func mask(_ length: Int, _ family: AddressFamily) -> UInt128 {
        let all = UInt128.max >> UInt128(128 - family.bitWidth)
        return length == 0 ? 0 : all & (all << UInt128(family.bitWidth - length))
    }
}

extension IPPrefix: CustomStringConvertible {
    package var description: String { "\(base)/\(length)" }
}
