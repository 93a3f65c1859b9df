/// Finds what somebody probably meant.
enum NearestName {
    /// The name that needs the fewest changes to become `text`, if those are few enough to be a typing error.
    static func of(_ text: String, among names: some Sequence<String>) -> String? {
        let limit = max(2, text.utf8.count / 3)
        let nearest = names.map { ($0, distance(Array(text.lowercased().utf8), Array($0.lowercased().utf8))) }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
        if let (name, distance) = nearest, distance <= limit { return name }
        // A name cut short, such as `warn`, is none of few changes.
        return text.utf8.count < 3 ? nil : names.filter { $0.hasPrefix(text.lowercased()) }.min()
    }

    /// `; did you mean X?`, or nothing.
    static func hint(_ text: String, among names: some Sequence<String>, prefix: String = "") -> String {
        of(text, among: names).map { "; did you mean \(prefix)\($0)?" } ?? ""
    }

    /// How many insertions, deletions, replacements and exchanges of neighbours lead from one to the other.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                var best = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforePrevious[j - 1] + 1) }
                current.append(best)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
