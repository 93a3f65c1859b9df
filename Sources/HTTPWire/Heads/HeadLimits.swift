/// How much a head may have, and what else a receiver decides about it.
package struct HeadLimits: Hashable, Sendable {
    /// The most octets of the first line, with its end.
    package var firstLine: Int
    /// The most octets of all fields, with the ends of their lines and the empty line.
    package var fields: Int
    /// The most fields.
    package var fieldCount: Int
    /// Whether octets that are not ASCII may stand in the target of a request. RFC 3986 has none; careless clients do.
    package var allowsNonASCIITargets: Bool

    package init(
        firstLine: Int = 8 << 10,
        fields: Int = 64 << 10,
        fieldCount: Int = 128,
        allowsNonASCIITargets: Bool = false
    ) {
        self.firstLine = firstLine
        self.fields = fields
        self.fieldCount = fieldCount
        self.allowsNonASCIITargets = allowsNonASCIITargets
    }
}
