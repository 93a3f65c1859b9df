import ClusterState
import LinuxSystem
import Synchronization

/// Where the source is in etcd's history, and what follows from what it has seen.
final class EtcdFollower: Sendable {
    struct Position: Hashable {
        var cluster: String
        var revision: Int64

        /// What an answer shows to be lost, if it is not of the etcd that was followed.
        func loss(in answer: KeyRange) -> PositionLost? {
            guard answer.cluster == cluster else {
                return PositionLost(reason: "another etcd cluster answers: everything is listed again")
            }
            guard answer.revision < revision else { return nil }
            return PositionLost(
                reason: "etcd went back to revision \(answer.revision) from \(revision), "
                    + "as after a restored backup: everything is listed again"
            )
        }
    }

    private struct State {
        var tree: EtcdTree
        var position: Position?
        /// What was said last: told once.
        var said: SourceEvent?
    }

    private let state: Mutex<State>
    private let store: SnapshotStore
    private let view: EtcdView
    private let client: EtcdClient
    private let report: @Sendable (SourceEvent) -> Void

    init(
        tree: EtcdTree,
        store: SnapshotStore,
        view: EtcdView,
        client: EtcdClient,
        report: @escaping @Sendable (SourceEvent) -> Void
    ) {
        state = Mutex(State(tree: tree))
        self.store = store
        self.view = view
        self.client = client
        self.report = report
    }

    var position: Position? { state.withLock(\.position) }

    func forgetPosition() {
        state.withLock { $0.position = nil }
    }

    /// Takes a list of everything. Returns where the source is with it.
    func take(_ list: KeyRange) -> Position {
        let position = Position(cluster: list.cluster, revision: list.revision)
        state.withLock { state in
            if let old = state.position, let loss = old.loss(in: list) { report(.notice(loss.reason)) }
            state.position = position
            let outcome = state.tree.replace(list.pairs)
            publish(outcome, &state)
        }
        return position
    }

    /// Takes what a watch says.
    func take(_ message: WatchMessage) throws {
        try state.withLock { state in
            guard var position = state.position else { return }
            guard message.cluster == position.cluster else {
                throw PositionLost(reason: "another etcd cluster answers: everything is listed again")
            }
            guard !message.events.isEmpty else { return }
            let outcome = state.tree.take(message.events)
            position.revision = max(position.revision, message.lastRevision)
            state.position = position
            publish(outcome, &state)
        }
    }

    /// etcd answered: what is known is as good as new, if it is the etcd that is followed.
    ///
    /// - Parameter asked: where the source was when it asked. What the watch says meanwhile is newer than the answer.
    func confirm(_ answer: KeyRange, asked: Position) throws {
        if let loss = asked.loss(in: answer) { throw loss }
        state.withLock { state in
            store.apply(.replace(kinds: [], with: []), confirmedAt: SystemTime.now())
            sayHowItIs(&state)
            report(.waiting(for: "a change in etcd"))
        }
    }

    /// Reports what is news.
    func say(_ event: SourceEvent) {
        state.withLock { say(event, &$0) }
    }

    private func publish(_ outcome: EtcdTree.Outcome, _ state: inout State) {
        let now = SystemTime.now()
        // Problems first: whoever sees that a kind is complete must see what is missing from it.
        store.setProblems(state.tree.problems)
        if let change = outcome.change { store.apply(change, confirmedAt: now) }
        for notice in state.tree.notices { report(.notice(notice)) }
        view.update(state.tree, outcome)
        sayHowItIs(&state)
        report(.waiting(for: "a change in etcd"))
    }

    private func sayHowItIs(_ state: inout State) {
        let counts = "\(state.tree.leases.count) leases and \(state.tree.objectCount) objects"
        // An endpoint that is not needed is worth a word, and no more.
        let left = client.failures.map { "; left \($0)" }.joined()
        let summary = "\(counts) from \(client.currentEndpoint)\(left)"
        let problems = state.tree.problems
        guard !problems.isEmpty else { return say(.synchronised(summary), &state) }
        // All of them are in the snapshot: said again with each further one they would fill the log.
        let named = problems.prefix(Self.named).map { $0.description.shortened(to: 300) }.joined(separator: "; ")
        let further = problems.count - Self.named
        say(.degraded("\(named)\(further > 0 ? "; and \(further) more" : ""); \(summary)"), &state)
    }

    /// How many problems are named in one message.
    private static let named = 5

    private func say(_ event: SourceEvent, _ state: inout State) {
        guard event != state.said else { return }
        state.said = event
        report(event)
    }
}

extension String {
    /// The text, or so many characters of it at most and the sign that there is more.
    fileprivate func shortened(to length: Int) -> String { count > length ? "\(prefix(length))…" : self }
}
