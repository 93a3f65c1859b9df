/// Runs a program over a text, all ways that it may go at once (Pike's machine): no step is looked at twice for one octet.
struct PatternMachine {
    /// The ways that are open at one place of the text, the preferred first.
    private struct Threads {
        var steps: [Int] = []
        /// The slots of each, one behind the other.
        var slots: [Int32] = []
        /// For which place a step was taken in last.
        var marks: [Int32]

        init(_ program: PatternProgram) {
            marks = Array(repeating: -1, count: program.steps.count)
        }
    }

    private let program: PatternProgram

    init(_ program: PatternProgram) {
        self.program = program
    }

    /// The slots of the leftmost match, the preferred one; -1 for those that took no part.
    mutating func run(over octets: [UInt8]) -> [Int32]? {
        var current = Threads(program)
        var next = Threads(program)
        var found: [Int32]?
        var noSlots = [Int32](repeating: -1, count: program.slots)
        // One for all steps: to make one for each would take longer than the rest.
        var own = noSlots
        for place in 0...octets.count {
            if found == nil { enter(0, &current, &noSlots, octets, place) }
            if current.steps.isEmpty, found != nil { break }
            next.steps.removeAll(keepingCapacity: true)
            next.slots.removeAll(keepingCapacity: true)
            for (index, step) in current.steps.enumerated() {
                switch program.steps[step] {
                case .match:
                    found = Array(current.slots[index * program.slots..<(index + 1) * program.slots])
                case .octet(let set) where place < octets.count && set.contains(octets[place]):
                    for slot in own.indices { own[slot] = current.slots[index * program.slots + slot] }
                    enter(step + 1, &next, &own, octets, place + 1)
                    continue
                default: continue
                }
                // Those behind are less preferred.
                break
            }
            swap(&current, &next)
        }
        return found
    }

    /// Opens the ways from a step up to the next octet.
    private func enter(_ step: Int, _ threads: inout Threads, _ slots: inout [Int32], _ octets: [UInt8], _ place: Int) {
        guard threads.marks[step] != Int32(place) else { return }
        threads.marks[step] = Int32(place)
        switch program.steps[step] {
        case .octet, .match:
            threads.steps.append(step)
            threads.slots += slots
        case .jump(let target): enter(target, &threads, &slots, octets, place)
        case .split(let first, let second):
            enter(first, &threads, &slots, octets, place)
            enter(second, &threads, &slots, octets, place)
        case .assertion(let assertion):
            if assertion.holds(in: octets, at: place) { enter(step + 1, &threads, &slots, octets, place) }
        case .note(let slot):
            let former = slots[slot]
            slots[slot] = Int32(place)
            enter(step + 1, &threads, &slots, octets, place)
            slots[slot] = former
        }
    }
}
