/// A pattern as it was read.
indirect enum PatternNode {
    case empty
    /// One octet of these.
    case octet(OctetSet)
    case assertion(PatternAssertion)
    /// With its number.
    case group(Int, PatternNode)
    case sequence([PatternNode])
    /// The first is preferred.
    case choice([PatternNode])
    /// At most nil times: as often as may be. Greedy ones prefer more.
    case repetition(PatternNode, least: Int, most: Int?, isGreedy: Bool)
}

/// What holds between two octets.
enum PatternAssertion: Hashable, Sendable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary

    func holds(in octets: [UInt8], at place: Int) -> Bool {
        switch self {
        case .textStart: place == 0
        case .textEnd: place == octets.count
        case .lineStart: place == 0 || octets[place - 1] == UInt8(ascii: "\n")
        case .lineEnd: place == octets.count || octets[place] == UInt8(ascii: "\n")
        case .wordBoundary: Self.isBoundary(octets, place)
        case .noWordBoundary: !Self.isBoundary(octets, place)
        }
    }

    private static func isBoundary(_ octets: [UInt8], _ place: Int) -> Bool {
        let before = place > 0 && OctetSet.word.contains(octets[place - 1])
        let behind = place < octets.count && OctetSet.word.contains(octets[place])
        return before != behind
    }
}
