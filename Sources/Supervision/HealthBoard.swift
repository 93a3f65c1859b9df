import Synchronization

/// The health of all capabilities, in the order in which they start.
package final class HealthBoard: Sendable {
    private struct Entry {
        var health: CapabilityHealth
        var stall = StallWatch()
        /// Whether the next capability may start: this one said something of itself, failed or stopped.
        var hasReported = false
    }

    private struct State {
        var order: [CapabilityName] = []
        var entries: [CapabilityName: Entry] = [:]
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var nextListener: UInt64 = 0
    }

    private let state = Mutex(State())
    /// The time since an arbitrary moment, by a clock that never goes back.
    private let now: @Sendable () -> Duration

    /// - Parameter now: the time since an arbitrary moment, by a clock that never goes back.
    package init(now: @escaping @Sendable () -> Duration) {
        self.now = now
    }

    /// Adds a capability at the end. Its state is what it is before it runs, or for good.
    package func add(_ name: CapabilityName, _ initial: CapabilityHealth.State = .starting) {
        state.withLock { state in
            state.order.append(name)
            state.entries[name] = Entry(health: CapabilityHealth(name: name, state: initial))
        }
    }

    package func snapshot() -> [CapabilityHealth] {
        state.withLock { state in state.order.compactMap { state.entries[$0]?.health } }
    }

    /// How long ago something went wrong.
    package func age(of error: PastError) -> Duration { now() - error.time }

    /// Says that something changed; changes in between are one element.
    ///
    /// - Parameter startingNow: whether the first element comes at once.
    package func changes(startingNow: Bool = false) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        if startingNow { continuation.yield() }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// Whether no capability holds a thread that it cannot be got off.
    package var isResponsive: Bool {
        state.withLock { state in
            state.entries.values.allSatisfy { entry in if case .stuck = entry.health.state { false } else { true } }
        }
    }

    /// Whether each capability that runs has said something of itself, failed or stopped.
    package var haveAllReported: Bool {
        state.withLock { state in
            state.entries.values.allSatisfy { $0.hasReported || $0.health.state == .disabled }
        }
    }

    /// Waits until the capability has reported something, or the task is cancelled.
    func firstReport(of name: CapabilityName) async {
        // Subscribed before the first look, so that no report falls between the two.
        for await _ in changes(startingNow: true) where hasReported(name) { return }
    }

    private func hasReported(_ name: CapabilityName) -> Bool {
        state.withLock { $0.entries[name]?.hasReported ?? true }
    }

    /// Changes what is known of a capability and tells whoever listens.
    ///
    /// - Parameter isReport: whether the capability spoke or ended, so that the next one may start.
    func update(
        _ name: CapabilityName,
        isReport: Bool = true,
        _ change: (inout CapabilityHealth, inout StallWatch, Duration) -> Void
    ) {
        let now = now()
        let listeners = state.withLock { state in
            guard var entry = state.entries[name] else { return [AsyncStream<Void>.Continuation]() }
            let before = entry
            change(&entry.health, &entry.stall, now)
            if isReport { entry.hasReported = true }
            state.entries[name] = entry
            let isNews = entry.health != before.health || entry.hasReported != before.hasReported
            return isNews ? Array(state.listeners.values) : []
        }
        for listener in listeners { listener.yield() }
    }

    /// What is to be done about a capability's lack of progress.
    func verdict(on name: CapabilityName) -> StallWatch.Verdict {
        let now = now()
        return state.withLock { $0.entries[name]?.stall.verdict(at: now) ?? .progressing }
    }

    /// How long a look at a capability's progress can wait.
    func nextLook(at name: CapabilityName) -> Duration {
        let now = now()
        return state.withLock { $0.entries[name]?.stall.nextLook(at: now) ?? StallWatch.patience }
    }
}
