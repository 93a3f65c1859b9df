import HTTPWire
import LinuxSystem

/// The endpoints to which requests may share connections.
struct SharedUpstreams {
    private var upstreams: [UpstreamKey: SharedUpstream] = [:]
    /// Those for which something is to be done at the end of the round.
    private var noted: Set<UpstreamKey> = []

    /// Nil if nothing is known of the endpoint.
    subscript(key: UpstreamKey) -> SharedUpstream? { upstreams[key] }

    /// Changes what is known of an endpoint that something is known of. Returns nil for another one.
    mutating func change<Result>(_ key: UpstreamKey, _ body: (inout SharedUpstream) -> Result) -> Result? {
        guard let index = upstreams.index(forKey: key) else { return nil }
        return body(&upstreams.values[index])
    }

    /// Begins a stream for a request that has just come; nil if there is no room, or others were there before it.
    func openStream(at key: UpstreamKey) -> (Multiplexer, number: UInt32)? {
        guard let upstream = upstreams[key], upstream.waiting.isEmpty else { return nil }
        return upstream.openStream()
    }

    /// Has a request wait for a connection to an endpoint.
    mutating func wait(_ stream: StreamID, for endpoint: BackendEndpoint, _ key: UpstreamKey, isFirst: Bool = false) {
        upstreams[key, default: SharedUpstream(endpoint)].wait(stream, isFirst: isFirst)
        noted.insert(key)
    }

    /// A request waits no more. Returns whether it did.
    mutating func leave(_ stream: StreamID, _ key: UpstreamKey) -> Bool {
        guard isAwaited(key) else { return false }
        return upstreams[key]?.leave(stream) ?? false
    }

    private func isAwaited(_ key: UpstreamKey) -> Bool { upstreams[key]?.waiting.isEmpty == false }

    /// Has an endpoint looked at when the round ends.
    mutating func note(_ key: UpstreamKey) { noted.insert(key) }

    /// There may be room on a connection to an endpoint.
    mutating func noteRoom(_ key: UpstreamKey) {
        if isAwaited(key) { noted.insert(key) }
    }

    /// One of the endpoints that are to be looked at; nil if there are no more.
    mutating func takeNoted() -> UpstreamKey? { noted.popFirst() }

    mutating func remove(_ multiplexer: Multiplexer, _ key: UpstreamKey) {
        _ = change(key) { upstream in upstream.multiplexers.removeAll { $0 === multiplexer } }
        forgetIfOver(key)
    }

    mutating func forgetIfOver(_ key: UpstreamKey) {
        if upstreams[key]?.isOver == true { upstreams[key] = nil }
    }

    /// Nothing more is begun with endpoints that are no longer, or that are others now.
    mutating func retire(isCurrent: (BackendEndpoint) -> Bool) {
        for (key, upstream) in upstreams where !upstream.isRetired && !isCurrent(upstream.endpoint) {
            upstreams[key]?.isRetired = true
            noted.insert(key)
        }
    }
}
