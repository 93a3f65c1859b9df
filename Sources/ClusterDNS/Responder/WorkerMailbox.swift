import LinuxSystem
import Synchronization

/// What the capability leaves for a worker, which takes it between two rounds of packets. Only the newest table counts.
final class WorkerMailbox: Sendable {
    struct Letter: Sendable {
        var table: ZoneTable?
        var sources: AllowedSources?
        var upstreams: Upstreams?
        var queryLog: QueryLogRules?
        var rules: CustomConfiguration?
        /// Sockets to serve from now on.
        var opened: [ServerSocket] = []
        /// Those who want to know the worker's numbers.
        var reportRequests: [WorkerReportRequest] = []
        /// Told when the letter is taken: the worker does its rounds.
        var heartbeat: AsyncStream<Void>.Continuation?
        /// What came of packets that the worker sent over TLS.
        var outcomes: [SecureOutcome] = []
        /// What the other workers learned.
        var learned: [HandedAnswer] = []
    }

    /// The most answers that wait. What more come are dropped: their names are asked for again.
    static let mostAnswers = 256

    /// The most questions for numbers that wait, which a thread that hangs does not answer.
    private static let mostRequests = 16

    private let letter = Mutex<Letter?>(nil)
    private let thread = Mutex<LoopThread?>(nil)
    /// So that a worker that looks for a letter takes no lock unless there is one.
    private let hasLetter = Atomic(false)
    /// Written under the lock.
    private let isClosed = Atomic(false)

    /// Says whose mailbox it is.
    func attach(_ thread: LoopThread) {
        self.thread.withLock { $0 = thread }
    }

    /// Has the worker look soon.
    func wake() {
        thread.withLock { $0 }?.wake()
    }

    /// Adds to what the worker will find. It has to be woken.
    func put(_ change: (inout Letter) -> Void) {
        letter.withLock { letter in
            guard !isClosed.load(ordering: .relaxed) else { return }
            var changed = letter.take() ?? Letter()
            change(&changed)
            letter = changed
            hasLetter.store(true, ordering: .releasing)
        }
    }

    /// Asks for the worker's numbers. It has to be woken.
    func ask(_ request: WorkerReportRequest) {
        put { letter in
            if letter.reportRequests.count < Self.mostRequests { letter.reportRequests.append(request) }
        }
    }

    /// The worker is gone: nothing is kept for it any more, so that nobody waits for what it will not do.
    func close() {
        letter.withLock { letter in
            isClosed.store(true, ordering: .relaxed)
            letter = nil
        }
    }

    /// Leaves an answer. The worker will find it before it answers anybody, and need not be woken for it, unless many wait.
    func hand(_ answer: HandedAnswer) {
        var count = 0
        put { letter in
            if letter.learned.count < Self.mostAnswers { letter.learned.append(answer) }
            count = letter.learned.count
        }
        if count == Self.mostAnswers / 2 { wake() }
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

/// What another worker learned, and when.
struct HandedAnswer: Sendable {
    let answer: LearnedAnswer
    let time: ContinuousClock.Instant
}

/// A socket that queries come in by.
struct ServerSocket: Sendable {
    let descriptor: SharedDescriptor
    let transport: PacketTransport
}

/// The servers that others' names are asked of.
struct Upstreams: Sendable, Equatable {
    var servers: [Upstream]
    var policy: UpstreamPolicy
}

/// Which of the workers one is, and how it reaches what they share.
struct WorkerPlace: Sendable {
    /// From zero on.
    let number: Int
    let mailbox: WorkerMailbox
    /// Those of the other workers.
    let others: [WorkerMailbox]
    let secure: SecureTransport
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
