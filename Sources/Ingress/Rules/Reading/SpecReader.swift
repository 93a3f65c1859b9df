import ClusterState

/// Why a middleware cannot be read.
struct SpecFault: Error {
    let place: String
    let message: String
}

/// Reads the fields of an object of no fixed form, and remembers which nobody asked for.
struct SpecReader {
    /// `spec.headers`
    let place: String
    private let fields: [String: StructuredValue]
    private var unread: Set<String>
    /// What does no harm: place and message.
    private(set) var remarks: [(place: String, message: String)] = []

    init(_ value: StructuredValue, at place: String) throws(SpecFault) {
        self.place = place
        switch value {
        case .object(let fields): self.fields = fields.filter { $0.value != .null }
        case .null: fields = [:]
        default: throw SpecFault(place: place, message: "fields are expected here; write it as a map")
        }
        unread = Set(fields.keys)
    }

    var isEmpty: Bool { fields.isEmpty }

    /// The names that are written, sorted.
    var names: [String] { fields.keys.sorted() }

    func place(of name: String) -> String { "\(place).\(name)" }

    func fault(_ name: String, _ message: String) -> SpecFault { SpecFault(place: place(of: name), message: message) }

    mutating func remark(_ name: String, _ message: String) { remarks.append((place(of: name), message)) }

    mutating func value(_ name: String) -> StructuredValue? {
        unread.remove(name)
        return fields[name]
    }

    /// A text; numbers and truth values are taken for what they look like, since YAML makes them of unquoted text.
    mutating func text(_ name: String) throws(SpecFault) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.plainText else { throw fault(name, "a text is expected") }
        return text
    }

    mutating func flag(_ name: String) throws(SpecFault) -> Bool {
        switch value(name) {
        case nil: false
        case .boolean(let flag)?: flag
        default: throw fault(name, "write true or false")
        }
    }

    mutating func integer(_ name: String) throws(SpecFault) -> Int64? {
        switch value(name) {
        case nil: nil
        case .integer(let number)?: number
        default: throw fault(name, "a whole number is expected")
        }
    }

    mutating func texts(_ name: String) throws(SpecFault) -> [String] {
        guard let value = value(name) else { return [] }
        guard case .array(let items) = value else { throw fault(name, "a list is expected") }
        var texts: [String] = []
        for item in items {
            guard let text = item.plainText else { throw fault(name, "a list of texts is expected") }
            texts.append(text)
        }
        return texts
    }

    /// Names with texts, sorted by name, so that the same object always makes the same rules.
    mutating func textsByName(_ name: String) throws(SpecFault) -> [(name: String, text: String)] {
        guard let value = value(name) else { return [] }
        guard case .object(let fields) = value else { throw fault(name, "a map of names to texts is expected") }
        var texts: [(name: String, text: String)] = []
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            guard let text = value == .null ? "" : value.plainText else {
                throw fault("\(name).\(key)", "a text is expected; put it between quotes")
            }
            texts.append((key, text))
        }
        return texts
    }

    /// What lies one level deeper, if it is written.
    mutating func nested<Value>(
        _ name: String,
        _ read: (inout SpecReader) throws(SpecFault) -> Value
    ) throws(SpecFault) -> Value? {
        guard let value = value(name) else { return nil }
        var reader = try SpecReader(value, at: place(of: name))
        let result = try read(&reader)
        reader.finish()
        remarks += reader.remarks
        return result
    }

    /// What lies one level deeper; nothing, if it is not written.
    func child(_ name: String) throws(SpecFault) -> SpecReader {
        try SpecReader(fields[name] ?? .null, at: place(of: name))
    }

    /// The items of a list of maps.
    mutating func children(_ name: String) throws(SpecFault) -> [SpecReader] {
        guard let value = value(name) else { return [] }
        guard case .array(let items) = value else { throw fault(name, "a list is expected") }
        var children: [SpecReader] = []
        for (index, item) in items.enumerated() {
            children.append(try SpecReader(item, at: "\(place(of: name))[\(index)]"))
        }
        return children
    }

    /// Says one thing of all fields together.
    mutating func ignoreAll(_ message: String) {
        remarks.append((place, message))
        unread = []
    }

    /// Names the fields that nobody asked for.
    mutating func finish() {
        for name in unread.sorted() {
            remark(name, "Linnet does not know this field and ignores it; remove it, or correct its name")
        }
        unread = []
    }
}
