import JSONText

/// A JSON value to be written for people and programs: keys keep their order.
enum IndentedJSON {
    case string(String)
    case bool(Bool)
    case array([IndentedJSON])
    case object([(String, IndentedJSON)])

    /// The text, indented by two spaces a level.
    func text(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .string(let value): return JSONString.quoted(value)
        case .bool(let value): return value ? "true" : "false"
        case .array(let values):
            if values.isEmpty { return "[]" }
            let lines = values.map { inner + $0.text(indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let lines = members.map { key, value in "\(inner)\(JSONString.quoted(key)): \(value.text(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
