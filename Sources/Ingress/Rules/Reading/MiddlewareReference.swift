import ClusterState

/// A middleware as an annotation names it: `namespace-name@kubernetescrd`.
package struct MiddlewareReference: Hashable, Sendable, CustomStringConvertible {
    /// As it is written.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    /// The provider that Kubernetes' objects are of.
    static let provider = "kubernetescrd"

    /// The longest namespace, a hyphen and the longest name.
    private static let longest = 63 + 1 + 253

    /// What stands after `@`; nil if nothing does.
    var provider: Substring? {
        text.firstIndex(of: "@").map { text[text.index(after: $0)...] }
    }

    /// The names that the text may stand for: both halves may have hyphens, so any of them may be the one between.
    var candidates: [NamespacedName] {
        let name = text.prefix { $0 != "@" }
        guard name.utf8.count <= Self.longest else { return [] }
        return name.indices.filter { name[$0] == "-" }.compactMap { index in
            let (namespace, rest) = (name[..<index], name[name.index(after: index)...])
            guard !namespace.isEmpty, !rest.isEmpty else { return nil }
            return NamespacedName(namespace: String(namespace), name: String(rest))
        }
    }
}
