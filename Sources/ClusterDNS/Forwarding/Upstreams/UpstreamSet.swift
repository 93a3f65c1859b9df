/// The upstreams in use, and which of them is asked next.
struct UpstreamSet: Sendable {
    private(set) var states: [UpstreamState] = []
    private(set) var policy = UpstreamPolicy.quickest
    private var lastNumber = 0
    /// How many questions were sent to any.
    private var turns: Int64 = 0

    /// Takes others into use. Those that stay keep what is known of them.
    ///
    /// - Returns: the numbers of those that are no longer in use.
    mutating func replace(by upstreams: [Upstream], policy: UpstreamPolicy, now: Duration) -> Set<Int> {
        self.policy = policy
        let former = states
        states = []
        for upstream in upstreams where !states.contains(where: { $0.upstream == upstream }) {
            if let known = former.first(where: { $0.upstream == upstream }) {
                states.append(known)
            } else {
                lastNumber += 1
                var state = UpstreamState(number: lastNumber, upstream)
                if state.isUsable { state.probeTime = now }
                states.append(state)
            }
        }
        return Set(former.map(\.number)).subtracting(states.map(\.number))
    }

    func index(of number: Int) -> Int? { states.firstIndex { $0.number == number } }

    /// Changes what is known of an upstream, if it is still in use.
    mutating func update(_ number: Int, _ change: (inout UpstreamState) -> Void) {
        guard let index = index(of: number) else { return }
        change(&states[index])
    }

    /// One is asked.
    mutating func noteStart(_ number: Int, now: Duration) {
        turns += 1
        update(number) { [turns] state in state.noteStart(at: now, turn: turns) }
    }

    /// Whether there are some that may be asked and were not.
    func hasUsable(besides tried: [Int], _ spent: Set<Int>) -> Bool {
        states.contains { $0.isUsable && !tried.contains($0.number) && !spent.contains($0.number) }
    }

    /// The one to be asked next, or nil if all were asked as often as makes sense.
    ///
    /// - Parameters:
    ///   - tried: the numbers of those that were asked, as often as they were.
    ///   - spent: the numbers of those that gave an answer of no use.
    func choose(tried: [Int], spent: Set<Int>, now: Duration) -> UpstreamState? {
        var best: (state: UpstreamState, rank: Rank)?
        for (index, state) in states.enumerated() where state.isUsable && !spent.contains(state.number) {
            let tries = tried.count { $0 == state.number }
            guard tries < Self.mostTries else { continue }
            let isLast = policy != .quickest && state.isFailing
            let rank = Rank(tries: tries, isLast: isLast, cost: cost(index, now), state.number)
            if best.map({ rank < $0.rank }) ?? true { best = (state, rank) }
        }
        return best?.state
    }

    /// How often one is asked the same question over UDP: the first packet may be lost.
    private static let mostTries = 2

    private func cost(_ index: Int, _ now: Duration) -> Int64 {
        switch policy {
        case .quickest: states[index].cost(at: now)
        case .rotating: states[index].lastTurn
        case .sequential: Int64(index)
        }
    }

    /// Less comes first.
    private struct Rank {
        let tries: Int
        let isLast: Bool
        let cost: Int64
        let number: Int

        init(tries: Int, isLast: Bool, cost: Int64, _ number: Int) {
            self.tries = tries
            self.isLast = isLast
            self.cost = cost
            self.number = number
        }

        static func < (left: Rank, right: Rank) -> Bool {
            (left.tries, left.isLast ? 1 : 0, left.cost, left.number)
                < (right.tries, right.isLast ? 1 : 0, right.cost, right.number)
        }
    }
}
