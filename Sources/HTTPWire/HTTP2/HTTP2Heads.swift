/// What a head of HTTP/2 says of the message's body, seen from HTTP/1.
package enum HTTP2Body: Hashable, Sendable {
    case none
    /// So many octets have to come.
    case octets(UInt64)
    /// What comes is to be sent in chunks.
    case chunked
}

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

extension FieldSectionBuffer {
    /// Writes the head of a request of HTTP/1.1 that says the same.
    ///
    /// - Parameter isEnd: whether no body follows.
    package borrowing func writeRequestHead(
        isEnd: Bool,
        _ limits: HeadLimits,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> HTTP2Body {
        throw .pseudoFields
    }

    /// Writes the head of a response of HTTP/1.1 that says the same: also of an interim one, which `status` tells.
    ///
    /// - Parameters:
    ///   - isEnd: whether no body follows.
    ///   - isToHead: whether the request's method was HEAD.
    package borrowing func writeResponseHead(
        isEnd: Bool,
        isToHead: Bool,
        _ limits: HeadLimits,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> (status: UInt16, body: HTTP2Body) {
        throw .pseudoFields
    }

    /// Writes the last chunk of HTTP/1.1 with the fields as its trailers. Those that may not be there are left out.
    package borrowing func writeTrailers(to buffer: inout OctetBuffer) throws(HTTP2HeadFault) {
        throw .pseudoFields
    }
}

extension HTTP2Connection {
    /// Sends the head of a response that was parsed from HTTP/1, or of an interim one.
    package mutating func send(
        _ head: borrowing ResponseHead,
        in octets: Span<UInt8>,
        on stream: UInt32,
        isEnd: Bool
    ) {}

    /// Sends the head of a request that was parsed from HTTP/1.
    ///
    /// - Parameter scheme: `http` or `https`.
    package mutating func send(
        _ head: borrowing RequestHead,
        in octets: Span<UInt8>,
        scheme: StaticString,
        on stream: UInt32,
        isEnd: Bool
    ) {}

    /// Sends the trailers of a body in chunks, and ends the stream.
    package mutating func sendTrailers(_ trailers: borrowing FieldList, in octets: Span<UInt8>, on stream: UInt32) {}
}
