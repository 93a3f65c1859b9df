import SeededNumbers
import Testing

@testable import ClusterDNS

@Suite struct DeadlineQueueTests {
    @Test func `it gives out the earliest, without those that were dropped`() {
        var generator = SeededNumbers(seed: 5)
        var queue = DeadlineQueue<Int>()
        var model: [(time: Duration, id: Int)] = []
        for id in 0..<2000 {
            let time = Duration.milliseconds(Int.random(in: 0...500, using: &generator))
            queue.insert(id, at: time)
            model.append((time, id))
            if Int.random(in: 0..<3, using: &generator) == 0, let first = queue.first {
                #expect(first.time == model.map(\.time).min())
                queue.removeFirst()
                model.removeAll { $0.id == first.id }
            }
        }
        queue.keep { _, id in id % 3 == 0 }
        model.removeAll { $0.id % 3 != 0 }
        #expect(queue.count == model.count)
        for time in model.map(\.time).sorted() {
            #expect(queue.first?.time == time)
            queue.removeFirst()
        }
        #expect(queue.first == nil)
    }
}
