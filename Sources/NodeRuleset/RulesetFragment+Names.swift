internal import Nftables

extension RulesetFragment {
    /// The chains with the comment that names their owner.
    var ownedChains: [PlannedChain] { chains.map(owned) }

    /// The sets with the comment that names their owner.
    var ownedSets: [PlannedSet] { sets.map(owned) }

    /// The set of this name, with that comment.
    func ownedSet(_ name: String) -> PlannedSet? {
        sets.first { $0.definition.name == name }.map(owned)
    }

    func owned(_ planned: PlannedChain) -> PlannedChain {
        var planned = planned
        planned.chain.comment = ownerComment(planned.chain.comment)
        return planned
    }

    private func owned(_ planned: PlannedSet) -> PlannedSet {
        var planned = planned
        planned.definition.comment = ownerComment(planned.definition.comment)
        return planned
    }

    private func ownerComment(_ comment: String?) -> String {
        comment.map { "\(name): \($0)" } ?? name
    }

    /// The fragment that the comment of a chain or set names.
    static func owner(in comment: String?) -> String? {
        comment.map { String($0.prefix { $0 != ":" }) }
    }

    /// What is planned to be in the set; nil if there is no such set, or it is live.
    func elements(ofSet name: String) -> ElementTable? {
        guard case .planned(let table) = sets.first(where: { $0.definition.name == name })?.contents else { return nil }
        return table
    }

    /// The sets whose elements have to be compared.
    var plannedSetNames: [String] {
        sets.compactMap { set in
            if case .planned = set.contents { set.definition.name } else { nil }
        }
    }

    /// The first name that stands twice, or that a verdict or lookup mentions though the fragment has none such.
    var firstProblem: String? {
        var chainNames: Set<String> = []
        var setNames: Set<String> = []
        for chain in chains where !chainNames.insert(chain.chain.name).inserted {
            return "it has two chains named \(chain.chain.name)"
        }
        for set in sets where !setNames.insert(set.definition.name).inserted {
            return "it has two sets named \(set.definition.name)"
        }
        for set in sets {
            guard case .planned(let elements) = set.contents, set.definition.value == .verdict else { continue }
            for element in elements {
                guard let name = element.chainName, !chainNames.contains(name) else { continue }
                let text = set.definition.text(element)
                return "element \(text) of map \(set.definition.name) goes to a chain that the fragment lacks"
            }
        }
        for chain in chains {
            for rule in chain.rules {
                if let name = rule.chainNames.first(where: { !chainNames.contains($0) }) {
                    return "a rule of chain \(chain.chain.name) goes to chain \(name), which the fragment lacks"
                }
                if let name = rule.setNames.first(where: { !setNames.contains($0) }) {
                    return "a rule of chain \(chain.chain.name) uses set \(name), which the fragment lacks"
                }
            }
        }
        return nil
    }
}

extension SetElement {
    /// The chain that the element's verdict goes to.
    var chainName: String? {
        if case .verdict(let verdict) = value { verdict.chain } else { nil }
    }
}

extension Rule {
    /// The chains that the rule's verdicts go to.
    var chainNames: [String] {
        expressions.compactMap { expression in
            if case .verdict(let verdict) = expression { verdict.chain } else { nil }
        }
    }

    /// The sets and maps that the rule looks up or changes.
    var setNames: [String] {
        expressions.compactMap { expression in
            switch expression {
            case .lookup(let set, _, _, _): set
            case .dynamicSet(let update): update.set
            default: nil
            }
        }
    }
}
