/// How questions came to the connections that they were sent on.
struct ConnectionUses: Hashable, Sendable {
    /// On one that was there, or about to be there, for another question.
    var shared: UInt64 = 0
    /// On one that was made for them.
    var dialled: UInt64 = 0

    /// A question was sent, on a connection that was made for it or not.
    mutating func note(isDialled: Bool) {
        if isDialled { dialled += 1 } else { shared += 1 }
    }

    static func += (uses: inout ConnectionUses, other: ConnectionUses) {
        uses.shared += other.shared
        uses.dialled += other.dialled
    }
}
