extension StatusReport {
    /// How many of a list are shown to people: all are in the JSON.
    static let shown = 20

    /// What people are shown of sentences.
    static func first(_ sentences: [String]) -> [String] {
        sentences.prefix(shown) + [rest(of: sentences.count)].compactMap(\.self)
    }

    /// How many of a list are not shown, in words; nil if all are.
    static func rest(of count: Int) -> String? {
        count > shown ? "and \(count - shown) more, which `linnet status --json` has" : nil
    }
}
