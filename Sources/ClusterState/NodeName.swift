/// The name of a node: a DNS subdomain (RFC 1123) of at most 253 bytes, as Kubernetes requires.
package struct NodeName: Hashable, Sendable, Comparable, RawRepresentable {
    package let rawValue: String

    /// Nil if `rawValue` is not a DNS subdomain.
    package init?(rawValue: String) {
        guard Self.isSubdomain(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    package static func < (left: NodeName, right: NodeName) -> Bool { left.rawValue < right.rawValue }

    /// Whether the text is a DNS subdomain, as the names of most objects are.
    package static func isSubdomain(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    private static func isLabel(_ label: some BidirectionalCollection<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard label.count <= 63, let first = label.first, let last = label.last else { return false }
        guard first != hyphen, last != hyphen else { return false }
        return label.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == hyphen
        }
    }
}

extension NodeName: CustomStringConvertible {
    package var description: String { rawValue }
}
