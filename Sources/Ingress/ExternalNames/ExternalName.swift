import ClusterState

/// A DNS name that a service of type ExternalName stands for.
package struct ExternalName: Hashable, Sendable {
    /// In lower case, without a dot at its end.
    package let text: String

    /// Nil if the text is no host name (RFC 1123 section 2.1).
    package init?(_ text: String) {
        let name = text.lowercased()
        let relative = name.hasSuffix(".") ? String(name.dropLast()) : name
        guard NodeName.isSubdomain(relative), relative.utf8.count <= 253 else { return nil }
        self.text = relative
    }
}

extension ExternalName: Comparable {
    package static func < (left: ExternalName, right: ExternalName) -> Bool { left.text < right.text }
}

extension ExternalName: CustomStringConvertible {
    package var description: String { text }
}
