/// Decides whether one run of a capability still makes progress.
///
/// States: idle or waiting → working (a step was reported) → stalled (no report for `patience`), on which the run is
/// cancelled → abandoned (it has not ended `grace` later). A report leads back to working or waiting until then.
struct StallWatch: Sendable, Equatable {
    /// How long a step may take.
    static let patience = Duration.seconds(30)
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
    private var cancellation: Cancellation?

    private struct Cancellation: Sendable, Equatable {
        let step: String
        let at: Duration
    }

    mutating func working(on step: String, at now: Duration) {
        self.step = step
        stepBegan = now
    }

    /// Something was reported that neither begins work nor ends it.
    mutating func progressed(at now: Duration) {
        stepBegan = now
    }

    mutating func waiting() {
        step = nil
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
        return max(.zero, stepBegan + Self.patience - now)
    }

    func verdict(at now: Duration) -> Verdict {
        if let cancellation {
            return now - cancellation.at >= Self.grace
                ? .abandoned(on: cancellation.step) : .stalled(on: cancellation.step)
        }
        guard let step, now - stepBegan >= Self.patience else { return .progressing }
        return .stalled(on: step)
    }
}
