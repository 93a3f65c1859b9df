import DNSWire

/// What is remembered of an answer, or that there was none, beside its octets: copied without counting references.
struct CacheEntry: Sendable {
    enum Kind: Sendable {
        case answer
        /// NXDOMAIN or no data.
        case absence
        /// Nobody could tell.
        case failure
    }

    let key: CacheKey
    /// How many octets name and body have.
    let length: Int
    let nameLength: Int
    let kind: Kind
    let code: ResponseCode
    /// AD: validated by the server that was asked.
    let isAuthentic: Bool
    let shape: ReplyShape
    /// Whether it ends with an alias to a name of ours.
    var leadsHome = false
    /// When it came, in milliseconds.
    let arrival: Int64
    /// For how long it is current, in milliseconds.
    let lifetime: Int64
    /// Until when it is given out behind its time without others being asked again, in milliseconds.
    var recheck: Int64 = 0
    /// What somebody said of the failure.
    var reason: ExtendedErrorCode?
    /// How many failures there were in a row.
    var failures: UInt8 = 0
    /// How often it was used; stops at the most that the type holds.
    var uses: UInt8 = 0
    /// How many rounds of eviction it is to survive: 0…3.
    var credit: UInt8 = 0
    /// Whether somebody was told that it should be asked for again.
    var isRefreshing = false

    /// A place that is free.
    static let free = CacheEntry(
        key: CacheKey(nameHash: 0, type: 0, class: 0, dnssecOK: false, checkingDisabled: false),
        length: 0,
        nameLength: 0,
        kind: .failure,
        code: .noError,
        isAuthentic: false,
        shape: .empty,
        arrival: 0,
        lifetime: 0
    )

    /// The octets of memory that are taken beside the entry's own place.
    var allocation: Int { length == 0 ? 0 : (32 + length + 15) & ~15 }

    /// The first millisecond at which it is no longer current.
    var end: Int64 { arrival &+ lifetime }

    /// What it is good for at a time.
    func use(at now: Int64) -> CacheUse {
        if now < end { return kind == .failure ? .failed : .current }
        guard kind != .failure, now &- end < CacheTimes.staleness else { return .none }
        return now < recheck ? .stale : .outdated
    }

    /// How old the TTLs are that are given out.
    func age(at now: Int64) -> AnswerAge {
        guard now < end else { return .stale }
        return AnswerAge(seconds: UInt32(clamping: (now &- arrival) / 1000))
    }

    /// Whether an answer that is used should be had again before its time is over: it has at most a tenth of it left.
    func isEnding(at now: Int64) -> Bool {
        !isRefreshing && uses >= 3 && kind == .answer && end &- now <= lifetime / 10
    }
}

/// What an entry is good for.
enum CacheUse: Sendable {
    case current
    /// Not to be asked again yet.
    case failed
    /// Behind its time, and not to be asked again yet.
    case stale
    /// Behind its time: for when others do not answer.
    case outdated
    case none

    /// Whether nobody needs to be asked.
    var answersAlone: Bool {
        switch self {
        case .current, .failed, .stale: true
        case .outdated, .none: false
        }
    }
}
