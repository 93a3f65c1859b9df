/// What a peer may use of a connection of HTTP/2, and how much that serves nothing it may do.
package struct HTTP2Limits: Hashable, Sendable {
    /// Streams of the peer's at a time.
    package var streams = 100
    /// Names and values of a field section, and 32 octets for each field.
    package var fieldOctets = 64 << 10
    /// What a peer may send on a stream before it is credited.
    package var streamWindow = 256 << 10
    /// The same for all streams together.
    package var connectionWindow = 1 << 20
    /// Of one field block.
    package var continuations = 8
    /// In how long a time, in milliseconds, those that follow are counted.
    package var period: Int64 = 30_000
    /// Streams that the peer resets.
    package var resets = 200
    /// Streams that have to be reset because of a fault of the peer's (MadeYouReset, CVE-2025-8671).
    package var streamFaults = 200
    /// Frames that are lawful and serve nothing: empty ones of DATA, SETTINGS, PRIORITY, of unknown types, WINDOW_UPDATE
    /// above what is sent, what comes on streams that are over beyond what may have been on its way.
    package var idleFrames = 10_000
    /// Octets that wait to leave before a peer that makes us answer it and reads nothing is left.
    package var answers = 64 << 10

    package init() {}
}
