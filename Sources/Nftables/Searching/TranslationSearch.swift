/// Follows new TCP connections from outside to one port of this host through the rules of one table, from one base chain on.
/// What it cannot tell may be: it finds too much rather than too little.
struct TranslationSearch<Source: RuleSource> {
    /// How many chains are looked at in a table.
    private static var mostChains: Int { 200 }

    /// How the walk through a chain ended.
    private enum End {
        /// A connection may come to its end.
        case passed
        /// None comes back from it.
        case left
    }

    private let source: Source
    private let table: Table
    private let packet: SoughtPacket
    private var seen: Set<String> = []
    private(set) var found: [PortTranslation] = []

    init(_ source: Source, _ table: Table, _ packet: SoughtPacket) {
        self.source = source
        self.table = table
        self.packet = packet
    }

    mutating func follow(_ chain: String) throws(NftablesError) { _ = try walk(chain, nil) }

    /// - Parameter comment: what the rule says of itself that leads here.
    private mutating func walk(_ chain: String, _ comment: String?) throws(NftablesError) -> End {
        guard seen.count < Self.mostChains, seen.insert(chain).inserted else { return .passed }
        for rule in try source.rules(ofChain: chain, in: table) {
            switch try apply(rule, of: chain, comment) {
            case .continue?, nil: continue
            case .return?: return .passed
            default: return .left
            }
        }
        return .passed
    }

    /// Returns what becomes of every connection by the rule; nil if some go on.
    private mutating func apply(
        _ rule: Rule,
        of chain: String,
        _ inherited: String?
    ) throws(NftablesError) -> Verdict? {
        var registers = SoughtRegisters()
        var isCertain = true
        var comment = rule.comment ?? rule.expressions.lazy.compactMap(\.extensionComment).first ?? inherited
        for expression in rule.expressions {
            let answer: SoughtRegisters.Answer
            switch expression {
            case .verdict(let verdict):
                return try take(verdict, isCertain: isCertain, comment)
            case .nat(let translation) where translation.kind == .destination:
                note(chain, comment)
                return isCertain ? .accept : nil
            case .redirect, .unknown("target DNAT"), .unknown("target REDIRECT"):
                note(chain, comment)
                return isCertain ? .accept : nil
            case .unknown(let kind) where kind.hasPrefix("target "):
                // Marks and the like: the next rule is looked at.
                return nil
            case .lookup(let set, let key, let into, let isNegated):
                let matching = try source.elements(ofSet: set, in: table)?.filter { registers.mayBe($0, at: key) } ?? []
                answer = !matching.isEmpty ? .perhaps : isNegated ? .yes : .no
                if let into {
                    comment = matching.lazy.compactMap(\.comment).first ?? comment
                    if into == .verdict { return try take(matching, comment) }
                    registers.forget(into)
                }
            default:
                answer = registers.apply(expression, to: packet)
            }
            if answer == .no { return nil }
            isCertain = isCertain && answer == .yes
        }
        return nil
    }

    private mutating func take(
        _ verdict: Verdict,
        isCertain: Bool,
        _ comment: String?
    ) throws(NftablesError) -> Verdict? {
        switch verdict {
        case .jump(let name):
            let end = try walk(name, comment)
            return isCertain && end == .left ? .accept : nil
        case .goto(let name):
            let end = try walk(name, comment)
            guard isCertain else { return nil }
            return end == .left ? .accept : .return
        default:
            return isCertain ? verdict : nil
        }
    }

    /// Follows what a verdict map may say.
    private mutating func take(_ elements: [SetElement], _ comment: String?) throws(NftablesError) -> Verdict? {
        for element in elements {
            guard case .verdict(let verdict)? = element.value else { continue }
            _ = try take(verdict, isCertain: false, element.comment ?? comment)
        }
        return nil
    }

    private mutating func note(_ chain: String, _ comment: String?) {
        found.append(PortTranslation(table: table, chain: chain, port: packet.port, comment: comment))
    }
}
