extension DNSName {
    /// Parses presentation text (RFC 1035 section 5.1): `\.` is a dot inside a label, `\065` the octet 65.
    ///
    /// Names are absolute with and without a final dot. Characters beyond ASCII count as their octets in UTF-8.
    package init(parsing text: some StringProtocol) throws(DNSNameError) {
        do {
            try self.init(validated: Self.wire(of: Array(text.utf8)))
        } catch {
            throw DNSNameError(text: String(text), error.fault)
        }
    }

    private struct SyntaxFault: Error {
        let fault: DNSNameError.Fault
    }

    private static func wire(of text: [UInt8]) throws(SyntaxFault) -> [UInt8] {
        if text.isEmpty { throw SyntaxFault(fault: .emptyText) }
        if text == [UInt8(ascii: ".")] { return [0] }
        var wire: [UInt8] = [0]
        // Where the length of the label being read stands.
        var start = 0
        var rest = text[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "."):
                try close(labelAt: start, in: &wire)
                start = wire.count
                wire.append(0)
            case UInt8(ascii: "\\"): wire.append(try escaped(&rest))
            default: wire.append(octet)
            }
        }
        // Without a final dot the last label is still open.
        if wire.count - start > 1 {
            try close(labelAt: start, in: &wire)
            wire.append(0)
        }
        guard wire.count <= maximumLength else { throw SyntaxFault(fault: .longName) }
        return wire
    }

    private static func close(labelAt start: Int, in wire: inout [UInt8]) throws(SyntaxFault) {
        let length = wire.count - start - 1
        guard length > 0 else { throw SyntaxFault(fault: .emptyLabel) }
        guard length <= maximumLabelLength else { throw SyntaxFault(fault: .longLabel) }
        wire[start] = UInt8(length)
    }

    /// The octet that stands behind a backslash.
    private static func escaped(_ rest: inout ArraySlice<UInt8>) throws(SyntaxFault) -> UInt8 {
        let digits = rest.prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        if digits.isEmpty {
            guard let octet = rest.popFirst() else { throw SyntaxFault(fault: .malformedEscape) }
            return octet
        }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard digits.count == 3, let octet = UInt8(exactly: value) else { throw SyntaxFault(fault: .malformedEscape) }
        rest.removeFirst(3)
        return octet
    }
}

extension DNSName: CustomStringConvertible {
    /// Presentation text with a final dot, which parses to the same name.
    package var description: String {
        isRoot ? "." : labels.map { PresentationText.label($0) + "." }.joined()
    }
}
