/// The method of a request (RFC 9110 section 9, RFC 5789).
package enum HTTPMethod: UInt8, Hashable, Sendable {
    /// One that needs nothing of a proxy but to be passed on.
    case other
    case get
    case head
    case post
    case put
    case delete
    case connect
    case options
    case trace
    case patch

    /// Whether a request may be sent again when nobody knows whether it was acted on (RFC 9110 section 9.2.2).
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .other, .post, .connect, .patch: false
        }
    }
}
