/// A rule that sends TCP connections for a port of this host elsewhere before a socket sees them.
package struct PortTranslation: Hashable, Sendable {
    package let table: Table
    /// The chain that has the rule.
    package let chain: String
    package let port: UInt16
    /// What the rule, or the element of a set that leads to it, says of itself: for pods' host ports the pod's name.
    package let comment: String?

    package init(table: Table, chain: String, port: UInt16, comment: String? = nil) {
        self.table = table
        self.chain = chain
        self.port = port
        self.comment = comment
    }
}

/// What a search for such rules reads of a table, part by part: others' tables may have thousands of chains.
package protocol RuleSource {
    func rules(ofChain chain: String, in table: Table) throws(NftablesError) -> [Rule]
    /// Nil if there is no such set; those of rules are among them.
    func elements(ofSet name: String, in table: Table) throws(NftablesError) -> [SetElement]?
}
