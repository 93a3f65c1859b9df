/// What clients may take.
package struct HTTPLimits: Sendable {
    /// Connections of one address that is listened on, and those among them of one client. A further one takes the place of
    /// the one that is idle longest.
    package var connections = 64
    package var connectionsOfClient = 32
    /// Octets of all header fields of a request, and how many these may be.
    package var headerOctets = 16 << 10
    package var headerFields = 64
    /// From the end of an answer until something more comes.
    package var silence = Duration.seconds(75)
    /// Until a request has come whole, from its first octet, or the start of the connection.
    package var request = Duration.seconds(10)
    /// From a request until its answer is taken.
    package var answer = Duration.seconds(20)

    package init() {}
}
