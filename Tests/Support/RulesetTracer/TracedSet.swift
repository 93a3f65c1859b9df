import Nftables
import NodeRuleset

/// A set or map, to be looked up in.
struct TracedSet {
    /// The sizes of the key's fields as registers hold them.
    private let fields: [Int]
    private let exact: [[UInt8]: SetElement]
    private let ranges: [SetElement]
    private let isLive: Bool

    init(_ planned: PlannedSet) {
        let sizes = planned.definition.key.map(\.byteCount)
        fields = sizes.count > 1 ? sizes.map { ($0 + 3) & ~3 } : sizes
        switch planned.contents {
        case .planned(let table):
            exact = Dictionary(table.filter { $0.end == nil }.map { ($0.key, $0) }) { first, _ in first }
            ranges = table.filter { $0.end != nil }
            isLive = false
        case .live:
            exact = [:]
            ranges = []
            isLive = true
        }
    }

    var keyLength: Int { fields.reduce(0, +) }

    /// - Parameter live: what packets have put into it.
    func element(_ key: [UInt8], live: Set<[UInt8]>) -> SetElement? {
        if isLive { return live.contains(key) ? SetElement(key: key) : nil }
        return exact[key] ?? ranges.first { contains(key, $0) }
    }

    /// Whether each field of the key is in its range.
    private func contains(_ key: [UInt8], _ range: SetElement) -> Bool {
        guard let end = range.end else { return false }
        var start = 0
        for length in fields {
            let field = start..<start + length
            if key[field].lexicographicallyPrecedes(range.key[field]) { return false }
            if end[field].lexicographicallyPrecedes(key[field]) { return false }
            start += length
        }
        return true
    }
}
