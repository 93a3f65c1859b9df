/// Members of the configuration with the type they must have. A member that is missing or null is nil.
extension JSONValue {
    func string(_ name: String) throws(CNIError) -> String? {
        switch self[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        case .some(let other): throw Self.error(name, other, expected: "a string")
        }
    }

    func bool(_ name: String) throws(CNIError) -> Bool? {
        switch self[name] {
        case nil, .null?: return nil
        case .bool(let value)?: return value
        case .some(let other): throw Self.error(name, other, expected: "a boolean")
        }
    }

    func strings(_ name: String) throws(CNIError) -> [String]? {
        guard let values = try list(name) else { return nil }
        var strings: [String] = []
        for value in values {
            guard case .string(let text) = value else {
                throw CNIError(.undecodable, "'\(name)' in the configuration holds \(value.kind) instead of a string")
            }
            strings.append(text)
        }
        return strings
    }

    func list(_ name: String) throws(CNIError) -> [JSONValue]? {
        switch self[name] {
        case nil, .null?: return nil
        case .array(let values)?: return values
        case .some(let other): throw Self.error(name, other, expected: "a list")
        }
    }

    func object(_ name: String) throws(CNIError) -> JSONValue? {
        switch self[name] {
        case nil, .null?: return nil
        case .object?: return self[name]
        case .some(let other): throw Self.error(name, other, expected: "an object")
        }
    }

    private static func error(_ name: String, _ value: JSONValue, expected: String) -> CNIError {
        CNIError(.undecodable, "'\(name)' in the configuration is \(value.kind) instead of \(expected)")
    }
}
