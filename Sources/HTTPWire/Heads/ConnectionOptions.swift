/// What a head says about its connection (RFC 9110 section 7.6.1).
package struct ConnectionOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    @inlinable
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The connection ends with this exchange.
    @inlinable package static var close: ConnectionOptions { ConnectionOptions(rawValue: 1) }
    /// The connection goes on, which HTTP/1.0 has to ask for.
    @inlinable package static var keepAlive: ConnectionOptions { ConnectionOptions(rawValue: 2) }
    /// Another protocol is offered or, in a response, taken.
    @inlinable package static var upgrade: ConnectionOptions { ConnectionOptions(rawValue: 4) }
    /// The client takes trailers (`TE: trailers`).
    @inlinable package static var acceptsTrailers: ConnectionOptions { ConnectionOptions(rawValue: 8) }
}
