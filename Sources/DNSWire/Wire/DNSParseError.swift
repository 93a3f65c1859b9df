/// Why octets are not a DNS message.
package struct DNSParseError: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Fault: Hashable, Sendable {
        /// The packet is shorter than a header or ends inside of what its counts announce.
        case truncated
        /// A length octet begins with the bits 01 or 10.
        case reservedLabel
        /// A name has more than 255 octets.
        case longName
        /// A pointer leads to the header, to itself, forwards, or through more than 127 others.
        case badPointer
        /// The data of a record is shorter or longer than its type wants.
        case malformedData
        /// There is a second OPT record (RFC 6891 section 6.1.1).
        case secondExtension
        /// An OPT record is not in the additional section or belongs to a name (RFC 6891 section 6.1.2).
        case misplacedExtension
        /// An EDNS option ends behind its record.
        case malformedOption
    }

    package let fault: Fault
    /// Where in the packet: the octet that is wrong, or the first that is missing.
    package let offset: Int

    package init(_ fault: Fault, at offset: Int) {
        self.fault = fault
        self.offset = offset
    }
}

extension DNSParseError: CustomStringConvertible {
    package var description: String { "malformed DNS message at octet \(offset): \(fault)" }
}

extension DNSParseError.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "it ends too early"
        case .reservedLabel: "a label of a reserved kind"
        case .longName: "a name longer than 255 octets"
        case .badPointer: "a pointer that does not lead back to a name"
        case .malformedData: "data that does not fit its type"
        case .secondExtension: "a second OPT record"
        case .misplacedExtension: "an OPT record where none may be"
        case .malformedOption: "an EDNS option that ends behind its record"
        }
    }
}
