import Synchronization

/// Holds the newest snapshot and hands it to whoever subscribed.
///
/// Slow subscribers skip generations, they never queue them: `changedKeys(since:)` says what they missed.
package final class SnapshotStore: Sendable {
    private struct State {
        var snapshots: SnapshotState
        var subscribers: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var nextSubscriber: UInt64 = 0
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - sourceDescription: where the state comes from, as a noun phrase.
    ///   - ownName: the name of this node, into whose Node the own lease is merged.
    ///   - now: the time by a clock that nobody sets.
    package init(
        sourceDescription: String,
        ownName: NodeName,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        state = Mutex(State(snapshots: SnapshotState(sourceDescription: sourceDescription, ownName: ownName)))
    }

    package var current: ClusterSnapshot { state.withLock { $0.snapshots.snapshot } }

    /// Takes what a source says. A change that changes nothing makes no new generation.
    ///
    /// - Parameter confirmedAt: when the source knew this, in seconds since 1970.
    package func apply(_ change: ClusterChange, confirmedAt: Double) {
        let instant = now()
        update { $0.apply(change, confirmedAt: confirmedAt, instant: instant) }
    }

    /// Takes what an earlier run saved, before the source runs: each kind counts until the source delivers it. What is the
    /// same then is no change, and what is gone goes only then.
    package func restore(_ saved: SavedSnapshot) {
        update { $0.restore(saved) }
    }

    /// Merges this node's own lease into the snapshot, as its own Node.
    package func setOwnLease(_ lease: NodeLease?) {
        update { $0.setOwnLease(lease) }
    }

    /// Takes what is wrong with what the source delivers: the whole list each time.
    package func setProblems(_ problems: [SourceProblem]) {
        update { $0.setProblems(problems) }
    }

    /// The current snapshot, then each newer one; those that come faster than they are taken are skipped.
    package func subscribe() -> AsyncMapSequence<AsyncStream<Void>, ClusterSnapshot> {
        let (news, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            let number = state.nextSubscriber
            state.nextSubscriber += 1
            state.subscribers[number] = continuation
            return number
        }
        continuation.yield()
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.subscribers.removeValue(forKey: number) }
        }
        return news.map { [self] in current }
    }

    private func update(_ change: (inout SnapshotState) -> Bool) {
        let subscribers = state.withLock { state in
            change(&state.snapshots) ? Array(state.subscribers.values) : []
        }
        // Not under the lock: a subscriber that is cancelled takes it in its turn, while it holds the lock of its own task,
        // without which it cannot be woken.
        for subscriber in subscribers { subscriber.yield() }
    }
}
