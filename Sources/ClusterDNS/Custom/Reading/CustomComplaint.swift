/// What of a key of the ConfigMap is not done as it says.
package struct CustomComplaint: Hashable, Sendable {
    /// How much of it.
    package enum Weight: Hashable, Sendable {
        /// Nothing is missed: it has no effect here.
        case effectless
        /// It is not supported here, and left out.
        case unsupported
        /// CoreDNS would not take it either: what the key said before stays.
        case fault
    }

    package let weight: Weight
    package let key: String
    /// The first is 1.
    package let line: Int
    package let directive: String?
    /// With the remedy.
    package let reason: String

    init(_ weight: Weight, at token: CorefileToken, in directive: String?, _ reason: String) {
        self.weight = weight
        key = token.key
        line = token.line
        self.directive = directive
        self.reason = reason
    }

    init(_ fault: CorefileFault) {
        weight = .fault
        key = fault.key
        line = fault.line
        directive = fault.directive
        reason = fault.reason
    }
}

extension CustomComplaint: CustomStringConvertible {
    package var description: String {
        "\(key) line \(line): " + (directive.map { "\($0): " } ?? "") + reason
    }
}
