internal import CLinux
internal import Synchronization

/// A thread that writes items, in their order, to somebody who may not take them: a pipe that nobody reads, a terminal that
/// is stopped. Whoever hands one over waits until it is written, so that it is out before whatever comes next, but only
/// for a moment, and not at all while earlier ones hang.
package final class WriterThread<Item: Sendable>: Sendable {
    private enum Entry {
        case item(Item, written: Semaphore?)
        case lost(Int)
        case end(Semaphore)
    }

    private struct State {
        var entries: [Entry] = []
        /// How many items, by what they count for, are among them.
        var waiting = 0
        /// The items that found no place since the last one that did.
        var lost = 0
        /// Somebody waited in vain, and not all has been written since.
        var isHanging = false
        var hasThread = false
    }

    private let name: String
    private let capacity: Int
    private let patience: Duration
    private let write: @Sendable (Item) -> Void
    private let reportLoss: @Sendable (Int) -> Void
    private let state = Mutex(State())
    private let available = Semaphore()

    /// - Parameters:
    ///   - name: of the thread, at most 15 bytes. It starts with the first item and stays for the life of the process.
    ///   - capacity: how many items may wait, or one that counts for more. Further ones are lost, and counted.
    ///   - patience: how long one who hands over an item waits for it.
    ///   - write: is called with one item after the other and may take any time.
    ///   - reportLoss: the same, with how many items were lost at this point.
    package init(
        name: String,
        capacity: Int = 1_000,
        patience: Duration = .milliseconds(100),
        write: @escaping @Sendable (Item) -> Void,
        reportLoss: @escaping @Sendable (Int) -> Void
    ) {
        self.name = name
        self.capacity = capacity
        self.patience = patience
        self.write = write
        self.reportLoss = reportLoss
    }

    /// - Parameters:
    ///   - count: for how many items it counts.
    ///   - isUrgent: false for one of many items: it is waited for only when half of the room is taken.
    package func append(_ item: Item, count: Int = 1, isUrgent: Bool = true) {
        let written = state.withLock { state -> Semaphore? in
            guard state.waiting == 0 || state.waiting + count <= capacity else {
                state.lost += count
                return nil
            }
            noteLoss(&state)
            let isAwaited = !state.isHanging && (isUrgent || state.waiting >= capacity / 2)
            let written = isAwaited ? Semaphore() : nil
            state.entries.append(.item(item, written: written))
            state.waiting += count
            return written
        }
        wake()
        guard let written, !written.wait(atMost: patience) else { return }
        // If it was written just now, the next item is not waited for, and puts this right.
        state.withLock { $0.isHanging = true }
    }

    /// Waits until all is written that was handed over before, at most this long.
    package func drain(atMost limit: Duration) {
        let end = Semaphore()
        state.withLock { state in
            noteLoss(&state)
            state.entries.append(.end(end))
        }
        wake()
        _ = end.wait(atMost: limit)
    }

    private func noteLoss(_ state: inout State) {
        guard state.lost > 0 else { return }
        state.entries.append(.lost(state.lost))
        state.lost = 0
    }

    private func wake() {
        let needsThread = state.withLock { state in
            defer { state.hasThread = true }
            return !state.hasThread
        }
        available.signal()
        guard needsThread else { return }
        detachThread { [self] in
            unsafe linnet_name_thread(name)
            while true {
                available.wait()
                while let entries = take() { entries.forEach(perform) }
            }
        }
    }

    /// All there is; nil if nothing is left to write.
    private func take() -> [Entry]? {
        state.withLock { state in
            noteLoss(&state)
            guard !state.entries.isEmpty else {
                state.isHanging = false
                return nil
            }
            defer { (state.entries, state.waiting) = ([], 0) }
            return state.entries
        }
    }

    private func perform(_ entry: Entry) {
        switch entry {
        case .item(let item, let written):
            write(item)
            written?.signal()
        case .lost(let count): reportLoss(count)
        case .end(let end): end.signal()
        }
    }
}
