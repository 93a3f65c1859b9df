/// Why a head of HTTP/2 makes no message (RFC 9113 section 8.1.1): a stream error of type PROTOCOL_ERROR, but
/// for `tooLarge` and `unknownProtocol`, which have an answer.
package enum HTTP2HeadFault: UInt8, CaseIterable, Error, Hashable, Sendable {
    /// A pseudo-header field is unknown, missing, repeated, or behind another field.
    case pseudoFields
    case method
    case scheme
    case path
    case authority
    /// The value of `:protocol` is no name.
    case protocolName
    /// CONNECT is for a protocol that nobody here knows.
    case unknownProtocol
    case status
    case fieldName
    case fieldValue
    /// A field that is about one connection of HTTP/1 (RFC 9113 section 8.2.2).
    case connectionField
    case contentLength
    /// Fields on a stream that is a tunnel (RFC 9113 section 8.5).
    case tunnel
    /// More fields, or more octets of them, than are taken.
    case tooLarge
}

/// What a head of HTTP/2 says of the message's body, seen from HTTP/1.
package enum HTTP2Body: Hashable, Sendable {
    case none
    /// So many octets have to come.
    case octets(UInt64)
    /// What comes is to be sent in chunks.
    case chunked
    /// What comes is a WebSocket's, and is to be sent as it is once the request for it is accepted.
    case tunnel
}
