import LinuxSystem
import Synchronization

/// What the capability leaves for a worker, which takes it between two rounds of packets. Only the newest table counts.
final class WorkerMailbox: Sendable {
    struct Letter: Sendable {
        var table: ZoneTable?
        var sources: AllowedSources?
        var upstreams: Upstreams?
        var queryLog: QueryLogRules?
        /// Sockets to serve from now on.
        var opened: [ServerSocket] = []
        /// Those who want to know the worker's numbers.
        var reportRequests: [WorkerReportRequest] = []
        /// Told when the letter is taken: the worker does its rounds.
        var heartbeat: AsyncStream<Void>.Continuation?
    }

    private let letter = Mutex<Letter?>(nil)
    /// So that a worker that looks for a letter takes no lock unless there is one.
    private let hasLetter = Atomic(false)
    /// Written under the lock.
    private let isClosed = Atomic(false)

    /// Adds to what the worker will find. It has to be woken.
    func put(_ change: (inout Letter) -> Void) {
        letter.withLock { letter in
            guard !isClosed.load(ordering: .relaxed) else { return }
            var changed = letter ?? Letter()
            change(&changed)
            letter = changed
            hasLetter.store(true, ordering: .releasing)
        }
    }

    /// The worker is gone: nothing is kept for it any more, so that nobody waits for what it will not do.
    func close() {
        letter.withLock { letter in
            isClosed.store(true, ordering: .relaxed)
            letter = nil
        }
    }

    /// What was left since the last call.
    func take() -> Letter? {
        guard hasLetter.load(ordering: .acquiring) else { return nil }
        let taken = letter.withLock { letter in
            defer { letter = nil }
            hasLetter.store(false, ordering: .relaxed)
            return letter
        }
        taken?.heartbeat?.yield()
        return taken
    }
}

/// A socket that queries come in by.
struct ServerSocket: Sendable {
    let descriptor: SharedDescriptor
    let transport: PacketTransport
}

/// The servers that others' names are asked of.
struct Upstreams: Sendable, Equatable {
    var servers: [Upstream]
    /// They are asked in turn, rather than the quickest first.
    var rotates: Bool
}

/// What a worker begins with.
struct WorkerStart: Sendable {
    var table: ZoneTable
    var sources: AllowedSources
    var forwarding = ForwarderConfiguration()
    var queryLog = QueryLogRules()
    /// Where lines about queries go.
    let logQueue: QueryLogQueue
    /// By which questions of ours that come back to us are known: the same for all workers.
    let loopSecret = UInt64.random(in: .min ... .max)
}
