import HTTPWire
import LinuxSystem

/// Why an endpoint gave no response to a request, or not all of one.
enum UpstreamFailure: Hashable, Sendable {
    // No connection came about.
    /// For want of a descriptor, or of memory: not the endpoint's fault.
    case shortage
    case refused
    case unreachable
    /// What else the kernel says.
    case system(Errno)
    case slowConnection
    case slowHandshake
    /// HTTP/2: its SETTINGS did not come in time.
    case slowSettings
    /// HTTP/2: it took no further request in time.
    case busy
    /// What it said first is not HTTP/2, which it is to speak without being asked.
    case notHTTP2

    // The connection broke.
    case reset
    /// It acknowledges nothing any more.
    case silent
    /// The endpoint ended it.
    case closed
    /// The same over TLS without a word (close_notify): anybody may have done it.
    case cutOff
    case secure(SecureFailure)
    /// It has taken nothing for too long.
    case stalled

    // The response is none.
    case malformed(HeadFault)
    /// 101 without the request having offered it.
    case unaskedUpgrade
    /// A WebSocket was asked for, and it neither accepts nor refuses it.
    case unclearWebSocket
    case malformedFields(HTTP2HeadFault)
    /// HTTP/2: the body is longer or shorter than the head says.
    case wrongLength
    /// HTTP/2: more interim responses than the client takes.
    case tooMany

    // HTTP/2 ended it.
    case streamReset(HTTP2ErrorCode)
    case goAway(HTTP2ErrorCode)
    /// What the endpoint did wrong.
    case brokenConnection(HTTP2ErrorCode)
    /// The request cannot be written as one of HTTP/2.
    case unsendable
}

extension UpstreamFailure {
    /// What the kernel says of a connection.
    init(_ errno: Errno) {
        self =
            switch errno {
            case .connectionRefused: .refused
            case .hostUnreachable, .networkUnreachable, .networkDown: .unreachable
            case .connectionReset, .brokenPipe, .connectionAborted: .reset
            case .timedOut: .silent
            default: errno.isShortage ? .shortage : .system(errno)
            }
    }

    /// Whether the connection was at its end, whatever was asked on it.
    var isEndOfConnection: Bool {
        switch self {
        case .reset, .silent, .closed, .cutOff, .goAway: true
        default: false
        }
    }

    /// The status for the client, who is told no more than that.
    var status: UInt16 {
        switch self {
        case .shortage: 503
        case .slowConnection, .slowHandshake, .slowSettings, .busy, .stalled: 504
        default: 502
        }
    }
}

extension UpstreamFailure {
    /// What is counted apart.
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case refused, unreachable, timeout, tls, reset, closed, malformed, http2, stalled
    }

    /// Nil for what no endpoint is to blame for.
    var kind: Kind? {
        switch self {
        case .shortage: nil
        case .refused: .refused
        case .unreachable, .system: .unreachable
        case .slowConnection, .slowHandshake, .slowSettings, .busy, .silent: .timeout
        case .reset: .reset
        case .closed, .cutOff: .closed
        case .secure: .tls
        case .stalled: .stalled
        case .malformed, .unaskedUpgrade, .unclearWebSocket, .malformedFields, .wrongLength, .tooMany: .malformed
        case .notHTTP2, .streamReset, .goAway, .brokenConnection, .unsendable: .http2
        }
    }
}
