/// A regular expression in RE2's dialect, as Go has it, over octets.
///
/// Time grows with the product of the pattern's size and the text's length, whatever both are: nobody who asks for a name
/// can hold up a thread. What RE2 has beyond that (classes of Unicode) is refused by name.
package struct NamePattern: Hashable, Sendable {
    /// The most octets of a pattern.
    package static let longestText = 10_000

    package let text: String
    /// The names of the groups; the first is the whole match, which has none.
    package let groupNames: [String?]
    let program: PatternProgram

    package init(parsing text: String) throws(PatternError) {
        guard text.utf8.count <= Self.longestText else { throw PatternError(.tooLong, at: Self.longestText) }
        var parser = PatternParser(Array(text.utf8))
        let node = try parser.parse()
        self.text = text
        groupNames = parser.groupNames
        program = try PatternProgram(node, groups: groupNames.count)
    }

    /// The leftmost match, the one that the alternatives' order prefers: where each group is, nil if it took no part.
    package func firstMatch(in octets: [UInt8]) -> [Range<Int>?]? {
        var machine = PatternMachine(program)
        guard let places = machine.run(over: octets) else { return nil }
        return (0..<groupNames.count).map { group in
            let (start, end) = (places[2 * group], places[2 * group + 1])
            return start < 0 || end < 0 ? nil : Int(start)..<Int(end)
        }
    }

    package static func == (left: NamePattern, right: NamePattern) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
