package import Nftables

/// Where capabilities hand in what they want of the table `linnet`.
package protocol RulesetWriter: Sendable {
    /// Makes the kernel hold the fragment, in place of what it held of the fragment of that name. Writes nothing if it
    /// is there already. After an error the fragment is as it was, or partly changed; apply it again.
    func apply(_ fragment: RulesetFragment) async throws(NftablesError)
}
