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
