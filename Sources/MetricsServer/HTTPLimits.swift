/// What clients may take.
package struct HTTPLimits: Sendable {
    /// Connections of one address that is listened on. Further ones are closed at once.
    package var connections = 64
    /// Octets of all header fields of a request, and how many these may be.
    package var headerOctets = 16 << 10
    package var headerFields = 64
    /// Until a request has come whole, from the start of the connection or the end of the last answer.
    package var silence = Duration.seconds(75)
    /// From a request until its answer is taken.
    package var answer = Duration.seconds(30)

    package init() {}
}
