extension PrefixStrip {
    enum Result: Equatable {
        case unchanged
        case stripped(prefix: [UInt8], rest: [UInt8])
        /// What is left has a segment `.` or `..`.
        case refused
    }

    func strip(_ path: [UInt8]) -> Result {
        guard let prefix = prefixes.first(where: { path.starts(with: $0) }) else { return .unchanged }
        let slash = UInt8(ascii: "/")
        var rest = Array(path.dropFirst(prefix.count))
        if rest.first != slash { rest.insert(slash, at: 0) }
        return Self.hasDotSegment(rest) ? .refused : .stripped(prefix: prefix, rest: rest)
    }

    /// `/api..` without `/api` is `/..`: normal forms do not stay normal when something is cut off.
    private static func hasDotSegment(_ path: [UInt8]) -> Bool {
        let dot = UInt8(ascii: ".")
        return path.split(separator: UInt8(ascii: "/")).contains {
            $0.elementsEqual([dot]) || $0.elementsEqual([dot, dot])
        }
    }
}
