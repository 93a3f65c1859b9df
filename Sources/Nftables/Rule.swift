internal import NetworkTypes

/// A rule: what a packet must match, and what happens to it then.
package struct Rule: Hashable, Sendable {
    package var expressions: [Expression]
    /// What `nft list` shows behind the rule; at most 127 bytes.
    package var comment: String?

    package init(expressions: [Expression], comment: String? = nil) {
        self.expressions = expressions
        self.comment = comment
    }

    /// The clauses in order. What several of them require of the packet is tested once, before the first that needs it.
    package init(_ clauses: Clause..., comment: String? = nil) {
        self.init(clauses, comment: comment)
    }

    /// The same for clauses that are put together elsewhere.
    package init(_ clauses: [Clause], comment: String? = nil) {
        var met: Set<Requirement> = []
        var expressions: [Expression] = []
        for clause in clauses {
            for requirement in clause.requirements where met.insert(requirement).inserted {
                expressions += requirement.expressions
            }
            expressions += clause.expressions
        }
        self.init(expressions: expressions, comment: comment)
    }
}

/// What must be known of a packet before a field of it has a meaning.
enum Requirement: Hashable, Sendable {
    case networkProtocol(TableFamily)
    case transport(TransportProtocol)

    var expressions: [Expression] {
        switch self {
        case .networkProtocol(let family):
            [Selector.networkProtocol.load(), .compare(.first, .equal, [family.rawValue])]
        case .transport(let transport):
            [Selector.l4proto.load(), .compare(.first, .equal, [transport.rawValue])]
        }
    }
}
