/// Reads a pattern: alternatives of sequences of repeated atoms.
struct PatternParser {
    /// What `(?…)` sets.
    struct Flags {
        var ignoresCase = false
        var hasLines = false
        var dotTakesNewline = false
        var isUngreedy = false
    }

    /// The deepest that groups may be nested.
    private static let deepest = 100

    let octets: [UInt8]
    var place = 0
    var flags = Flags()
    private(set) var groupNames: [String?] = [nil]
    private var depth = 0

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    var next: UInt8? { place < octets.count ? octets[place] : nil }

    /// Takes the text if it comes next.
    mutating func take(_ text: StaticString) -> Bool {
        let wanted = Array(text.description.utf8)
        guard octets[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try choice()
        // What ends alternatives is the end, or a parenthesis.
        guard next == nil else { throw PatternError(.unbalancedGroup, at: place) }
        return node
    }

    private mutating func choice() throws(PatternError) -> PatternNode {
        var choices = [try sequence()]
        while take("|") { choices.append(try sequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        var canRepeat = false
        while let octet = next, octet != UInt8(ascii: "|"), octet != UInt8(ascii: ")") {
            let start = place
            if take("\\Q") {
                let quoted = quotation()
                nodes += quoted
                canRepeat = canRepeat || !quoted.isEmpty
            } else if let counts = try repetition() {
                guard canRepeat, let last = nodes.popLast() else { throw PatternError(.nothingToRepeat, at: start) }
                let isGreedy = take("?") == flags.isUngreedy
                nodes.append(.repetition(last, least: counts.least, most: counts.most, isGreedy: isGreedy))
                canRepeat = false
            } else if let node = try atom() {
                nodes.append(node)
                canRepeat = true
            }
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    // MARK: - Repetitions

    private mutating func repetition() throws(PatternError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard next == UInt8(ascii: "{") else { return nil }
        let start = place
        place += 1
        guard let counts = counts() else {
            // A brace that counts nothing is an octet like others.
            place = start
            return nil
        }
        guard counts.least <= 1000, counts.most.map({ $0 <= 1000 && $0 >= counts.least }) ?? true else {
            throw PatternError(.malformedCount, at: start)
        }
        return counts
    }

    private mutating func counts() -> (least: Int, most: Int?)? {
        guard let least = number() else { return nil }
        if take("}") { return (least, least) }
        guard take(",") else { return nil }
        if take("}") { return (least, nil) }
        guard let most = number(), take("}") else { return nil }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var number: Int?
        while let octet = next, OctetSet.digits.contains(octet) {
            // Whatever is over the limit stays over it.
            number = min(100_000, (number ?? 0) * 10 + Int(octet - UInt8(ascii: "0")))
            place += 1
        }
        return number
    }

    // MARK: - Atoms

    /// What one repetition takes; nil for flags.
    private mutating func atom() throws(PatternError) -> PatternNode? {
        let start = place
        guard let octet = next else { return nil }
        place += 1
        switch octet {
        case UInt8(ascii: "."): return .octet(flags.dotTakesNewline ? OctetSet(0...255) : OctetSet("\n").inverted)
        case UInt8(ascii: "^"): return .assertion(flags.hasLines ? .lineStart : .textStart)
        case UInt8(ascii: "$"): return .assertion(flags.hasLines ? .lineEnd : .textEnd)
        case UInt8(ascii: "["): return .octet(try octetClass(from: start))
        case UInt8(ascii: "("): return try group(from: start)
        case UInt8(ascii: "\\"): return try escape(from: start)
        case 0x80...: return character(from: start)
        default: return literal(octet)
        }
    }

    func literal(_ octet: UInt8) -> PatternNode { .octet(cased(OctetSet(octet))) }

    /// The set, with both cases where case is ignored.
    func cased(_ set: OctetSet) -> OctetSet { flags.ignoresCase ? set.withoutCase : set }

    /// A character beyond ASCII: its octets in UTF-8, repeated as one.
    private mutating func character(from start: Int) -> PatternNode {
        while let octet = next, octet & 0xc0 == 0x80 { place += 1 }
        return .sequence(octets[start..<place].map { .octet(OctetSet($0)) })
    }

    private mutating func group(from start: Int) throws(PatternError) -> PatternNode? {
        let outer = flags
        var number: Int?
        if take("?P<") || take("?<") {
            number = try name(from: start)
        } else if take("?") {
            // Flags hold until the group ends in which they stand.
            guard try takeFlags(from: start) else { return nil }
        } else {
            number = groupNames.count
            groupNames.append(nil)
        }
        depth += 1
        guard depth <= Self.deepest else { throw PatternError(.tooLarge, at: start) }
        let node = try choice()
        depth -= 1
        guard take(")") else { throw PatternError(.unbalancedGroup, at: start) }
        flags = outer
        return number.map { .group($0, node) } ?? node
    }

    private mutating func name(from start: Int) throws(PatternError) -> Int {
        let nameStart = place
        while let octet = next, OctetSet.word.contains(octet) { place += 1 }
        let name = String(decoding: octets[nameStart..<place], as: UTF8.self)
        guard take(">"), !name.isEmpty, !groupNames.contains(name) else {
            throw PatternError(.malformedGroupName, at: start)
        }
        groupNames.append(name)
        return groupNames.count - 1
    }

    /// Whether they begin a group, rather than standing alone.
    private mutating func takeFlags(from start: Int) throws(PatternError) -> Bool {
        var value = true
        while let octet = next {
            place += 1
            switch octet {
            case UInt8(ascii: "i"): flags.ignoresCase = value
            case UInt8(ascii: "m"): flags.hasLines = value
            case UInt8(ascii: "s"): flags.dotTakesNewline = value
            case UInt8(ascii: "U"): flags.isUngreedy = value
            case UInt8(ascii: "-") where value: value = false
            case UInt8(ascii: ":"): return true
            case UInt8(ascii: ")"): return false
            case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"):
                throw PatternError(.unsupported("conditions on what stands before or behind"), at: start)
            default: throw PatternError(.unknownFlags, at: start)
            }
        }
        throw PatternError(.unbalancedGroup, at: start)
    }
}
