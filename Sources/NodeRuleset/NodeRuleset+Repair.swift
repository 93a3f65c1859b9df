package import Nftables

// What others change is found and made right.

extension NodeRuleset {
    /// Compares the table with the fragments and makes right what others changed: if the rulesets are of another
    /// generation than was known, or `always`. Answers how much was wrong, 0 or more. Every fragment is tried, then the
    /// first error is thrown.
    @discardableResult
    package func repair(always: Bool = false) async throws(NftablesError) -> Int {
        try repairIfChanged(always: always)
    }

    func repairIfChanged(always: Bool = false) throws(NftablesError) -> Int {
        guard !wanted.isEmpty else { return 0 }
        let isKnown = try isOfToday() && isCompared
        if isKnown, !always { return 0 }
        let known = isKnown ? held?.contents.generation : nil
        if always { held = nil }
        var count = 0
        defer {
            repairs += count
            // Nobody can have touched live elements without another generation.
            if known == nil || held?.contents.generation != known { doubt() }
        }
        for _ in 0..<Self.rounds {
            try repairOnce(&count)
            // Else others wrote meanwhile, and what was compared before the table was read anew may be gone.
            if isCompared { break }
        }
        return count
    }

    private func repairOnce(_ count: inout Int) throws(NftablesError) {
        var failure: NftablesError?
        for fragment in wanted.values.sorted(by: { $0.name < $1.name }) where !isSettled(fragment.name) {
            do throws(NftablesError) {
                if try install(fragment) { count += 1 }
            } catch {
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
        if try removeStrays() { count += 1 }
    }

    /// Whether the rulesets are of the generation that is remembered. If not, nothing is remembered any more.
    func isOfToday() throws(NftablesError) -> Bool {
        guard let known = held?.contents.generation else { return false }
        do throws(NftablesError) {
            if try kernel.generation() == known { return true }
        } catch {
            held = nil
            throw error
        }
        held = nil
        return false
    }

    /// Whether every fragment was compared with what is held.
    private var isCompared: Bool {
        guard let held else { return false }
        return held.isSwept && wanted.keys.allSatisfy(held.settled.contains)
    }

    /// Whether the kernel is known to hold the fragment exactly as it is kept.
    func isSettled(_ fragment: String) -> Bool { held?.settled.contains(fragment) == true }

    /// Removes what somebody else has put into the table.
    private func removeStrays() throws(NftablesError) -> Bool {
        if held?.isSwept == true { return false }
        return try retrying { () throws(NftablesError) in
            let strays = RulesetDifference(strayIn: try contents())
            try commit(strays.transactions)
            held?.sweep()
            return !strays.isEmpty
        }
    }

    /// Keeps the memory in step with notifications: transactions of others on their own tables only change the number
    /// of the generation. Answers who changed our table, if somebody did; `repair` then finds what.
    package func note(
        _ notifications: [NftablesNotification],
        ownPort: UInt32
    ) async -> RulesetWriterProcess? {
        var culprit: RulesetWriterProcess?
        for notification in notifications {
            switch notification {
            case .changed(let changed, let port):
                if changed == table, port != ownPort { isTouched = true }
            case .generation(let generation, let process):
                if isTouched {
                    culprit = process
                } else if let known = held?.contents.generation, generation == Self.next(known) {
                    held?.contents.generation = generation
                }
                isTouched = false
            case .resynchronise:
                // What was lost may have been about our table.
                held = nil
            }
        }
        return culprit
    }

    /// How often the whole table is gone through while others write in between. Their writes wake another repair, and one
    /// that went on as long as they do would hide how often they write.
    private static let rounds = 2
}
