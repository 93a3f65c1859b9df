/// Text that is not JSON: where, and what is wrong there.
package struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    /// In bytes, counted from 1.
    package let column: Int
    package let reason: String

    /// `line 3, column 7: a colon is missing`.
    package var description: String { "line \(line), column \(column): \(reason)" }
}
