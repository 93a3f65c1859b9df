/// Changes to one table that the kernel makes all at once or not at all. Committing consumes it.
package struct Transaction: ~Copyable, Sendable {
    package let table: Table
    package let operations: [Operation]

    package init(_ table: Table, _ operations: [Operation]) {
        self.table = table
        self.operations = operations
    }

    /// The same changes as commands of nft, one a line: for logs, and to try out by hand.
    package var commands: String {
        operations.map { $0.command(in: table) }.joined(separator: "\n")
    }
}
