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
    /// How often it is looked whether the files are still there.
    let auditInterval: Duration
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
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        health.ready()
        health.waiting(for: "a change")
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in store.subscribe() { wake.yield() }
            }
            group.addTask {
                let interval = min(auditInterval, SnapshotWriter.staleness)
                while (try? await ContinuousClock().sleep(for: interval)) != nil { wake.yield() }
            }
            for await _ in wakes {
                while writer.needsToWrite(store.current), !Task.isCancelled {
                    health.working(on: "saving the snapshot")
                    let took = ContinuousClock().measure { save(&writer, health) }
                    // Reading so much and writing it leaves holes all over the heap.
                    Heap.compact()
                    health.waiting(for: "a change")
                    let pause = outcome.error == nil ? max(Self.pause, took * Self.share) : Self.retry
                    try? await ContinuousClock().sleep(for: pause)
                }
            }
            group.cancelAll()
        }
        // What came since, and how fresh it is: the age that the next start names counts from now.
        save(&writer, health)
    }

    private func save(_ writer: inout SnapshotWriter, _ health: HealthReporter) {
        let before = outcome.error
        do throws(SystemCallError) {
            outcome.succeeded(writing: try writer.write(store.current))
            health.ready()
            if before != nil { logger.log(.notice, "the snapshot is saved again", [.file: files.path]) }
        } catch {
            let reason = "the snapshot cannot be saved: \(error); it is tried again"
            outcome.failed("\(error)")
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
struct SnapshotWriter {
    var files: SnapshotFiles
    /// The generation that is on disk.
    var generation: UInt64
    /// When the source had last confirmed what is on disk.
    var confirmed: ContinuousClock.Instant?
    /// Whether there was something to write, so that there are to be files.
    private var hasWritten = false

    /// - Parameter generation: the generation that is on disk.
    init(files: SnapshotFiles, generation: UInt64) {
        self.files = files
        self.generation = generation
    }

    /// How much older what is on disk may pass for than it is, after a power cut.
    static let staleness = Duration.seconds(3_600)

    func needsToWrite(_ snapshot: ClusterSnapshot) -> Bool {
        guard snapshot.generation == generation, !isRemoved else { return true }
        guard let confirmed, let newest = snapshot.confirmedInstant else { return false }
        return confirmed.duration(to: newest) >= Self.staleness
    }

    /// Whether somebody took away what was written.
    private var isRemoved: Bool { hasWritten && !files.areThere }

    /// Answers whether there was anything to write.
    @discardableResult
    mutating func write(_ snapshot: ClusterSnapshot) throws(SystemCallError) -> Bool {
        guard snapshot.generation != generation || confirmed != snapshot.confirmedInstant || isRemoved else {
            return false
        }
        // By the clock as it is set now: it may have been set since, as at each start of a machine without one.
        let time = snapshot.confirmedInstant.map { max(0, SystemTime.now() - $0.duration(to: .now).seconds) }
        hasWritten = try files.save(snapshot, confirmedAt: time)
        generation = snapshot.generation
        confirmed = snapshot.confirmedInstant
        return hasWritten
    }
}

/// How saving went the last time, for status.
final class SavingOutcome: Sendable {
    private struct State {
        var error: String?
        var success: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Nil after a success.
    var error: String? { state.withLock(\.error) }

    func succeeded(writing: Bool) {
        state.withLock { $0 = State(error: nil, success: writing ? .now : $0.success) }
    }

    func failed(_ error: String) { state.withLock { $0.error = error } }

    /// For how long the file has been as it is, in seconds; nil if there is none, or that is not known.
    ///
    /// - Parameter now: in seconds since 1970. It counts for what an earlier run saved, of which only the time is known.
    func age(of path: String, now: Double) -> Double? {
        if let success = state.withLock(\.success) { return success.duration(to: .now).seconds }
        return (try? Files.status(path)).flatMap { DataAge(of: Double($0.modified) / 1e9, at: now).inSeconds }
    }
}
