/// Why something is not a domain name.
package struct DNSNameError: Error, Hashable, Sendable {
    /// What is wrong with it.
    package enum Fault: Hashable, Sendable {
        /// There is no text: the root is written as a dot.
        case emptyText
        /// A label has no octets: two dots in a row, or one at the start.
        case emptyLabel
        /// A label has more than 63 octets.
        case longLabel
        /// The name has more than 255 octets in wire form.
        case longName
        /// A backslash stands before nothing, or before digits that are not three or over 255.
        case malformedEscape
        /// Octets in wire form stop before the root or go on behind it.
        case unterminated
    }

    /// The name as it was given, or as hexadecimal octets.
    package let text: String
    package let fault: Fault

    package init(text: String, _ fault: Fault) {
        self.text = text
        self.fault = fault
    }

    init(wire: [UInt8], _ fault: Fault) {
        text = PresentationText.hexadecimal(wire)
        self.fault = fault
    }
}

extension DNSNameError: CustomStringConvertible {
    package var description: String { "'\(text)' is not a domain name: \(fault)" }
}

extension DNSNameError.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .emptyText: "it is empty"
        case .emptyLabel: "it has an empty label"
        case .longLabel: "a label is longer than 63 octets"
        case .longName: "it is longer than 255 octets"
        case .malformedEscape: "a backslash is followed by neither a character nor three digits up to 255"
        case .unterminated: "the octets do not end with the root"
        }
    }
}
