/// When a reconciling loop makes its next pass: pure, by events.
///
/// States: idle → (wake) due, at once or when the minimum interval since the last pass is over → running → idle again,
/// with a retry due if the pass failed. Wakes while running are kept.
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

    init(minimum: Duration, audit: Duration) {
        self.minimum = minimum
        self.audit = audit
    }

    /// Something happened that calls for a pass.
    mutating func wake(_ reason: PassReason) {
        pending = max(pending ?? reason, reason)
        // A newer snapshot may cure what failed; what the kernel reports may be the failing pass's own doing.
        if reason != .notification { isNews = true }
    }

    /// When the next pass is due, as far as is known now.
    func nextPass(now: Duration) -> Duration {
        let earliest = lastPass.map { $0 + minimum } ?? now
        let auditDue = lastAudit.map { $0 + audit } ?? now
        var due = max(auditDue, earliest)
        if let retry { due = min(due, max(retry, earliest)) }
        if pending != nil, retry == nil || isNews { due = min(due, earliest) }
        return max(due, now)
    }

    /// A pass begins. Returns what it is for.
    mutating func begin(now: Duration) -> PassReason {
        let isAudit = lastAudit.map { now >= $0 + audit } ?? true
        let reason: PassReason = isAudit || retry != nil ? .audit : (pending ?? .audit)
        pending = nil
        isNews = false
        retry = nil
        lastPass = now
        if reason == .audit { lastAudit = now }
        return reason
    }

    mutating func succeeded() {
        backoff = ReconcileBackoff()
    }

    /// The pass failed: a thorough one follows soon, the sooner the fewer failed before it.
    mutating func failed(now: Duration) -> Duration {
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
