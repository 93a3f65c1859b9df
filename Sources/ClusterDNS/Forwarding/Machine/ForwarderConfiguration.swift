/// What can be set of a forwarder.
package struct ForwarderConfiguration: Hashable, Sendable {
    /// The octets of memory that answers take.
    package var cacheSize = 8 << 20
    /// How many questions are asked at once. More are answered SERVFAIL.
    package var mostQuestions = 2000
    /// How many clients wait for the same answer. More are answered SERVFAIL.
    package var mostClients = 200
    /// Letters in names are sent in a random case, which replies must repeat: more to guess for who forges them.
    package var usesMixedCase = false
    /// Questions go over TCP at once.
    package var usesStreams = false
    /// The zones that are ours, which aliases of others may lead to.
    var home: OwnZones?

    package init() {}
}

/// How long a forwarder waits, and for what not.
enum ForwarderTimes {
    /// For an answer, all upstreams together. glibc and musl give up after 5 s: they are to hear of a failure before.
    static let question = Duration.seconds(4)
    /// For the reply to a datagram, or over a connection.
    static let attempt = Duration.seconds(2)
    /// Before a client gets an answer that is behind its time (RFC 8767 section 5).
    static let staleClient = Duration.milliseconds(1800)
    /// How many packets may come that are no reply to a datagram before the question goes over a connection.
    static let mostStrays = 16
}
