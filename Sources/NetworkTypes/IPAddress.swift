/// An IPv4 or IPv6 address.
package enum IPAddress: Hashable, Sendable, Comparable {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// Parses either text form.
    package init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        if let address = try? IPv4Address(parsing: text) {
            self = .v4(address)
        } else if let address = try? IPv6Address(parsing: text) {
            self = .v6(address)
        } else {
            throw AddressSyntaxError(text: String(text), expected: "an IP address")
        }
    }

    /// The address whose bytes these are, in network byte order: 4 or 16 of them, else nil.
    package init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self = .v4(IPv4Address(rawValue: bytes.reduce(0) { $0 << 8 | UInt32($1) }))
        case 16: self = .v6(IPv6Address(rawValue: bytes.reduce(0) { $0 << 8 | UInt128($1) }))
        default: return nil
        }
    }

    /// The address of `family` with this number, in host byte order. Bits beyond the family's width are dropped.
    package init(family: AddressFamily, number: UInt128) {
        switch family {
        case .ipv4: self = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number)))
        case .ipv6: self = .v6(IPv6Address(rawValue: number))
        }
    }

    package var family: AddressFamily {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        }
    }

    /// The address as a number in host byte order.
    package var number: UInt128 {
        switch self {
        case .v4(let address): UInt128(address.rawValue)
        case .v6(let address): address.rawValue
        }
    }

    /// 4 or 16 bytes in network byte order.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let address): address.bytes
        case .v6(let address): address.bytes
        }
    }

    /// 0.0.0.0 or ::, which stand for no address.
    package var isUnspecified: Bool { number == 0 }

    /// Whether it is 255.255.255.255, all hosts on the link (RFC 919 section 7).
    package var isBroadcast: Bool { self == .v4(IPv4Address(rawValue: .max)) }

    /// 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        switch self {
        case .v4(let address): address.rawValue >> 24 == 127
        case .v6(let address): address.rawValue == 1
        }
    }

    /// 169.254.0.0/16 or fe80::/10.
    package var isLinkLocal: Bool {
        switch self {
        case .v4(let address): address.rawValue >> 16 == 0xa9fe
        case .v6(let address): address.isLinkLocal
        }
    }

    /// 224.0.0.0/4 or ff00::/8.
    package var isMulticast: Bool {
        switch self {
        case .v4(let address): address.rawValue >> 28 == 0xe
        case .v6(let address): address.rawValue >> 120 == 0xff
        }
    }

    /// IPv4 before IPv6, then by number.
    package static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.family == right.family ? left.number < right.number : left.family < right.family
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}
