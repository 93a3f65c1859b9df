/// Decides whether one run of a capability still makes progress.
///
/// States: idle or waiting → working (a step was reported) → suspected (no report for most of `patience`) → stalled (none
/// for the rest of it either), on which the run is cancelled → abandoned (it has not ended `grace` later). A report leads
/// back to working or waiting until then.
///
/// It takes two looks to find a stall, since time may have passed in which nothing could run: the process was stopped
/// (SIGSTOP, a debugger), or the machine was. The first look after that only suspects.
struct StallWatch: Sendable, Equatable {
    /// How long a step may take.
    static let patience = Duration.seconds(30)
    /// The part of it that has to pass between two looks.
    static let confirmation = Duration.seconds(5)
    /// How long a cancelled run may take to end.
    static let grace = Duration.seconds(10)

    enum Verdict: Sendable, Equatable {
        case progressing
        /// Cancel the run.
        case stalled(on: String)
        /// Its thread cannot be got back: only a new process can.
        case abandoned(on: String)
    }

    private var step: String?
    private var stepBegan = Duration.zero
    /// When a look first found no progress.
    private var suspectedAt: Duration?
    private var cancellation: Cancellation?

    private struct Cancellation: Sendable, Equatable {
        let step: String
        let at: Duration
    }

    mutating func working(on step: String, at now: Duration) {
        self.step = step
        progressed(at: now)
    }

    /// Something was reported that neither begins work nor ends it.
    mutating func progressed(at now: Duration) {
        stepBegan = now
        suspectedAt = nil
    }

    mutating func waiting() {
        step = nil
        suspectedAt = nil
    }

    /// What the run was cancelled on, if it was.
    var cancelledStep: String? { cancellation?.step }

    /// The run was told to end because it stalled.
    mutating func cancel(on step: String, at now: Duration) {
        cancellation = cancellation ?? Cancellation(step: step, at: now)
    }

    /// The run ended: the next one starts afresh.
    mutating func ended() {
        self = StallWatch()
    }

    /// How long no verdict can change by itself: what begins in the meantime cannot stall before that is over.
    func nextLook(at now: Duration) -> Duration {
        if let cancellation, now - cancellation.at < Self.grace { return cancellation.at + Self.grace - now }
        guard cancellation == nil, step != nil else { return Self.patience }
        let next = suspectedAt.map { $0 + Self.confirmation } ?? stepBegan + Self.patience - Self.confirmation
        return max(.zero, next - now)
    }

    /// Looks, and remembers what it saw.
    mutating func verdict(at now: Duration) -> Verdict {
        if let cancellation {
            return now - cancellation.at >= Self.grace
                ? .abandoned(on: cancellation.step) : .stalled(on: cancellation.step)
        }
        guard let step, now - stepBegan >= Self.patience - Self.confirmation else { return .progressing }
        guard let suspectedAt else {
            suspectedAt = now
            return .progressing
        }
        return now - suspectedAt >= Self.confirmation ? .stalled(on: step) : .progressing
    }
}
