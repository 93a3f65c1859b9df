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
