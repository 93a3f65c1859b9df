internal import Synchronization

/// What others leave for the thread of a loop, which takes it between two rounds. There is one letter at most: whoever leaves
/// something adds to it.
package final class Mailbox<Letter: Sendable>: Sendable {
    /// So that a thread that looks for a letter takes no lock unless there is one. In front of what has the letter's size: the
    /// compiler knows where it is.
    private let hasLetter = Atomic(false)
    /// Written under the letter's lock.
    private let isClosed = Atomic(false)
    private let thread = Mutex<LoopThread?>(nil)
    private let letter = Mutex<Letter?>(nil)
    private let blank: Letter

    /// - Parameter blank: the letter in which nothing is said yet.
    package init(_ blank: Letter) {
        self.blank = blank
    }

    /// Says whose mailbox it is.
    package func attach(_ thread: LoopThread) {
        self.thread.withLock { $0 = thread }
    }

    /// Adds to what the thread will find, and has it look soon.
    package func put(_ change: (inout Letter) -> Void) {
        leave(change)
        wake()
    }

    /// Adds to what the thread will find when it looks for another reason.
    package func leave(_ change: (inout Letter) -> Void) {
        letter.withLock { letter in
            guard !isClosed.load(ordering: .relaxed) else { return }
            var changed = letter.take() ?? blank
            change(&changed)
            letter = changed
            hasLetter.store(true, ordering: .releasing)
        }
    }

    /// Has the thread look soon.
    package func wake() {
        thread.withLock { $0 }?.wake()
    }

    /// Whether there is nothing to take: for each round of a loop, since a letter, even none, is more to hand over than a
    /// flag.
    package var isEmpty: Bool { !hasLetter.load(ordering: .acquiring) }

    /// What was left since the last call.
    package func take() -> Letter? {
        letter.withLock { letter in
            defer { letter = nil }
            hasLetter.store(false, ordering: .relaxed)
            return letter
        }
    }

    /// The thread is gone: nothing is kept for it any more, so that nobody waits for what it will not do.
    package func close() {
        letter.withLock { letter in
            isClosed.store(true, ordering: .relaxed)
            letter = nil
        }
    }
}
