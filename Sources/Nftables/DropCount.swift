internal import CNftnl

/// What rules have dropped since they were made.
package struct DropCount: Sendable, Hashable {
    /// The comment of the rules.
    package var reason: String
    package var packets: UInt64
    package var bytes: UInt64

    package init(reason: String, packets: UInt64, bytes: UInt64) {
        self.reason = reason
        self.packets = packets
        self.bytes = bytes
    }
}

extension NftablesSocket {
    /// What the rules of the table that count and drop have dropped, in their order, those with the same comment together.
    /// Rules without a comment are left out.
    package func drops(in table: Table) throws(NftablesError) -> [DropCount] {
        var counts: [DropCount] = []
        try request(
            .getRule,
            .dump,
            family: table.family.rawValue,
            subject: "table \(table)",
            attributes: [(1, table.name)]
        ) { message in
            guard let found = Rule.read(message, of: table), found.rule.expressions.last == .verdict(.drop) else {
                return
            }
            guard let reason = found.rule.comment, let counter = found.counter else { return }
            if let index = counts.firstIndex(where: { $0.reason == reason }) {
                counts[index].packets += counter.packets
                counts[index].bytes += counter.bytes
            } else {
                counts.append(DropCount(reason: reason, packets: counter.packets, bytes: counter.bytes))
            }
        }
        return counts
    }
}

extension ExpressionObject {
    /// What a counter has counted; nil of any other expression.
    var counter: (packets: UInt64, bytes: UInt64)? {
        guard kind == "counter" else { return nil }
        return (wide(NFTNL_EXPR_CTR_PACKETS), wide(NFTNL_EXPR_CTR_BYTES))
    }
}
