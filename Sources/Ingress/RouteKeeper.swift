import ClusterState
import Synchronization

/// The routes of the newest snapshot.
final class RouteKeeper: Sendable {
    private struct State {
        var table: RouteTable
        var generation: UInt64?
        var missing: Set<ObjectKind> = RouteTable.neededKinds
    }

    private let state: Mutex<State>

    init(_ configuration: RouteConfiguration) {
        state = Mutex(State(table: RouteTable(configuration)))
    }

    var table: RouteTable { state.withLock(\.table) }

    /// What the source has not told completely.
    var missingKinds: Set<ObjectKind> { state.withLock(\.missing) }

    /// Serves other classes from now on.
    func serve(_ classes: Set<String>, _ snapshot: ClusterSnapshot) {
        state.withLock { state in
            var configuration = state.table.configuration
            configuration.classes = classes
            state.table = RouteTable(configuration)
            state.generation = nil
        }
        _ = take(snapshot)
    }

    /// Follows a snapshot. Returns whether anything is another one by it.
    func take(_ snapshot: ClusterSnapshot) -> Bool {
        state.withLock { state in
            let missing = RouteTable.neededKinds.subtracting(snapshot.complete)
            let wasMissing = state.missing
            state.missing = missing
            guard missing.isEmpty else { return missing != wasMissing }
            let changed = state.generation.map { snapshot.changedKeys(since: $0) } ?? .everything
            state.generation = snapshot.generation
            return state.table.update(snapshot, changed: changed) || missing != wasMissing
        }
    }
}
