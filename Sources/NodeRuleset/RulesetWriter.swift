package import Nftables

/// Where capabilities hand in what they want of the table `linnet`.
package protocol RulesetWriter: Sendable {
    /// Makes the kernel hold the fragment, in place of what it held of the fragment of that name. Writes nothing if it
    /// is there already. After an error the fragment is as it was, or partly changed; apply it again.
    func apply(_ fragment: RulesetFragment) async throws(NftablesError)
    /// Changes a fragment that was applied, at a cost of what changes. Writes nothing if nothing does. After an error the
    /// kernel may hold a part of it: apply the whole fragment again. A fragment that was not applied is an invalid error,
    /// and so is a change that leaves something out that is named in it.
    func amend(_ change: FragmentChange) async throws(NftablesError)
}
