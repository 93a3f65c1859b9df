/// Changes of a message's fields: some are taken out, then some are put in.
package struct FieldEdits: Hashable, Sendable {
    /// In lower case, with `-` for `_`.
    package private(set) var removed: [[UInt8]] = []
    package private(set) var added: [EditedField] = []

    package init() {}

    package var isEmpty: Bool { removed.isEmpty && added.isEmpty }

    /// Takes out all fields of a name, and what was put in under it.
    package mutating func remove(_ name: String) {
        let folded = Self.folded(name.utf8)
        added.removeAll { Self.folded($0.name) == folded }
        if !removed.contains(folded) { removed.append(folded) }
    }

    /// Makes a field the only one of its name.
    package mutating func set(_ name: String, _ value: [UInt8]) {
        remove(name)
        added.append(EditedField(name: Array(name.utf8), value: value))
    }

    package mutating func set(_ name: String, _ value: String) { set(name, Array(value.utf8)) }

    /// Puts in a field beside those that are there.
    package mutating func add(_ name: String, _ value: [UInt8]) {
        added.append(EditedField(name: Array(name.utf8), value: value))
    }

    /// Does all that `later` does, after this.
    package mutating func merge(_ later: FieldEdits) {
        for name in later.removed {
            added.removeAll { Self.folded($0.name) == name }
            if !removed.contains(name) { removed.append(name) }
        }
        added += later.added
    }

    /// Whether a message's own fields of this name are taken out. Servers behind CGI and WSGI cannot tell `X_User` from
    /// `X-User`: neither do edits, so that a client cannot say with the one what the other was set to deny.
    package func removes(_ name: Span<UInt8>) -> Bool {
        removed.contains { candidate in
            guard candidate.count == name.count else { return false }
            for index in candidate.indices where candidate[index] != Self.folded(name[index]) { return false }
            return true
        }
    }

    package func removes(_ name: [UInt8]) -> Bool { removes(name.span) }

    /// The values that were put in under a name.
    func addedValues(of name: String) -> [[UInt8]] {
        let folded = Self.folded(name.utf8)
        return added.filter { Self.folded($0.name) == folded }.map(\.value)
    }

    private static func folded(_ name: some Sequence<UInt8>) -> [UInt8] { name.map { folded($0) } }

    private static func folded(_ octet: UInt8) -> UInt8 {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): octet | 0x20
        case UInt8(ascii: "_"): UInt8(ascii: "-")
        default: octet
        }
    }
}

/// A field to put into a message.
package struct EditedField: Hashable, Sendable {
    package var name: [UInt8]
    /// Without controls.
    package var value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ value: String) {
        self.init(name: Array(name.utf8), value: Array(value.utf8))
    }
}

extension EditedField: CustomStringConvertible {
    package var description: String {
        "\(String(decoding: name, as: UTF8.self)): \(String(decoding: value, as: UTF8.self))"
    }
}
