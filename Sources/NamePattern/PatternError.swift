/// Why a text is not a pattern.
package struct PatternError: Error, Hashable, Sendable {
    /// What is wrong with it.
    package enum Fault: Hashable, Sendable {
        /// A group that is not closed, or a `)` that opens nothing.
        case unbalancedGroup
        /// A class that is not closed.
        case unclosedClass
        /// A class with a range whose end is before its start.
        case emptyRange
        /// `*`, `+`, `?` or `{}` behind nothing, or behind another one.
        case nothingToRepeat
        /// More than 1000 times, or at least more often than at most.
        case malformedCount
        /// A backslash at the end, or before a letter or digit that it gives no meaning.
        case unknownEscape
        /// A group's name that is empty, is no word, or is that of another group.
        case malformedGroupName
        /// Flags that are not of `imsU`.
        case unknownFlags
        /// What RE2 has and this has not.
        case unsupported(String)
        /// More than 10,000 octets.
        case tooLong
        /// Repetitions make too much of it: every name would take long.
        case tooLarge
    }

    package let fault: Fault
    /// Where in the text, in octets.
    package let offset: Int

    init(_ fault: Fault, at offset: Int) {
        self.fault = fault
        self.offset = offset
    }
}

extension PatternError: CustomStringConvertible {
    package var description: String { "\(fault) (at octet \(offset))" }
}

extension PatternError.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unbalancedGroup: "a parenthesis without its other one"
        case .unclosedClass: "a class without its ]"
        case .emptyRange: "a range that ends before it starts"
        case .nothingToRepeat: "nothing that could be repeated"
        case .malformedCount: "a repetition of more than 1000 times, or of more than its most"
        case .unknownEscape: "a backslash that means nothing there"
        case .malformedGroupName: "a group's name that is no word, or is another group's"
        case .unknownFlags: "flags other than i, m, s and U"
        case .unsupported(let what): "\(what) are not supported"
        case .tooLong: "longer than \(NamePattern.longestText) octets"
        case .tooLarge: "too large with its repetitions written out"
        }
    }
}
