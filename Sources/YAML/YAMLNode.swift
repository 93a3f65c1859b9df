/// One value of a YAML or JSON document, with its place in the text.
package struct YAMLNode: Hashable, Sendable {
    package var content: YAMLContent
    package var position: YAMLPosition

    package init(_ content: YAMLContent, at position: YAMLPosition) {
        self.content = content
        self.position = position
    }

    /// The value under `key` if this is a mapping that has it.
    package subscript(_ key: String) -> YAMLNode? {
        members?.first { $0.key == key }?.value
    }

    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    package var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    package var members: [YAMLMember]? {
        if case .mapping(let members) = content { members } else { nil }
    }

    /// Whether this is `null`, `~` or nothing at all.
    package var isNull: Bool { scalar?.isNull == true }

    /// What this is, as a noun phrase for messages: "a list".
    package var kind: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar): scalar.kind
        }
    }
}

/// What a node holds.
package enum YAMLContent: Hashable, Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// In the order of the text, each key once; merge keys (`<<`) are resolved.
    case mapping([YAMLMember])
}

/// One entry of a mapping.
package struct YAMLMember: Hashable, Sendable {
    package var key: String
    package var keyPosition: YAMLPosition
    package var value: YAMLNode

    package init(key: String, at keyPosition: YAMLPosition, value: YAMLNode) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}

/// A place in a text.
package struct YAMLPosition: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    /// In characters, from 1.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = YAMLPosition(line: 1, column: 1)

    package static func < (left: YAMLPosition, right: YAMLPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    package var description: String { "\(line):\(column)" }
}
