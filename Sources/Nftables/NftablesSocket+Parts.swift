internal import LinuxSystem

// Single parts of tables that others may have made, without the rest of them: that may be thousands of chains.

extension NftablesSocket {
    /// Whether the table is there and has a chain of this name.
    package func exists(chain: String, in table: Table) throws(NftablesError) -> Bool {
        try isAnswered(.getChain, [(1, table.name), (3, chain)], "chain \(chain) of table \(table)", table) { _ in }
    }

    /// The rules of one chain, in order; none if there is no such chain.
    package func rules(ofChain chain: String, in table: Table) throws(NftablesError) -> [Rule] {
        var rules: [Rule] = []
        let failure = answer(
            .getRule,
            .dump,
            family: table.family.rawValue,
            subject: "chain \(chain) of table \(table)",
            attributes: [(1, table.name), (2, chain)]
        ) { message in
            if let found = Rule.read(message, of: table), found.chain == chain { rules.append(found.rule) }
        }
        if let failure, failure.errno != .noEntry { throw failure }
        return rules
    }

    /// The elements of one set or map; nil if there is no such set.
    package func elements(ofSet name: String, in table: Table) throws(NftablesError) -> [SetElement]? {
        var set: HeldSet?
        let attributes: [(UInt16, String)] = [(1, table.name), (2, name)]
        let isThere = try isAnswered(.getSet, attributes, "set \(name) of table \(table)", table) { message in
            set = HeldSet.read(message, of: table, anonymous: true) ?? set
        }
        guard isThere, let set else { return nil }
        do throws(NftablesError) {
            return try elements(of: set, in: table)
        } catch {
            // It went meanwhile.
            guard error.errno == .noEntry else { throw error }
            return nil
        }
    }

    /// Asks for one object. False if there is none.
    private func isAnswered(
        _ kind: Message,
        _ attributes: [(type: UInt16, text: String)],
        _ subject: String,
        _ table: Table,
        _ body: (ReceivedMessage) -> Void
    ) throws(NftablesError) -> Bool {
        guard
            let failure = answer(
                kind,
                family: table.family.rawValue,
                subject: subject,
                attributes: attributes,
                body
            )
        else { return true }
        guard failure.errno == .noEntry else { throw failure }
        return false
    }
}
