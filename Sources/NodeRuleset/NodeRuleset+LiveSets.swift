package import Nftables

/// Where a capability keeps elements that come and go while its fragment stays the same: those of its live sets.
package protocol LiveSetWriter: RulesetWriter {
    /// Puts these elements, and no others, into live sets of an applied fragment, by name: in one transaction, so that no
    /// packet finds a set empty in between. Each element has its whole time to live then, which kernels before 6.12 do not
    /// give to one that is there already. ENOENT if others have taken a set away; there is a doubt once it is back.
    func refill(_ sets: [String: [SetElement]], of fragment: String) async throws(NftablesError)
    /// Says when elements of live sets may be gone: others changed the table, or might have, and it was made right. A look
    /// at the table that finds the generation that is known is no reason.
    func doubts() async -> AsyncStream<Void>
}

extension NodeRuleset: LiveSetWriter {
    /// Adds elements to a live set of an applied fragment, on behalf of the capability that owns the set.
    package func insert(
        _ elements: [SetElement],
        into set: String,
        of fragment: String
    ) async throws(NftablesError) {
        let definition = try liveSet(set, of: fragment)
        try commitLive([.addElements(elements, definition)])
    }

    /// Removes elements from a live set of an applied fragment; ENOENT if one is not there, and then none is removed.
    package func remove(
        _ elements: [SetElement],
        from set: String,
        of fragment: String
    ) async throws(NftablesError) {
        let definition = try liveSet(set, of: fragment)
        try commitLive([.deleteElements(elements, definition)])
    }

    package func refill(_ sets: [String: [SetElement]], of fragment: String) async throws(NftablesError) {
        var operations: [Operation] = []
        for (name, elements) in sets.sorted(by: { $0.key < $1.key }) {
            let definition = try liveSet(name, of: fragment)
            operations.append(.flushSet(name))
            if !elements.isEmpty { operations.append(.addElements(elements, definition)) }
        }
        try commitLive(operations)
    }

    package func doubts() async -> AsyncStream<Void> {
        let (doubts, doubt) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        doubters.append(doubt)
        return doubts
    }

    /// Tells whoever asked that live elements may be gone.
    func doubt() {
        doubters.removeAll { doubter in
            if case .terminated = doubter.yield() { true } else { false }
        }
    }

    private func liveSet(_ name: String, of fragment: String) throws(NftablesError) -> SetDefinition {
        if let found = wanted[fragment]?.sets.first(where: { $0.definition.name == name }), found.contents == .live {
            return found.definition
        }
        let problem = "fragment \(fragment) has no live set of that name"
        throw NftablesError("change", "set \(name) of table \(table)", .invalid(problem))
    }

    /// Needs no look at the table: what others changed in it is found by who compares it.
    private func commitLive(_ operations: [Operation]) throws(NftablesError) {
        var attempts = 0
        while true {
            do throws(NftablesError) {
                return try commit([operations], expecting: try kernel.generation())
            } catch {
                attempts += 1
                guard error.isStale, attempts < Self.attempts else {
                    held = nil
                    throw error
                }
            }
        }
    }
}
