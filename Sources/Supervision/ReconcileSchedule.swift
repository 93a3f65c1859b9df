/// When a reconciling loop makes its next pass: pure, by events.
///
/// States: idle → (wake) due, at once or when the minimum interval since the last pass is over → running → idle again,
/// with a retry due if the pass failed. Wakes while running are kept.
///
/// While passes fail, a notification still leads to one at once, since what it tells of need not be what failed. It may be
/// the failing pass's own doing, though: so each such pass that fails too puts off the next one twice as long, up to a
/// second, until a retry was made. None of them puts the retry off.
struct ReconcileSchedule: Sendable, Equatable {
    /// The least time from the start of one pass to that of the next.
    let minimum: Duration
    /// A thorough pass is due this long after the last one.
    let audit: Duration

    private var backoff = ReconcileBackoff()
    private var lastPass: Duration?
    private var lastAudit: Duration?
    private var pending: PassReason?
    /// Whether something is pending that a failed pass did not know of.
    private var isNews = false
    private var retry: Duration?
    /// How many passes for notifications failed since the last retry.
    private var echoes = 0
    /// Whether the pass that runs is one for a notification while a retry is due later.
    private var isEarly = false

    init(minimum: Duration, audit: Duration) {
        self.minimum = minimum
        self.audit = audit
    }

    /// Something happened that calls for a pass.
    mutating func wake(_ reason: PassReason) {
        pending = max(pending ?? reason, reason)
        // A newer snapshot may cure what failed.
        if reason != .notification { isNews = true }
    }

    /// When the next pass is due, as far as is known now.
    func nextPass(now: Duration) -> Duration {
        let earliest = lastPass.map { $0 + minimum } ?? now
        let auditDue = lastAudit.map { $0 + audit } ?? now
        var due = max(auditDue, earliest)
        if let retry { due = min(due, max(retry, earliest)) }
        if pending != nil { due = min(due, retry == nil || isNews ? earliest : max(earliest, afterEchoes)) }
        return max(due, now)
    }

    private var afterEchoes: Duration {
        guard let lastPass else { return .zero }
        return lastPass + min(max(minimum, Self.longestEcho), minimum * (1 << min(echoes, 20)))
    }

    private static let longestEcho = Duration.seconds(1)

    /// A pass begins. Returns what it is for.
    mutating func begin(now: Duration) -> PassReason {
        let isAudit = lastAudit.map { now >= $0 + audit } ?? true
        let reason: PassReason = isAudit || retry != nil ? .audit : (pending ?? .audit)
        isEarly = retry.map { now < $0 } ?? false && !isNews && !isAudit
        pending = nil
        isNews = false
        if !isEarly { retry = nil }
        lastPass = now
        if reason == .audit { lastAudit = now }
        return reason
    }

    mutating func succeeded() {
        backoff = ReconcileBackoff()
        retry = nil
        echoes = 0
    }

    /// The pass failed: a thorough one follows soon, the sooner the fewer failed before it. Returns when that is.
    mutating func failed(now: Duration) -> Duration {
        if isEarly, let retry {
            echoes += 1
            return max(.zero, retry - now)
        }
        echoes = 0
        let delay = backoff.next()
        retry = now + delay
        return delay
    }
}

/// Why a pass is made, the more thorough the greater.
package enum PassReason: Int, Sendable, Comparable {
    /// The snapshot is newer: what it changed is compared.
    case snapshot
    /// The kernel said that something of ours changed: everything is compared.
    case notification
    /// Nothing was said for the audit interval, or the last pass failed: everything is compared.
    case audit

    package static func < (left: PassReason, right: PassReason) -> Bool { left.rawValue < right.rawValue }
}

/// Delays between a failed pass and its repetition: 250 ms, doubling to 30 s. Without jitter, since nothing is shared
/// with other nodes but the source, and that has its own.
private struct ReconcileBackoff: Sendable, Equatable {
    private var failures = 0

    mutating func next() -> Duration {
        let delay = min(.seconds(30), .milliseconds(250) * (1 << min(failures, 7)))
        failures += 1
        return delay
    }
}
