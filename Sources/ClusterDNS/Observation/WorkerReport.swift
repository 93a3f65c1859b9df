import Synchronization

/// What one thread has counted.
struct WorkerReport: Sendable {
    let observer: TrafficObserver
    let forwarding: ForwarderStatistics
    let cache: CacheCounts
    let cacheBytes: Int
    let upstreams: [UpstreamStatus]
}

extension WorkerReport {
    /// - Parameter seats: whose servers count too; their questions and answers are their own.
    init(
        _ observer: TrafficObserver,
        _ forwarder: Forwarder<WaitingClient>,
        _ seats: ForwarderSeats,
        now: Duration
    ) {
        self.init(
            observer: observer,
            forwarding: forwarder.statistics,
            cache: forwarder.cacheCounts,
            cacheBytes: forwarder.cacheBytes,
            upstreams: forwarder.status(now: now) + seats.status(now: now)
        )
    }
}

/// A question for a thread's numbers, left in its mailbox. It is answered once: at the latest, and then without them, when
/// nobody can answer it any more.
final class WorkerReportRequest: Sendable {
    private let continuation: Mutex<CheckedContinuation<WorkerReport?, Never>?>

    init(_ continuation: CheckedContinuation<WorkerReport?, Never>) {
        self.continuation = Mutex(continuation)
    }

    deinit { answer(nil) }

    func answer(_ report: WorkerReport?) {
        let continuation = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        continuation?.resume(returning: report)
    }
}
