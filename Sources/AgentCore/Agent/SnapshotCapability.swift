import ClusterState
import LinuxSystem
import Logging
import Supervision
import Synchronization

/// Saves the newest snapshot, so that the next start needs no source: at most once in five seconds, and once more when
/// the agent stops.
struct SnapshotCapability: Capability {
    let name = CapabilityName(rawValue: "snapshot")
    let store: SnapshotStore
    let files: SnapshotFiles
    /// The generation that is on disk already.
    let restored: UInt64
    let outcome: SavingOutcome
    let logger: Logger

    /// Between two writes. A snapshot so large that it takes long to write is written less often still.
    private static let pause = Duration.seconds(5)
    /// After a write that failed: a full disk is not full for a moment only.
    private static let retry = Duration.seconds(10)
    /// A write costs at most one part in so many of a thread's time.
    private static let share = 50

    func run(reporting health: HealthReporter) async throws {
        var writer = SnapshotWriter(files: files, generation: restored)
        health.ready()
        health.waiting(for: "a change")
        for await _ in store.subscribe() {
            while writer.needsToWrite(store.current), !Task.isCancelled {
                health.working(on: "saving the snapshot")
                let took = ContinuousClock().measure { save(&writer, health) }
                health.waiting(for: "a change")
                let pause = outcome.error == nil ? max(Self.pause, took * Self.share) : Self.retry
                try? await ContinuousClock().sleep(for: pause)
            }
        }
        // What came since, and how fresh it is: the age that the next start names counts from now.
        save(&writer, health)
    }

    private func save(_ writer: inout SnapshotWriter, _ health: HealthReporter) {
        let before = outcome.error
        do throws(SystemCallError) {
            try writer.write(store.current)
            outcome.error = nil
            health.ready()
            if before != nil { logger.log(.notice, "the snapshot is saved again", [.file: files.path]) }
        } catch {
            let reason = "the snapshot cannot be saved: \(error); the one before stays, and is tried again"
            outcome.error = "\(error)"
            health.degraded(reason)
            if before != "\(error)" {
                logger.log(
                    .warning,
                    "the snapshot cannot be saved",
                    [.file: files.path, .error: "\(error)", .retryDelay: Self.retry.inSeconds],
                    event: .stateNotSaved
                )
            }
        }
    }
}

/// Knows what is on disk.
private struct SnapshotWriter {
    var files: SnapshotFiles
    /// The generation that is on disk.
    var generation: UInt64
    var confirmedAt: Double?

    func needsToWrite(_ snapshot: ClusterSnapshot) -> Bool { snapshot.generation != generation }

    mutating func write(_ snapshot: ClusterSnapshot) throws(SystemCallError) {
        guard needsToWrite(snapshot) || confirmedAt != snapshot.confirmedAt else { return }
        try files.save(snapshot)
        generation = snapshot.generation
        confirmedAt = snapshot.confirmedAt
    }
}

/// How saving went the last time, for status.
final class SavingOutcome: Sendable {
    private let state = Mutex<String?>(nil)

    /// Nil after a success.
    var error: String? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
