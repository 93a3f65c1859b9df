package import ClusterState

// Specs of middlewares as they stand in manifests.

extension StructuredValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, StructuredValue)...) {
        self = .object(Dictionary(uniqueKeysWithValues: elements))
    }
}

extension StructuredValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: StructuredValue...) { self = .array(elements) }
}

extension StructuredValue: ExpressibleByUnicodeScalarLiteral {}

extension StructuredValue: ExpressibleByExtendedGraphemeClusterLiteral {}

extension StructuredValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension StructuredValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension StructuredValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension StructuredValue: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}
