/// Who is to be woken when, the earliest first: a heap of which some entries may be of no use any more.
struct DeadlineQueue<ID: Sendable>: Sendable {
    private struct Entry: Sendable {
        let time: Duration
        let id: ID
    }

    private var heap: [Entry] = []

    var count: Int { heap.count }
    var first: (time: Duration, id: ID)? { heap.first.map { ($0.time, $0.id) } }

    mutating func insert(_ id: ID, at time: Duration) {
        heap.append(Entry(time: time, id: id))
        var child = heap.count - 1
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].time < heap[least].time { least = child }
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    /// Drops all entries that are of no use.
    mutating func keep(where isCurrent: (Duration, ID) -> Bool) {
        let kept = heap.filter { isCurrent($0.time, $0.id) }
        heap = []
        for entry in kept { insert(entry.id, at: entry.time) }
    }
}
