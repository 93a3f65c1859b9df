/// Why a head of HTTP/2 makes no message (RFC 9113 section 8.1.1): a stream error of type PROTOCOL_ERROR.
package enum HTTP2HeadFault: UInt8, CaseIterable, Error, Hashable, Sendable {
    /// A pseudo-header field is unknown, missing, repeated, or behind another field.
    case pseudoFields
    case method
    case scheme
    case path
    case authority
    case status
    case fieldName
    case fieldValue
    /// A field that is about one connection of HTTP/1 (RFC 9113 section 8.2.2).
    case connectionField
    case contentLength
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
}
