import ClusterState

/// Which of the claims for one host has what: each path and entry point goes to the first that wants it.
struct PathContest {
    /// With the numbers of holders.
    private(set) var trie: PathTrie
    /// Of each entry point, with the number of a holder.
    private(set) var catchAll = EntryPoint.allCases.map { _ in PathTrie.none }
    /// The claims that have something, in order.
    private(set) var holders: [RouteClaim] = []
    private(set) var lost: [NamespacedName: [LostClaim]] = [:]

    private let claims: [RouteClaim]
    /// The number among the holders of each claim; nil as long as it has nothing.
    private var numbers: [Int32?]

    /// - Parameter claims: in order.
    init(_ claims: [RouteClaim], seed: UInt64) {
        self.claims = claims
        trie = PathTrie(seed: seed)
        numbers = Array(repeating: nil, count: claims.count)
        // `/a/` and `/a` are for the same requests, and the longer text has them.
        for index in claims.indices where claims[index].path.endsWithSlash { place(index) }
        for index in claims.indices where !claims[index].path.endsWithSlash { place(index) }
        trie.inherit()
    }

    private mutating func place(_ index: Int) {
        let claim = claims[index]
        let node = claim.match == .catchAll ? 0 : trie.node(of: claim.path)
        for point in claim.entryPoints.points {
            let holder = holder(claim, node, point)
            if holder == PathTrie.none {
                take(index, node, point)
            } else if holder >= 0 {
                lose(claim, to: holders[Int(holder)], point)
            }
        }
    }

    private func holder(_ claim: RouteClaim, _ node: Int32, _ point: EntryPoint) -> Int32 {
        guard let slot = claim.slot else { return catchAll[point.index] }
        return trie[slot, node, point]
    }

    private mutating func take(_ index: Int, _ node: Int32, _ point: EntryPoint) {
        let claim = claims[index]
        let number: Int32
        if let known = numbers[index] {
            number = known
        } else {
            number = Int32(holders.count)
            numbers[index] = number
            holders.append(claim)
        }
        if let slot = claim.slot { trie[slot, node, point] = number } else { catchAll[point.index] = number }
    }

    private mutating func lose(_ claim: RouteClaim, to winner: RouteClaim, _ point: EntryPoint) {
        let points = EntryPoints([point])
        var own = lost[claim.ingress] ?? []
        if let index = own.firstIndex(where: { $0.claim == claim && $0.winner == winner }) {
            own[index].points.formUnion(points)
        } else {
            own.append(LostClaim(claim: claim, points: points, winner: winner))
        }
        lost[claim.ingress] = own
    }
}

extension RouteClaim {
    /// What it takes of a node; nil for a default backend.
    fileprivate var slot: PathTrie.Slot? {
        switch match {
        case .prefix: .prefix
        case .exact: path.endsWithSlash ? .exactWithSlash : .exact
        case .catchAll: nil
        }
    }
}
