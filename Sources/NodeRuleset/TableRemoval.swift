internal import LinuxSystem
package import Nftables

/// What `linnet reset` does to the packet filter.
package enum TableRemoval {
    /// Deletes the table with all that is in it, whoever put it there, and no other. Answers whether there was one.
    package static func run(
        _ table: Table = .linnet,
        on socket: NftablesSocket
    ) throws(NftablesError) -> Bool {
        guard try socket.exists(table) else { return false }
        do throws(NftablesError) {
            try socket.commit(Transaction(table, [.deleteTable]))
            return true
        } catch {
            // Somebody else was faster.
            guard error.errno == .noEntry else { throw error }
            return false
        }
    }
}
