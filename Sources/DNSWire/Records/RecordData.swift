package import NetworkTypes

/// What a record says, by its type.
///
/// Only the types that are made or read here have a case: all others keep their octets.
package enum RecordData: Hashable, Sendable {
    case a(IPv4Address)
    case aaaa(IPv6Address)
    case ns(DNSName)
    case cname(DNSName)
    case ptr(DNSName)
    case soa(StartOfAuthority)
    case srv(ServiceLocation)
    case mx(preference: UInt16, exchange: DNSName)
    /// One or more strings of at most 255 octets; longer ones are cut into several when they are written.
    case txt([[UInt8]])
    /// Two strings of at most 255 octets; what is longer is cut off when they are written.
    case hinfo(processor: [UInt8], system: [UInt8])
    /// Any other type, or a class other than IN: the octets, with no compressed names in them. At most 65535.
    case other(RecordType, [UInt8])

    package var type: RecordType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .ns: .ns
        case .cname: .cname
        case .ptr: .ptr
        case .soa: .soa
        case .srv: .srv
        case .mx: .mx
        case .txt: .txt
        case .hinfo: .hinfo
        case .other(let type, _): type
        }
    }

    /// An A or AAAA record, by the family.
    package init(_ address: IPAddress) {
        switch address {
        case .v4(let address): self = .a(address)
        case .v6(let address): self = .aaaa(address)
        }
    }

    /// A TXT record of one text.
    package static func txt(_ text: String) -> RecordData { .txt([Array(text.utf8)]) }
}

extension RecordData: CustomStringConvertible {
    /// As a zone file has it behind the type.
    package var description: String {
        switch self {
        case .a(let address): address.description
        case .aaaa(let address): address.description
        case .ns(let name), .cname(let name), .ptr(let name): name.description
        case .soa(let authority): authority.description
        case .srv(let location): location.description
        case .mx(let preference, let exchange): "\(preference) \(exchange)"
        case .txt(let strings): strings.map { PresentationText.quoted($0) }.joined(separator: " ")
        case .hinfo(let processor, let system):
            PresentationText.quoted(processor) + " " + PresentationText.quoted(system)
        case .other(_, let octets): PresentationText.generic(octets)
        }
    }
}
