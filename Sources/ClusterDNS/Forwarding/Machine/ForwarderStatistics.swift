/// What a forwarder did since it began.
package struct ForwarderStatistics: Hashable, Sendable {
    /// Answered from the cache, within their time; what the cache knows to be absent apart.
    package internal(set) var hits: UInt64 = 0
    package internal(set) var absenceHits: UInt64 = 0
    /// Answered with a failure that is remembered.
    package internal(set) var failureHits: UInt64 = 0
    /// Answered with what is behind its time.
    package internal(set) var stale: UInt64 = 0
    /// Asked of upstreams, or waiting for what another client asked.
    package internal(set) var misses: UInt64 = 0
    /// Those of the misses that wait for what another client asked.
    package internal(set) var joined: UInt64 = 0
    /// Asked again before their time was over.
    package internal(set) var prefetches: UInt64 = 0
    /// Names that are never forwarded.
    package internal(set) var special: UInt64 = 0
    /// Not forwarded since the client wanted no recursion.
    package internal(set) var withoutRecursion: UInt64 = 0
    /// Refused since too much was outstanding.
    package internal(set) var rejects: UInt64 = 0
    /// Questions that no upstream answered.
    package internal(set) var failures: UInt64 = 0
    /// Packets that are no reply to what was sent.
    package internal(set) var strays: UInt64 = 0
    /// Probes that came back.
    package internal(set) var loops: UInt64 = 0
    /// Questions asked again over TCP.
    package internal(set) var streams: UInt64 = 0
}
