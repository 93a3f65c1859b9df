import HTTPWire

/// The connections of HTTP/2 to endpoints, which many requests use at a time.
struct SharedUpstreams {
    /// By the slots of the endpoints.
    private var multiplexers: [Int: [Multiplexer]] = [:]

    /// Begins a stream to an endpoint on a connection that there is; nil if there is none, or none takes more.
    func openStream(at slot: Int, _ generation: UInt32) -> (Multiplexer, number: UInt32)? {
        for multiplexer in multiplexers[slot] ?? [] where !multiplexer.isDraining {
            guard case .endpoint(_, generation) = multiplexer.peer else { continue }
            if let number = multiplexer.connection.openStream() { return (multiplexer, number) }
            if multiplexer.connection.isExhausted { multiplexer.isDraining = true }
        }
        return nil
    }

    mutating func add(_ multiplexer: Multiplexer, at slot: Int) {
        multiplexers[slot, default: []].append(multiplexer)
    }

    mutating func remove(_ multiplexer: Multiplexer, at slot: Int) {
        multiplexers[slot]?.removeAll { $0 === multiplexer }
        if multiplexers[slot]?.isEmpty == true { multiplexers[slot] = nil }
    }

    /// Those to endpoints that are no longer, or that are others now.
    func retired(isCurrent: (BackendEndpoint) -> Bool) -> [Multiplexer] {
        multiplexers.values.joined().filter { multiplexer in
            guard case .endpoint(let endpoint, _) = multiplexer.peer else { return false }
            return !isCurrent(endpoint)
        }
    }
}
