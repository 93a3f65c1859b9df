import NetworkTypes

/// The types that the zone has records of, and ANY. A closed list, since comparing these costs no call.
enum ZoneRecordType: UInt16 {
    case a = 1
    case ns = 2
    case cname = 5
    case soa = 6
    case ptr = 12
    case hinfo = 13
    case txt = 16
    case aaaa = 28
    case srv = 33
    case any = 255

    /// The type of address records of a family.
    @inline(__always)
    init(_ family: AddressFamily) { self = family == .ipv4 ? .a : .aaaa }

    /// The family whose addresses records of this type hold, if it is one of the two.
    var family: AddressFamily? {
        switch self {
        case .a: .ipv4
        case .aaaa: .ipv6
        default: nil
        }
    }
}

extension AddressFamily {
    /// The width of an address in octets, compiled in place.
    @inline(__always)
    var octetCount: Int { self == .ipv4 ? 4 : 16 }
}
