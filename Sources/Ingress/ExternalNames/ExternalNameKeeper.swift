import Logging
import NetworkTypes
import Supervision
import Synchronization

/// Keeps what is known of the names outside the cluster that routes lead to.
final class ExternalNameKeeper: Sendable {
    private struct State {
        var schedule: ExternalNameSchedule
        var isSettled = false
    }

    /// How long clients wait at a start for names that nobody answers for.
    static let patience: Duration = .seconds(3)

    private let state: Mutex<State>
    private let saver: ExternalNameSaver?
    private let logger: Logger
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter saver: keeps what is known over a restart; nil for nobody.
    init(saver: ExternalNameSaver? = nil, logger: Logger) {
        self.saver = saver
        self.logger = logger
        state = Mutex(State(schedule: ExternalNameSchedule(saver?.remembered ?? [:])))
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// What is known, of those that are wanted; before any are, of all that an earlier run wanted.
    var findings: [ExternalName: ExternalNameFinding] { state.withLock { $0.schedule.findings } }

    /// Whether the names that were wanted at first were answered once, or have been waited for long enough.
    var isSettled: Bool { state.withLock(\.isSettled) }

    /// These names are wanted from now on, and no others.
    func want(_ names: Set<ExternalName>) {
        state.withLock { state in
            state.schedule.want(names)
            if state.schedule.isAnswered { state.isSettled = true }
        }
        wake.yield()
        saver?.note()
    }

    /// Sees that what is known is kept still.
    func audit() { saver?.note() }

    /// Asks for what is due until the task is cancelled. To be called once.
    ///
    /// - Parameter changed: something else is known, or all is settled.
    func run(
        asking resolver: any ExternalNameResolver,
        by clock: some Clock<Duration>,
        changed: @escaping @Sendable () -> Void
    ) async {
        let start = clock.now
        await withDiscardingTaskGroup { group in
            group.addTask {
                guard (try? await clock.sleep(until: start.advanced(by: Self.patience), tolerance: nil)) != nil else {
                    return
                }
                let wasSettled = self.state.withLock { state in
                    defer { state.isSettled = true }
                    return state.isSettled
                }
                if !wasSettled { changed() }
            }
            if let saver {
                group.addTask { await saver.run(by: clock) { self.state.withLock(\.schedule.memories) } }
            }
            // When the timers that run will go off, each earlier than the one before.
            var armed: [Duration] = []
            for await _ in wakes {
                let now = start.duration(to: clock.now)
                for name in state.withLock({ $0.schedule.begin(now: now) }) {
                    group.addTask {
                        let answer = await resolver.addresses(of: name.text)
                        if Task.isCancelled { return }
                        self.take(answer, of: name, now: start.duration(to: clock.now), changed)
                        self.wake.yield()
                    }
                }
                armed.removeAll { $0 <= now }
                guard let due = state.withLock(\.schedule.nextDue), armed.last.map({ $0 > due }) ?? true else {
                    continue
                }
                armed.append(due)
                group.addTask {
                    try? await clock.sleep(until: start.advanced(by: due), tolerance: nil)
                    self.wake.yield()
                }
            }
            group.cancelAll()
        }
    }

    private func take(
        _ answer: ExternalNameAnswer,
        of name: ExternalName,
        now: Duration,
        _ changed: @Sendable () -> Void
    ) {
        let (news, isNew) = state.withLock { state in
            let former = state.isSettled
            let news = state.schedule.end(name, answer, now: now)
            if state.schedule.isAnswered { state.isSettled = true }
            return (news, state.isSettled != former)
        }
        for piece in news { tell(piece, of: name) }
        let isOther = news.contains { $0.isOfRoutes }
        if isOther { saver?.note() }
        if isNew || isOther { changed() }
    }

    /// What nobody can be asked of by it is told with the Ingresses that lead there.
    private func tell(_ news: ExternalNameSchedule.News, of name: ExternalName) {
        switch news {
        case .failing(let reason):
            logger.log(
                .warning,
                "a name outside the cluster is looked up in vain: its last addresses stay; see that name servers answer",
                [.object: name.text, .error: reason]
            )
        case .answering:
            logger.log(.notice, "a name outside the cluster is answered for again", [.object: name.text])
        case .changed(.addresses(let addresses)):
            let text = addresses.map(\.description).joined(separator: ", ")
            logger.log(
                .debug,
                "a name outside the cluster comes to other addresses",
                [.object: name.text, .address: text]
            )
        case .changed, .confirmed: break
        }
    }
}
