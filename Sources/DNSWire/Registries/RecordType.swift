/// The type of a record or a question (RFC 1035 section 3.2.2 and the IANA registry).
package struct RecordType: RegisteredNumber {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Compiled in place, also in other modules: each query is compared with several.
    @inlinable
    package static func == (left: RecordType, right: RecordType) -> Bool { left.rawValue == right.rawValue }

    package static let a = RecordType(rawValue: 1)
    package static let ns = RecordType(rawValue: 2)
    package static let cname = RecordType(rawValue: 5)
    package static let soa = RecordType(rawValue: 6)
    package static let ptr = RecordType(rawValue: 12)
    package static let hinfo = RecordType(rawValue: 13)
    package static let mx = RecordType(rawValue: 15)
    package static let txt = RecordType(rawValue: 16)
    package static let aaaa = RecordType(rawValue: 28)
    package static let srv = RecordType(rawValue: 33)
    package static let naptr = RecordType(rawValue: 35)
    package static let dname = RecordType(rawValue: 39)
    /// The EDNS record (RFC 6891): about the message, never data.
    package static let opt = RecordType(rawValue: 41)
    package static let ds = RecordType(rawValue: 43)
    package static let rrsig = RecordType(rawValue: 46)
    package static let nsec = RecordType(rawValue: 47)
    package static let dnskey = RecordType(rawValue: 48)
    package static let nsec3 = RecordType(rawValue: 50)
    package static let svcb = RecordType(rawValue: 64)
    package static let https = RecordType(rawValue: 65)
    package static let tkey = RecordType(rawValue: 249)
    package static let tsig = RecordType(rawValue: 250)
    /// The difference of two versions of a zone (RFC 1995): a question only.
    package static let ixfr = RecordType(rawValue: 251)
    /// A whole zone (RFC 5936): a question only.
    package static let axfr = RecordType(rawValue: 252)
    /// Every type there is (RFC 8482 says what to answer): a question only.
    package static let any = RecordType(rawValue: 255)

    package static let unnamedPrefix = "TYPE"

    package static let names: [RecordType: String] = [
        .a: "A", .ns: "NS", .cname: "CNAME", .soa: "SOA", .ptr: "PTR", .hinfo: "HINFO", .mx: "MX", .txt: "TXT",
        .aaaa: "AAAA", .srv: "SRV", .naptr: "NAPTR", .dname: "DNAME", .opt: "OPT", .ds: "DS", .rrsig: "RRSIG",
        .nsec: "NSEC", .dnskey: "DNSKEY", .nsec3: "NSEC3", .svcb: "SVCB", .https: "HTTPS", .tkey: "TKEY",
        .tsig: "TSIG", .ixfr: "IXFR", .axfr: "AXFR", .any: "ANY",
    ]
}
