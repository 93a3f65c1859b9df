/// Wakes that are due later, for as long as `run` does.
package struct DelayedWakes: Sendable {
    private struct Wake: Sendable {
        let reason: PassReason
        let delay: Duration
    }

    private let wakes: AsyncStream<Wake>
    private let continuation: AsyncStream<Wake>.Continuation
    private let target: AsyncStream<PassReason>.Continuation

    /// - Parameter target: who is woken.
    package init(_ target: AsyncStream<PassReason>.Continuation) {
        (wakes, continuation) = AsyncStream.makeStream(of: Wake.self)
        self.target = target
    }

    /// Wakes after the delay, at once if there is none.
    package func wake(_ reason: PassReason, after delay: Duration) {
        if delay <= .zero {
            target.yield(reason)
        } else {
            continuation.yield(Wake(reason: reason, delay: delay))
        }
    }

    /// Waits for what is due, until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await wake in wakes {
                group.addTask {
                    do {
                        try await Task.sleep(for: wake.delay)
                        target.yield(wake.reason)
                    } catch {
                        // Cancelled: nobody waits for the wake any more.
                    }
                }
            }
            group.cancelAll()
        }
    }
}
