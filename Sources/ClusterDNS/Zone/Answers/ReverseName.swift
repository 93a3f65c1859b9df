import NetworkTypes

/// The reverse name of an address (RFC 1035 section 3.5, RFC 3596 section 2.5), or as much of one as a name has.
struct ReverseName {
    let family: AddressFamily
    /// How many labels are before `in-addr.arpa` or `ip6.arpa`.
    let count: Int
    /// How many of them, from the right, are parts of an address in their one canonical spelling.
    private(set) var valid = 0
    /// The address as far as these tell it, zeros behind.
    private var number: UInt128 = 0

    /// How many bits a label tells.
    private let bits: Int

    /// Nil if the name is below neither of the two zones.
    init?(_ name: Span<UInt8>, _ labels: borrowing LabelPlaces) {
        guard labels.count >= 2 else { return nil }
        let arpa = labels.label(labels.count - 1)
        guard arpa.count == 4, name.number32(at: arpa.lowerBound) == 0x6172_7061 else { return nil }
        let zone = labels.label(labels.count - 2)
        count = labels.count - 2
        switch zone.count {
        case 3 where name.number16(at: zone.lowerBound) == 0x6970 && name[zone.lowerBound + 2] == 0x36:
            family = .ipv6
            bits = 4
        case 7
        where name.number32(at: zone.lowerBound) == 0x696e_2d61 && name.number16(at: zone.lowerBound + 4) == 0x6464
            && name[zone.lowerBound + 6] == 0x72:
            family = .ipv4
            bits = 8
        default: return nil
        }
        while valid < min(count, family.bitWidth / bits) {
            guard let part = part(name, labels.label(count - 1 - valid)) else { break }
            valid += 1
            number |= UInt128(part) << UInt128(family.bitWidth - bits * valid)
        }
    }

    private func part(_ name: Span<UInt8>, _ label: Range<Int>) -> UInt8? {
        if family == .ipv4 { return DashedAddress.decimalOctet(name, label) }
        return label.count == 1 ? DashedAddress.nibble(name[label.lowerBound]) : nil
    }

    /// The address, if the name is the whole of one.
    var address: IPAddress? {
        guard valid == count, valid * bits == family.bitWidth else { return nil }
        return IPAddress(family: family, number: number)
    }

    /// Whether the name is less than an address's and right as far as it goes, so that addresses may be below it.
    var isPartial: Bool { valid == count && valid * bits < family.bitWidth }

    /// The index of the label that a network's zone begins with, or nil if the name is not in one. A network that ends
    /// inside a label has several zones.
    func apex(in network: IPPrefix) -> Int? {
        let zone = (network.length + bits - 1) / bits
        guard network.family == family, zone <= valid else { return nil }
        return network.contains(IPAddress(family: family, number: number)) ? count - zone : nil
    }
}
