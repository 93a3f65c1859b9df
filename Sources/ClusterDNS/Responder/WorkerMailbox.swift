import LinuxSystem

/// Where the capability and the other workers leave things for a worker.
typealias WorkerMailbox = Mailbox<WorkerLetter>

/// What is left for a worker. Only the newest table counts.
struct WorkerLetter: Sendable {
    /// The most answers that wait. What more come are dropped: their names are asked for again.
    static let mostAnswers = 256

    var table: ZoneTable?
    var sources: AllowedSources?
    var upstreams: Upstreams?
    var queryLog: QueryLogRules?
    var rules: CustomConfiguration?
    /// Sockets to serve from now on.
    var opened: [ServerSocket] = []
    /// Those who want to know the worker's numbers.
    var questions: [LoopQuestion<WorkerReport>] = []
    /// Told when the letter is taken: the worker does its rounds.
    var heartbeat: AsyncStream<Void>.Continuation?
    /// What came of packets that the worker sent over TLS.
    var outcomes: [SecureOutcome] = []
    /// What the other workers learned.
    var learned: [HandedAnswer] = []
}

extension WorkerMailbox {
    /// Leaves an answer. The worker will find it before it answers anybody, and need not be woken for it, unless many wait.
    func hand(_ answer: HandedAnswer) {
        var count = 0
        leave { letter in
            if letter.learned.count < WorkerLetter.mostAnswers { letter.learned.append(answer) }
            count = letter.learned.count
        }
        if count == WorkerLetter.mostAnswers / 2 { wake() }
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
