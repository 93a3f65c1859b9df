internal import Logging
package import Nftables
internal import Supervision

extension NodeRuleset {
    package func amend(_ change: FragmentChange) async throws(NftablesError) {
        let name = change.name
        let problem =
            wanted[name].map { change.problem(in: $0) ?? claim(of: change.chains, change.sets, by: name) }
            ?? "it was not applied"
        if let problem { throw invalid(problem, in: name) }
        try lookForChanges()
        guard isSettled(name), wanted[name].map(change.isInPlace) == true else { return try replace(by: change) }
        // Changed where it is kept: a second holder would have the elements copied.
        guard let inverse = wanted[name]?.apply(change) else { return }
        do throws(NftablesError) {
            try write(change, undoneBy: inverse)
        } catch {
            wanted[name]?.apply(inverse)
            throw error
        }
        if wanted[name]?.isEmpty == true { try keep(.empty(name)) }
    }

    /// Commits what the change comes to, of which the kept fragment has become what it is. If that fails, whatever makes
    /// the kernel hold the fragment.
    private func write(_ change: FragmentChange, undoneBy inverse: FragmentChange) throws(NftablesError) {
        guard let fragment = wanted[change.name] else { return }
        do throws(NftablesError) {
            try commit(RulesetDifference(change, undoneBy: inverse, of: fragment).transactions)
            held?.note(change, of: fragment)
        } catch {
            held = nil
            if let problem = fragment.firstProblem { throw invalid(problem, in: fragment.name) }
            if !error.isStale {
                logger.log(
                    .warning,
                    "comparing a capability's part of the table after an error",
                    [.nftTable: "\(table)", .capability: fragment.name, .error: "\(error)"]
                )
            }
            try install(fragment)
        }
    }

    /// Changes the fragment as if it had been handed in whole.
    private func replace(by change: FragmentChange) throws(NftablesError) {
        guard var fragment = wanted[change.name] else { return }
        fragment.apply(change)
        if let problem = fragment.firstProblem { throw invalid(problem, in: fragment.name) }
        try install(fragment)
        try keep(fragment)
    }

    private func invalid(_ problem: String, in fragment: String) -> NftablesError {
        NftablesError("amend", "fragment \(fragment)", .invalid(problem))
    }
}
