import DNSWire

/// The types that CoreDNS' metrics name; all others are one.
enum MeasuredType: UInt8, CaseIterable, Sendable {
    case a, aaaa, cname, dnskey, ds, mx, ns, nsec, nsec3, ptr, rrsig, soa, srv, txt, https, svcb, ixfr, axfr, any, other

    static let count = 20

    @inline(__always)
    init(_ type: RecordType) {
        // The two that nearly all ask for.
        self = type == .a ? .a : type == .aaaa ? .aaaa : Self.rare(type)
    }

    private static func rare(_ type: RecordType) -> MeasuredType {
        switch type {
        case .cname: .cname
        case .dnskey: .dnskey
        case .ds: .ds
        case .mx: .mx
        case .ns: .ns
        case .nsec: .nsec
        case .nsec3: .nsec3
        case .ptr: .ptr
        case .rrsig: .rrsig
        case .soa: .soa
        case .srv: .srv
        case .txt: .txt
        case .https: .https
        case .svcb: .svcb
        case .ixfr: .ixfr
        case .axfr: .axfr
        case .any: .any
        default: .other
        }
    }

    /// As the label has it.
    var label: String { self == .other ? "other" : "\(self)".uppercased() }
}
