/// What is to be done after an event of `SecureConnections`, in this order.
struct SecureActions: Sendable {
    /// Connections that nobody needs any more.
    var closes: [SecureConnection.ID] = []
    var dials: [(connection: SecureConnection.ID, upstream: Upstream)] = []
    /// Messages to be sent.
    var writes: [(connection: SecureConnection.ID, packet: [UInt8])] = []
    var outcomes: [SecureOutcome] = []
    /// Upstreams that can be reached, or cannot, and why.
    var notes: [(upstream: Upstream, trouble: String?)] = []
}

/// One connection, from dialling on.
struct SecureConnection: Sendable {
    /// Names one for as long as the process runs.
    struct ID: Hashable, Comparable, Sendable {
        let number: UInt64

        static func < (left: ID, right: ID) -> Bool { left.number < right.number }
    }

    let upstream: Upstream
    /// When it was dialled.
    let start: Duration
    /// Whether its certificate is verified, so that questions may be sent.
    var isOpen = false
    /// The questions that wait for a message, by their number on the way.
    var waiting: [UInt16: SecureQuestion.ID] = [:]
    /// Since when questions wait without any message having come.
    var silentSince: Duration?
    /// Since when no question waits.
    var idleSince: Duration?
    private var lastNumber: UInt16 = 0

    init(to upstream: Upstream, at now: Duration) {
        self.upstream = upstream
        start = now
    }

    /// Whether it may be dead although the system does not know.
    func isSilent(at now: Duration) -> Bool {
        silentSince.map { $0 + SecureTimes.silence <= now } ?? false
    }

    /// A number that none of its questions has.
    mutating func add(_ question: SecureQuestion.ID) -> UInt16 {
        repeat { lastNumber &+= 1 } while waiting[lastNumber] != nil
        waiting[lastNumber] = question
        idleSince = nil
        return lastNumber
    }
}

/// How long connections are kept, and waited for.
enum SecureTimes {
    /// For how long a connection without questions is kept: as CoreDNS does. Servers have times of the same order.
    static let idle = Duration.seconds(10)
    /// For a connection to be there, handshake and all. Clients have given up by then.
    static let dial = Duration.seconds(4)
    /// After how long of silence another connection is tried: before a forwarder asks for the second time, for which the
    /// first connection would be no use.
    static let silence = Duration.milliseconds(900)
    /// How long an upstream that could not be reached is not dialled.
    static let rest = Duration.seconds(1)
    /// The most connections to one upstream: one that is silent, and one that is tried instead.
    static let mostConnections = 2
    /// The most messages that are looked at for one question: those with its number that do not answer it count, too.
    static let mostMessages = 16
    /// The most questions that wait on one connection; their numbers must not run out.
    static let mostQuestions = 16_384
    /// Of how many upstreams it is counted how they were asked, before those are forgotten that no connection leads to.
    static let mostCounted = 64
}
