import SeededNumbers
import Testing

@testable import Ingress

@Suite struct RecentlyUsedTests {
    /// The same by hand: the newest last.
    private struct Model {
        let capacity: Int
        var entries: [(key: Int, value: Int)] = []

        mutating func value(for key: Int) -> Int? {
            guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
            let entry = entries.remove(at: place)
            entries.append(entry)
            return entry.value
        }

        mutating func set(_ value: Int, for key: Int) {
            entries.removeAll { $0.key == key }
            entries.append((key, value))
            if entries.count > capacity { entries.removeFirst() }
        }
    }

    @Test(arguments: [1, 2, 3, 8]) func `it forgets what was not asked for the longest`(capacity: Int) {
        var numbers = SeededNumbers(seed: UInt64(capacity))
        var memory = RecentlyUsed<Int, Int>(capacity: capacity)
        var model = Model(capacity: capacity)
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<12, using: &numbers)
            if Bool.random(using: &numbers) {
                memory.set(step, for: key)
                model.set(step, for: key)
            } else {
                let (found, wanted) = (memory.value(for: key), model.value(for: key))
                #expect(found == wanted, "step \(step)")
            }
            #expect(memory.count == model.entries.count)
        }
    }
}
