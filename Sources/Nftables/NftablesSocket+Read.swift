internal import LinuxSystem

extension NftablesSocket {
    /// What the kernel holds of the table, as of one generation. Elements are read of the sets that `includes` names.
    ///
    /// Throws a stale error if others change rulesets faster than this can be read.
    package func read(
        _ table: Table,
        elementsOf includes: (String) -> Bool = { _ in true }
    ) throws(NftablesError) -> TableContents {
        var attempts = 0
        while true {
            do throws(NftablesError) {
                let before = try generation()
                var contents = try readOnce(table, elementsOf: includes)
                contents.generation = before
                if try generation() == before { return contents }
                throw NftablesError("read", "table \(table)", .kernel(.restart))
            } catch {
                attempts += 1
                // What was in the first list may be gone from the next (ENOENT).
                guard error.isStale || error.errno == .noEntry, attempts < 20 else { throw error }
            }
        }
    }

    private func readOnce(
        _ table: Table,
        elementsOf includes: (String) -> Bool
    ) throws(NftablesError) -> TableContents {
        guard let flags = try flags(of: table) else { return TableContents(generation: 0, exists: false) }
        // NFT_TABLE_F_DORMANT
        var contents = TableContents(generation: 0, exists: true, isDormant: flags & 1 != 0)
        let family = table.family.rawValue
        let subject = "table \(table)"
        let name: [(UInt16, String)] = [(1, table.name)]
        try request(.getChain, .dump, family: family, subject: subject) { message in
            guard let found = Chain.read(message, of: table) else { return }
            contents.chains[found.chain.name] = HeldChain(found.chain, [], isStrange: found.isStrange)
        }
        try request(.getRule, .dump, family: family, subject: subject, attributes: name) { message in
            guard let found = Rule.read(message, of: table) else { return }
            contents.chains[found.chain]?.rules.append(found.rule)
        }
        try request(.getSet, .dump, family: family, subject: subject, attributes: name) { message in
            guard let found = HeldSet.read(message, of: table) else { return }
            contents.sets[found.name] = found
        }
        for set in contents.sets.values where includes(set.name) {
            contents.sets[set.name]?.elements = try elements(of: set, in: table)
        }
        return contents
    }

    /// Whether there is a table of this name and family.
    package func exists(_ table: Table) throws(NftablesError) -> Bool { try flags(of: table) != nil }

    /// Who has the table for itself, for people; nil if nobody has.
    func owner(of table: Table) -> String? {
        var port: UInt32?
        _ = try? readTable(table) { port = $0.number(7) }
        guard let port else { return nil }
        return SocketHolder.ofNetfilterPort(port)?.description ?? "the holder of netlink port \(port)"
    }

    /// The table's flags (NFT_TABLE_F_*); nil if there is no such table.
    func flags(of table: Table) throws(NftablesError) -> UInt32? {
        var flags: UInt32 = 0
        return try readTable(table) { flags = $0.number(2) ?? flags } ? flags : nil
    }

    /// Hands over what the kernel says of the table itself. False if there is no such table.
    private func readTable(_ table: Table, _ body: (AttributeList) -> Void) throws(NftablesError) -> Bool {
        let failure = answer(
            .getTable,
            family: table.family.rawValue,
            subject: "table \(table)",
            attributes: [(1, table.name)]
        ) { message in
            body(message.attributes)
        }
        guard let failure else { return true }
        guard failure.errno == .noEntry else { throw failure }
        return false
    }

    /// A set without intervals is a hash table in the kernel, which is rebuilt in the background as it grows. A dump that
    /// meets the rebuilding gives some elements twice and others not at all, and nothing in its messages says so: a key
    /// that came twice does. The rebuilding lasts milliseconds.
    func elements(of set: HeldSet, in table: Table) throws(NftablesError) -> [SetElement] {
        var parts: [ElementPart] = []
        for _ in 1...20 {
            parts = try elementParts(of: set, in: table)
            if set.shape.isInterval || Set(parts.map(\.key)).count == parts.count { break }
        }
        return SetElement.elements(of: parts, shape: set.shape)
    }

    private func elementParts(of set: HeldSet, in table: Table) throws(NftablesError) -> [ElementPart] {
        var parts: [ElementPart] = []
        try request(
            .getElements,
            .dump,
            family: table.family.rawValue,
            subject: "set \(set.name) of table \(table)",
            attributes: [(1, table.name), (2, set.name)]
        ) { message in
            parts += ElementPart.read(message)
        }
        return parts
    }
}
