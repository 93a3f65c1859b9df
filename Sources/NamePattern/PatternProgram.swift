/// A pattern as steps of a machine.
struct PatternProgram: Hashable, Sendable {
    /// The most steps: as many may be looked at for each octet of a text.
    static let mostSteps = 1_000

    enum Step: Hashable, Sendable {
        case octet(OctetSet)
        case assertion(PatternAssertion)
        /// Notes the place in one of the slots.
        case note(Int)
        case jump(Int)
        /// The first is preferred.
        case split(Int, Int)
        case match
    }

    private(set) var steps: [Step] = []
    /// Two for each group: where it starts and ends.
    let slots: Int

    /// - Parameter groups: with the whole match.
    init(_ node: PatternNode, groups: Int) throws(PatternError) {
        slots = 2 * groups
        try append(.group(0, node))
        try append(step: .match)
    }

    private mutating func append(step: Step) throws(PatternError) {
        guard steps.count < Self.mostSteps else { throw PatternError(.tooLarge, at: 0) }
        steps.append(step)
    }

    private mutating func append(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .octet(let set): try append(step: .octet(set))
        case .assertion(let assertion): try append(step: .assertion(assertion))
        case .group(let number, let node):
            try append(step: .note(2 * number))
            try append(node)
            try append(step: .note(2 * number + 1))
        case .sequence(let nodes):
            for node in nodes { try append(node) }
        case .choice(let nodes): try append(choice: nodes)
        case .repetition(let node, let least, let most, let isGreedy):
            for _ in 0..<least { try append(node) }
            if let most {
                try append(upTo: most - least, node, isGreedy: isGreedy)
            } else {
                try append(loop: node, isGreedy: isGreedy)
            }
        }
    }

    private mutating func append(choice nodes: [PatternNode]) throws(PatternError) {
        var ends: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try append(node)
                break
            }
            let split = steps.count
            try append(step: .split(split + 1, 0))
            try append(node)
            ends.append(steps.count)
            try append(step: .jump(0))
            steps[split] = .split(split + 1, steps.count)
        }
        for end in ends { steps[end] = .jump(steps.count) }
    }

    private mutating func append(upTo count: Int, _ node: PatternNode, isGreedy: Bool) throws(PatternError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(steps.count)
            try append(step: .split(0, 0))
            try append(node)
        }
        for split in splits { set(split, into: split + 1, past: steps.count, isGreedy) }
    }

    private mutating func append(loop node: PatternNode, isGreedy: Bool) throws(PatternError) {
        let split = steps.count
        try append(step: .split(0, 0))
        try append(node)
        try append(step: .jump(split))
        set(split, into: split + 1, past: steps.count, isGreedy)
    }

    private mutating func set(_ split: Int, into: Int, past: Int, _ isGreedy: Bool) {
        steps[split] = isGreedy ? .split(into, past) : .split(past, into)
    }
}
