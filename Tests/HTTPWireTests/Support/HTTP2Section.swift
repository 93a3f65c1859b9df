import HTTPWire

/// The fields of HTTP/2 as the tables write them: `name=value`, ` | ` between. `then body` at the end says that the stream
/// goes on behind them.
struct HTTP2Section {
    var fields: [(name: String, value: String)] = []
    var isEnd = true

    init(_ text: String) {
        for part in text.split(separator: " | ", omittingEmptySubsequences: false) where !part.isEmpty {
            if part == "then body" {
                isEnd = false
                continue
            }
            let equal = part.firstIndex(of: "=") ?? part.endIndex
            fields.append((String(part[..<equal]), String(part[equal...].dropFirst())))
        }
    }

    /// As HPACK gives them.
    var buffer: FieldSectionBuffer {
        var buffer = FieldSectionBuffer()
        for field in fields {
            let name = Wire.octets(field.name)
            let value = Wire.octets(field.value)
            buffer.append(name: name.span, value: value.span)
        }
        return buffer
    }

    /// The values of all fields of a name that is in lower case.
    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}
