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
    private let reply: Mutex<(@Sendable (WorkerReport?) -> Void)?>

    /// - Parameter reply: is told the numbers, or nil if nobody has them.
    init(_ reply: @escaping @Sendable (WorkerReport?) -> Void) {
        self.reply = Mutex(reply)
    }

    deinit { answer(nil) }

    func answer(_ report: WorkerReport?) {
        let reply = reply.withLock { reply in
            defer { reply = nil }
            return reply
        }
        reply?(report)
    }
}
