import LinuxSystem

/// The connections of one loop to the endpoints, and how the endpoints fare.
struct UpstreamPools {
    private struct Idle {
        let stream: StreamID
        /// Since when, in milliseconds of the loop.
        let since: Int64
    }

    private struct Pool {
        let endpoint: BackendEndpoint
        /// Those that wait for a request, the latest last.
        var idle: [Idle] = []
        /// How many requests are at it.
        var active = 0
        /// Until when it is left alone while there are others.
        var ejectedUntil: Int64 = 0
    }

    /// By the slots of the endpoints.
    private var pools: [Pool?] = []
    /// Those that were retired while requests were at them need no counting any more: what comes back is closed.
    private var generation: [UInt32] = []

    /// How many requests are at endpoints.
    var activeCount: Int { pools.reduce(0) { $0 + ($1?.active ?? 0) } }

    // MARK: - Choosing

    /// The one of two endpoints, drawn by chance, that has fewer requests. Endpoints that were not to be reached lately
    /// are left alone while there are others.
    ///
    /// - Parameters:
    ///   - preferred: how many of the first endpoints go before the others; 0 if all are alike.
    ///   - excluded: the slot of one that failed for this very request.
    func choose(
        among endpoints: [BackendEndpoint],
        preferring preferred: Int = 0,
        excluding excluded: Int?,
        now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> Int? {
        if preferred > 0, let place = choose(among: endpoints, first: preferred, excluded, now, &generator),
            load(endpoints[place], excluded, now) < Self.ejected
        {
            return place
        }
        return choose(among: endpoints, first: endpoints.count, excluded, now, &generator)
    }

    /// The same among the first endpoints alone.
    private func choose(
        among endpoints: [BackendEndpoint],
        first count: Int,
        _ excluded: Int?,
        _ now: Int64,
        _ generator: inout some RandomNumberGenerator
    ) -> Int? {
        guard count > 1 else { return count == 0 || endpoints[0].slot == excluded ? nil : 0 }
        let first = Int.random(in: 0..<count, using: &generator)
        var second = Int.random(in: 0..<count - 1, using: &generator)
        if second >= first { second += 1 }
        let (left, right) = (load(endpoints[first], excluded, now), load(endpoints[second], excluded, now))
        let best = left <= right ? first : second
        guard min(left, right) >= Self.ejected else { return best }
        // Both are out: look at all of them.
        let rest = (0..<count).min { load(endpoints[$0], excluded, now) < load(endpoints[$1], excluded, now) }
        guard let rest, endpoints[rest].slot != excluded else { return nil }
        return rest
    }

    private static let ejected = 1 << 32

    private func load(_ endpoint: BackendEndpoint, _ excluded: Int?, _ now: Int64) -> Int {
        let slot = endpoint.slot
        guard slot != excluded else { return Int.max }
        // Number by number: to copy a whole pool is more than a request should pay for.
        guard slot < pools.count, let active = pools[slot]?.active, let end = pools[slot]?.ejectedUntil else {
            return 0
        }
        return end > now ? Self.ejected + active : active
    }

    // MARK: - Requests

    /// A request goes to the endpoint: the connection for it, if one waits that was used lately enough.
    mutating func begin(at endpoint: BackendEndpoint, since earliest: Int64) -> StreamID? {
        let slot = endpoint.slot
        if slot >= pools.count {
            pools.append(contentsOf: repeatElement(nil, count: slot + 1 - pools.count))
            generation.append(contentsOf: repeatElement(0, count: slot + 1 - generation.count))
        }
        if pools[slot] == nil { pools[slot] = Pool(endpoint: endpoint) }
        pools[slot]?.active += 1
        guard let last = pools[slot]?.idle.last, last.since >= earliest else { return nil }
        pools[slot]?.idle.removeLast()
        return last.stream
    }

    /// Which of the endpoints of a slot, one after the other, there is now.
    func generation(of slot: Int) -> UInt32 { slot < generation.count ? generation[slot] : 0 }

    /// A request that went to the endpoint is over.
    mutating func end(at slot: Int, _ generation: UInt32) {
        guard slot < pools.count, self.generation[slot] == generation else { return }
        pools[slot]?.active -= 1
    }

    /// The endpoint could not be reached.
    mutating func eject(_ slot: Int, _ generation: UInt32, until time: Int64) {
        guard slot < pools.count, self.generation[slot] == generation else { return }
        pools[slot]?.ejectedUntil = time
    }

    /// Those that are left alone at the moment.
    func ejected(now: Int64) -> [BackendEndpoint] {
        pools.compactMap { pool in pool.flatMap { $0.ejectedUntil > now ? $0.endpoint : nil } }
    }

    // MARK: - Connections

    /// Keeps a connection for the next request. Returns whether the endpoint is still there.
    mutating func keep(_ stream: StreamID, at slot: Int, _ generation: UInt32, now: Int64) -> Bool {
        guard slot < pools.count, self.generation[slot] == generation, pools[slot] != nil else { return false }
        pools[slot]?.ejectedUntil = 0
        pools[slot]?.idle.append(Idle(stream: stream, since: now))
        return true
    }

    /// A connection that waited was closed.
    mutating func remove(_ stream: StreamID, at slot: Int) {
        guard slot < pools.count else { return }
        pools[slot]?.idle.removeAll { $0.stream == stream }
    }

    /// Takes the connection that has waited longest; nil if none waits.
    mutating func removeLongestIdle() -> StreamID? {
        let longest = pools.indices.filter { pools[$0]?.idle.isEmpty == false }
            .min { pools[$0]?.idle[0].since ?? 0 < pools[$1]?.idle[0].since ?? 0 }
        return longest.flatMap { pools[$0]?.idle.removeFirst().stream }
    }

    /// Forgets endpoints that are no longer, or that are others now. Returns the connections that wait for nothing more.
    mutating func retire(isCurrent: (BackendEndpoint) -> Bool) -> [StreamID] {
        var closing: [StreamID] = []
        for slot in pools.indices {
            guard let pool = pools[slot], !isCurrent(pool.endpoint) else { continue }
            closing += pool.idle.map(\.stream)
            pools[slot] = nil
            generation[slot] &+= 1
        }
        return closing
    }
}
