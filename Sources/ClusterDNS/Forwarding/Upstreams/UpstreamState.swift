import DNSWire

/// What is known of an upstream: how fast it answers, and whether it does.
struct UpstreamState: Sendable {
    /// Whether a question to it comes back to us.
    enum Loop: Sendable {
        case unknown
        case none
        case found
    }

    /// Names it for as long as it is in use.
    let number: Int
    let upstream: Upstream
    /// How long it takes to answer, smoothed, in microseconds; nil before the first answer.
    private(set) var roundTrip: Int64?
    /// What it is taken to need beyond that since it last answered, in microseconds: it failed, or was late.
    private var penalty: Int64 = 0
    /// When it was asked last.
    private(set) var lastStart: Duration?
    /// Which turn of all that was, beginning with 1: many may be in one millisecond.
    private(set) var lastTurn: Int64 = 0
    /// How often it failed since it last answered.
    private(set) var failures = 0
    private(set) var lastFault: UpstreamFault?
    var loop = Loop.unknown
    /// When it is to be probed for a loop, if it is.
    var probeTime: Duration?
    private var lastProbe: Duration?
    /// Until when it is asked without EDNS, which it did not understand.
    var withoutExtensionsUntil: Duration?
    var statistics = UpstreamStatistics()

    init(number: Int, _ upstream: Upstream) {
        self.number = number
        self.upstream = upstream
    }

    /// Whether it may be asked at all.
    var isUsable: Bool { loop != .found }

    /// Failed so often that it is asked only when others are not better.
    var isFailing: Bool { failures >= UpstreamTimes.failuresToFail }

    /// What it takes to be asked, in microseconds: less is better. It decays while it is not asked, so that one that
    /// was slow or down is tried again some day: by a single question, since asking it ends the decay.
    func cost(at now: Duration) -> Int64 {
        if roundTrip == nil, penalty == 0 {
            guard let lastStart, now - lastStart < UpstreamTimes.patience else { return 0 }
            return UpstreamTimes.presumedRoundTrip
        }
        let idle = max(0, (now - (lastStart ?? now)).milliseconds)
        let halves = idle / UpstreamTimes.halfLife
        guard halves < 40 else { return 0 }
        let rest = idle % UpstreamTimes.halfLife
        let value = ((roundTrip ?? 0) + penalty) >> halves
        return value - value * rest / (2 * UpstreamTimes.halfLife)
    }

    /// After how long another one is asked too.
    var patience: Duration {
        let usual = Duration.microseconds((roundTrip ?? 0) * UpstreamTimes.roundTripsToWait)
        return min(UpstreamTimes.patience, max(UpstreamTimes.leastPatience, usual))
    }

    mutating func noteStart(at now: Duration, turn: Int64) {
        lastStart = now
        lastTurn = turn
        statistics.requests += 1
    }

    /// A connection of its own is opened to it.
    mutating func noteStream() { statistics.streams += 1 }

    /// It answered, whatever it said.
    mutating func noteReply(_ code: ResponseCode, after elapsed: Duration, isMeasure: Bool) {
        failures = 0
        lastFault = nil
        penalty = 0
        statistics.note(code, after: elapsed)
        guard isMeasure else { return }
        let sample = elapsed.microseconds
        // One in four parts new: RFC 6298 takes one in eight, but samples are fewer here.
        roundTrip = max(1, roundTrip.map { ($0 * 3 + sample) / 4 } ?? sample)
    }

    /// It did not answer, or what it answered is of no use.
    mutating func noteFailure(_ fault: UpstreamFault) {
        failures += 1
        lastFault = fault
        statistics.failures += 1
        penalise(atLeast: UpstreamTimes.failurePenalty)
    }

    /// Another one answered first, though it was asked later.
    mutating func noteOutpaced(after elapsed: Duration) {
        statistics.outpaced += 1
        penalise(atLeast: elapsed.microseconds)
    }

    /// Something points to a loop, which is looked at unless it just was.
    mutating func wantProbe(at now: Duration) {
        guard isUsable, probeTime == nil else { return }
        probeTime = max(now, (lastProbe ?? now - UpstreamTimes.reprobe) + UpstreamTimes.reprobe)
    }

    mutating func noteProbe(at now: Duration) {
        probeTime = nil
        lastProbe = now
    }

    private mutating func penalise(atLeast least: Int64) {
        penalty = min(UpstreamTimes.longestPenalty, max(penalty * 2, least))
    }
}

/// When an upstream is given up, and for how long.
enum UpstreamTimes {
    static let failuresToFail = 3
    /// Before another one is asked too: at least, at most, and how many of the usual round trips.
    static let leastPatience = Duration.milliseconds(250)
    static let patience = Duration.seconds(1)
    static let roundTripsToWait: Int64 = 3
    /// In microseconds: what one that has just been asked first is taken to need, what one that fails, and the most
    /// that failures add up to.
    static let presumedRoundTrip: Int64 = 50_000
    static let failurePenalty: Int64 = 1_000_000
    static let longestPenalty: Int64 = 8_000_000
    /// In how many milliseconds the cost of one that is not asked halves.
    static let halfLife: Int64 = 5_000
    /// For how long one that does not understand EDNS is asked without.
    static let withoutExtensions = Duration.seconds(600)
    /// After how long one is probed again that looped, or that left a question unanswered.
    static let reprobe = Duration.seconds(60)
}

extension Duration {
    fileprivate var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000
    }
}
