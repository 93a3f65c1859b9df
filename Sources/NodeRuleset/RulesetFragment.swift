package import Nftables

/// The part of the table `linnet` that one capability wants: the whole of it, each time.
///
/// Names of chains and sets are unique in the table, so a fragment's begin with something of its own. Verdicts and
/// lookups refer to chains and sets of the same fragment only.
package struct RulesetFragment: Sendable, Equatable {
    /// Who wants it: "overlay". Without a colon. Chains and sets carry it as their comment, by which they are known
    /// after a restart.
    package let name: String
    /// In the order in which they are made; a chain that others jump to may stand anywhere.
    package var chains: [PlannedChain]
    package var sets: [PlannedSet]

    /// - Precondition: `name` has no colon and is not empty.
    package init(name: String, chains: [PlannedChain] = [], sets: [PlannedSet] = []) {
        precondition(!name.isEmpty && !name.contains(":"), "fragment name '\(name)'")
        self.name = name
        self.chains = chains
        self.sets = sets
    }

    /// The fragment that removes all that this capability has in the table.
    package static func empty(_ name: String) -> RulesetFragment { RulesetFragment(name: name) }

    package var isEmpty: Bool { chains.isEmpty && sets.isEmpty }
}

/// A chain with all its rules, in order.
package struct PlannedChain: Sendable, Hashable {
    package var chain: Chain
    package var rules: [Rule]

    package init(_ chain: Chain, _ rules: [Rule]) {
        self.chain = chain
        self.rules = rules
    }
}

/// A set and what is to be in it.
package struct PlannedSet: Sendable, Hashable {
    /// Who says which elements are in a set.
    package enum Contents: Sendable, Hashable {
        /// Exactly these: any other is removed, a missing one is added again.
        case planned(ElementTable)
        /// Whatever its owner or packets put there. Elements are never drift, and are kept while the set has the same
        /// shape.
        case live
    }

    package var definition: SetDefinition
    package var contents: Contents

    package init(_ definition: SetDefinition, _ contents: Contents) {
        self.definition = definition
        self.contents = contents
    }
}
