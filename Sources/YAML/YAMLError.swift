/// Text that is not YAML, or too much of it.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: YAMLPosition
    /// What is wrong, as a phrase.
    package let message: String

    package init(at position: YAMLPosition, _ message: String) {
        self.position = position
        self.message = message
    }

    /// `line 3, column 7: found a tab character that violates indentation`.
    package var description: String { "line \(position.line), column \(position.column): \(message)" }
}

/// How much a text may ask of its reader. Whatever exceeds it is an error, never a hang.
package struct YAMLLimits: Hashable, Sendable {
    /// The size of the text in bytes.
    package var bytes: Int
    /// How deep lists and mappings may be nested.
    package var depth: Int
    /// How many values there may be, those that an alias stands for counted each time.
    package var values: Int

    package init(bytes: Int = 16 << 20, depth: Int = 200, values: Int = 1_000_000) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }
}
