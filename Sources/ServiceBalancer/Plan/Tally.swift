/// How often each of some values is wanted, and which came and went since that was last asked.
struct Tally<Value: Hashable & Sendable>: Sendable {
    private var counts: [Value: Int] = [:]
    /// How often each value was wanted when it was last asked; only of those that were counted since.
    private var former: [Value: Int] = [:]

    mutating func replace(_ old: [Value], by new: [Value]) {
        for value in old { count(value, -1) }
        for value in new { count(value, 1) }
    }

    /// Wants these instead of all that is wanted.
    mutating func replaceAll(by new: [[Value]]) {
        for (value, count) in counts where former[value] == nil { former[value] = count }
        counts = [:]
        for values in new { for value in values { count(value, 1) } }
    }

    private mutating func count(_ value: Value, _ difference: Int) {
        let present = counts[value] ?? 0
        if former[value] == nil { former[value] = present }
        counts[value] = present + difference == 0 ? nil : present + difference
    }

    /// The values that are wanted now and were not, and the other way round.
    mutating func take() -> (come: [Value], gone: [Value]) {
        var come: [Value] = []
        var gone: [Value] = []
        for (value, count) in former {
            let present = counts[value] ?? 0
            if count == 0, present > 0 { come.append(value) }
            if count > 0, present == 0 { gone.append(value) }
        }
        former = [:]
        return (come, gone)
    }
}
