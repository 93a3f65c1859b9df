import ClusterState
import LinuxSystem
import Synchronization

/// The routes of the newest snapshot.
final class RouteKeeper: Sendable {
    private struct State {
        var table: RouteTable
        var generation: UInt64?
        var missing: Set<ObjectKind>
        var loads = RouteLoads()

        init(_ configuration: RouteConfiguration) {
            table = RouteTable(configuration)
            missing = configuration.neededKinds
        }

        /// Begins again if the classes are others. Returns whether they are.
        mutating func serve(_ classes: Set<String>) -> Bool {
            guard table.configuration.classes != classes else { return false }
            var configuration = table.configuration
            configuration.classes = classes
            table = RouteTable(configuration)
            generation = nil
            return true
        }
    }

    private let state: Mutex<State>

    init(_ configuration: RouteConfiguration) {
        state = Mutex(State(configuration))
    }

    var table: RouteTable { state.withLock(\.table) }

    /// How often routes were taken, and of what.
    var loads: RouteLoads { state.withLock(\.loads) }

    /// What the source has not told completely.
    var missingKinds: Set<ObjectKind> { state.withLock(\.missing) }

    /// Follows a snapshot. Returns whether anything is another one by it.
    ///
    /// - Parameters:
    ///   - classes: the names of the classes that are served.
    ///   - names: what is known of names outside the cluster.
    func take(
        _ snapshot: ClusterSnapshot,
        classes: Set<String>,
        names: [ExternalName: ExternalNameFinding]
    ) -> Bool {
        state.withLock { state in
            let isServedAnew = state.serve(classes)
            let missing = state.table.configuration.neededKinds.subtracting(snapshot.complete)
            let wasMissing = state.missing
            state.missing = missing
            guard missing.isEmpty else { return missing != wasMissing }
            let changed = state.generation.map { snapshot.changedKeys(since: $0) } ?? .everything
            state.generation = snapshot.generation
            let isNew = state.table.update(snapshot, changed: changed, names: names) || isServedAnew
            state.loads.generation = snapshot.generation
            state.loads.lastAt = SystemTime.now()
            if isNew { state.loads.count += 1 }
            return isNew || missing != wasMissing
        }
    }
}

/// How often routes were made of snapshots.
struct RouteLoads: Sendable, Hashable {
    /// Those that were other ones than before.
    var count: UInt64 = 0
    /// Of the snapshot that was taken last; nil if none was.
    var generation: UInt64?
    /// When that was, in seconds since 1970.
    var lastAt: Double?
}
