import ClusterState
import NetworkTypes
import YAML

/// The fields of one mapping. As in Kubernetes a null stands for a field that is not there, and unknown fields are left
/// alone; a field of the wrong type is an error that names it.
struct Fields {
    let node: YAMLNode
    /// How the mapping is reached from the object: `spec.ports[0]`.
    let path: String

    init(_ node: YAMLNode, path: String) throws(ObjectError) {
        guard node.members != nil else { throw Self.mismatch("a mapping", node, path) }
        self.node = node
        self.path = path
    }

    /// How one value is read, given its node and its path.
    typealias Reading<Value> = (YAMLNode, String) throws(ObjectError) -> Value

    func optional<Value>(_ key: String, _ read: Reading<Value>) throws(ObjectError) -> Value? {
        guard let value = node[key], !value.isNull else { return nil }
        return try read(value, path(to: key))
    }

    func required<Value>(_ key: String, _ read: Reading<Value>) throws(ObjectError) -> Value {
        guard let value = try optional(key, read) else {
            throw ObjectError(position: node.position, path: path(to: key), message: "is missing")
        }
        return value
    }

    /// The elements of a list; none if it is not there.
    func list<Value>(_ key: String, _ read: Reading<Value>) throws(ObjectError) -> [Value] {
        guard let value = node[key], !value.isNull else { return [] }
        guard let elements = value.elements else { throw Self.mismatch("a list", value, path(to: key)) }
        var values: [Value] = []
        // An array that grows has room for up to twice as many.
        values.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            values.append(try read(element, "\(path(to: key))[\(index)]"))
        }
        return values
    }

    func elements(_ key: String) throws(ObjectError) -> [Fields] { try list(key, Self.fields) }

    /// A mapping with values of one type; empty if it is not there.
    func mapping<Value>(_ key: String, _ read: Reading<Value>) throws(ObjectError) -> [String: Value] {
        guard let fields = try optional(key, Self.fields) else { return [:] }
        var values: [String: Value] = [:]
        for member in fields.node.members ?? [] {
            values[member.key] = try read(member.value, "\(fields.path).\(member.key)")
        }
        return values
    }

    /// Labels, annotations, selectors: a null among them is an empty string.
    func strings(of key: String) throws(ObjectError) -> [String: String] {
        try mapping(key) { node, path throws(ObjectError) in node.isNull ? "" : try Self.string(node, path) }
    }

    func error(_ key: String, _ message: String) -> ObjectError {
        ObjectError(position: (node[key] ?? node).position, path: path(to: key), message: message)
    }

    private func path(to key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private static func mismatch(_ expected: String, _ node: YAMLNode, _ path: String) -> ObjectError {
        ObjectError(position: node.position, path: path, message: "is \(node.kind), not \(expected)")
    }
}

// MARK: - How values are read

extension Fields {
    static func fields(_ node: YAMLNode, _ path: String) throws(ObjectError) -> Fields {
        try Fields(node, path: path)
    }

    static func string(_ node: YAMLNode, _ path: String) throws(ObjectError) -> String {
        guard let scalar = node.scalar else { throw mismatch("a string", node, path) }
        guard scalar.isString else {
            throw ObjectError(
                position: node.position,
                path: path,
                message: "is \(node.kind), not a string: put \(scalar.text) in quotes"
            )
        }
        return scalar.text
    }

    /// The name of an object.
    static func name(_ node: YAMLNode, _ path: String) throws(ObjectError) -> String {
        let name = try string(node, path)
        guard NodeName.isSubdomain(name) else {
            throw ObjectError(
                position: node.position,
                path: path,
                message: "'\(name)' is no name: lower-case letters, digits, '-' and '.' make one"
            )
        }
        return name
    }

    static func boolean(_ node: YAMLNode, _ path: String) throws(ObjectError) -> Bool {
        guard let boolean = node.scalar?.boolean else { throw mismatch("true or false", node, path) }
        return boolean
    }

    static func integer(in range: ClosedRange<Int64>) -> Reading<Int64> {
        { node, path throws(ObjectError) in
            guard let integer = node.scalar?.integer else { throw mismatch("a whole number", node, path) }
            guard range.contains(integer) else {
                throw ObjectError(
                    position: node.position,
                    path: path,
                    message: "\(integer) is not in \(range.lowerBound)-\(range.upperBound)"
                )
            }
            return integer
        }
    }

    static func port(_ node: YAMLNode, _ path: String) throws(ObjectError) -> UInt16 {
        UInt16(truncatingIfNeeded: try integer(in: 1...65535)(node, path))
    }

    static func portReference(_ node: YAMLNode, _ path: String) throws(ObjectError) -> PortReference {
        if node.scalar?.integer != nil { return .number(try port(node, path)) }
        return .name(try string(node, path))
    }

    /// One of a fixed set of words.
    static func word<Word: RawRepresentable & CaseIterable>(
        _: Word.Type
    ) -> Reading<Word> where Word.RawValue == String {
        { node, path throws(ObjectError) in
            let text = try string(node, path)
            guard let word = Word(rawValue: text) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw ObjectError(position: node.position, path: path, message: "'\(text)' is none of \(known)")
            }
            return word
        }
    }

    static func address(_ node: YAMLNode, _ path: String) throws(ObjectError) -> IPAddress {
        try parsed(node, path) { text throws(AddressSyntaxError) in try IPAddress(parsing: text) }
    }

    static func prefix(_ node: YAMLNode, _ path: String) throws(ObjectError) -> IPPrefix {
        try parsed(node, path) { text throws(AddressSyntaxError) in try IPPrefix(parsing: text) }
    }

    private static func parsed<Value>(
        _ node: YAMLNode,
        _ path: String,
        _ parse: (String) throws(AddressSyntaxError) -> Value
    ) throws(ObjectError) -> Value {
        let text = try string(node, path)
        do throws(AddressSyntaxError) {
            return try parse(text)
        } catch {
            throw ObjectError(position: node.position, path: path, message: "\(error)")
        }
    }

    /// Bytes in base64.
    static func bytes(_ node: YAMLNode, _ path: String) throws(ObjectError) -> [UInt8] {
        guard let bytes = Base64.decode(node.isNull ? "" : try string(node, path)) else {
            throw ObjectError(position: node.position, path: path, message: "is not base64")
        }
        return bytes
    }
}
