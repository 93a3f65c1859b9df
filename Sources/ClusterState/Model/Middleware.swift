/// What is done to requests on their way (traefik.io/v1alpha1 Middleware).
package struct Middleware: Hashable, Sendable {
    package var metadata: ObjectMetadata
    /// `spec` as it is written: one member, named after what the middleware does.
    package var spec: StructuredValue

    package init(metadata: ObjectMetadata, spec: StructuredValue) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// A value of no fixed form, as JSON has them.
package indirect enum StructuredValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([StructuredValue])
    case object([String: StructuredValue])
}

extension StructuredValue {
    /// The text, or what a number or a truth value was written as; nil for anything else.
    package var plainText: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): String(flag)
        case .null, .number, .array, .object: nil
        }
    }

    /// A field of an object; nil if it is none, or lacks the field.
    subscript(field name: String) -> StructuredValue? {
        guard case .object(let fields) = self else { return nil }
        return fields[name]
    }
}
