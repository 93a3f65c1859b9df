/// A question that upstreams are asked, and who waits for the answer.
///
/// It begins with the first client, or as a prefetch without one, and is gone when it is answered or has failed. When
/// the clients are given an old answer it goes on without them.
struct OutstandingQuestion<Client: Hashable & Sendable>: Sendable {
    /// Names one for as long as its forwarder exists.
    struct ID: Hashable, Sendable {
        let number: UInt64
    }

    let question: ForwardedQuestion
    let start: Duration
    var clients: [Client]
    /// Those that run.
    var attempts: [ForwarderAttempt.ID] = []
    /// The numbers of the upstreams that were asked, as often as they were.
    var tried: [Int] = []
    /// The numbers of those whose answer was of no use.
    var spent: Set<Int> = []
    /// What was wrong with their answers.
    var faults: [Int: UpstreamFault] = [:]
    /// Why one of them failed, if it said so.
    var reason: ExtendedReason?
    /// The numbers of those that did not understand EDNS, as it seems.
    var withoutExtensions: Set<Int> = []
    /// When another upstream is asked too.
    var nextAttempt: Duration?
    /// When clients get an answer that is behind its time; nil if there is none.
    var staleTime: Duration?
    /// The start of an answer that TCP has not brought.
    var partial: UpstreamAnswer?
    /// When it is to be looked at again.
    var wakeTime: Duration?

    init(_ question: ForwardedQuestion, clients: [Client], start: Duration) {
        self.question = question
        self.clients = clients
        self.start = start
    }

    var end: Duration { start + ForwarderTimes.question }
}

/// A packet that was sent to an upstream, for whose reply is waited.
struct OutstandingAttempt<Client: Hashable & Sendable>: Sendable {
    /// nil for a probe.
    let owner: OutstandingQuestion<Client>.ID?
    let question: ForwardedQuestion
    /// The number of the upstream.
    let upstream: Int
    let transport: ForwarderAttempt.Transport
    let query: UpstreamQuery
    let start: Duration
    /// How many packets came that are no reply to it.
    var strays = 0

    var end: Duration { start + ForwarderTimes.attempt }
}
