import HTTPWire

extension UpstreamFailure: CustomStringConvertible {
    /// A few words for logs, always the same for the same failure.
    var description: String {
        switch self {
        case .shortage: "no descriptor or memory is left"
        case .refused: "the endpoint refuses connections"
        case .unreachable: "there is no way to the endpoint"
        case .system(let errno): "no connection to the endpoint: \(errno)"
        case .slowConnection: "the endpoint does not take connections in time"
        case .slowHandshake: "the endpoint does not answer the handshake of TLS in time"
        case .slowSettings: "the endpoint does not answer in HTTP/2 in time"
        case .busy: "the endpoint takes no further requests in time"
        case .notHTTP2: "the endpoint does not speak HTTP/2"
        case .reset: "the endpoint reset the connection"
        case .silent: "the endpoint acknowledges nothing"
        case .closed: "the endpoint closed the connection"
        case .cutOff: "the connection to the endpoint ended without the end of TLS"
        case .secure(let failure): "TLS with the endpoint: \(failure)"
        case .stalled: "the endpoint takes nothing of what is sent to it"
        case .malformed(let fault): "the endpoint's response is malformed: \(fault.reason)"
        case .unaskedUpgrade: "the endpoint's response is malformed: another protocol, which nobody asked for"
        case .unclearWebSocket: "the endpoint's response is malformed: no WebSocket, though it was asked for one"
        case .malformedFields(let fault): "the endpoint's response is malformed: \(fault.words)"
        case .wrongLength: "the endpoint's response is malformed: its body is not as long as it says"
        case .tooMany: "the endpoint's response is malformed: too many interim responses"
        case .streamReset(let code): "the endpoint's stream was reset: \(code.name)"
        case .goAway(let code): "the endpoint left its connection: \(code.name)"
        case .brokenConnection(let code): "the endpoint breaks the rules of HTTP/2: \(code.name)"
        case .unsendable: "the request cannot be sent by HTTP/2"
        }
    }

    /// What can be done about it; nil where that is not clear from here.
    var advice: String? {
        switch self {
        case .refused: "nobody listens at that port: see to the Service's targetPort, and to whether the program is up"
        case .unreachable: "see to the routes of this node, and to whether the other one is up"
        case .slowConnection: "see to whether it is up, and to firewalls and network policies on the way"
        case .slowHandshake, .slowSettings, .notHTTP2: Self.protocolAdvice
        case .malformed(.statusLine), .malformed(.unsupportedVersion): Self.protocolAdvice
        case .secure(let failure):
            switch failure.kind {
            case .notTLS: Self.protocolAdvice
            case .untrusted:
                "have it show a certificate with its chain of an authority that this node knows, or make its own known"
            case .untimely: "have its certificate renewed, or see to the clocks"
            case .otherName: "call it by a name that is in its certificate, or have the name put there"
            case .noProtocol, .other: nil
            }
        default: nil
        }
    }

    private static let protocolAdvice =
        "see to whether it speaks what the Service says: appProtocol of the port, or service.serversscheme"
}

extension HTTP2HeadFault {
    fileprivate var words: String {
        switch self {
        case .pseudoFields: "pseudo-header fields"
        case .method: "malformed method"
        case .scheme: "malformed scheme"
        case .path: "malformed path"
        case .authority: "malformed authority"
        case .protocolName: "malformed protocol"
        case .unknownProtocol: "an unknown protocol"
        case .status: "malformed status"
        case .fieldName: "malformed field name"
        case .fieldValue: "malformed field value"
        case .connectionField: "a field of HTTP/1 connections"
        case .contentLength: "its body is not as long as it says"
        case .tunnel: "fields in a tunnel"
        case .tooLarge: "fields too long"
        }
    }
}

extension HTTP2ErrorCode {
    /// As RFC 9113 section 7 has it.
    fileprivate var name: String {
        switch self {
        case .noError: "NO_ERROR"
        case .protocolError: "PROTOCOL_ERROR"
        case .internalError: "INTERNAL_ERROR"
        case .flowControlError: "FLOW_CONTROL_ERROR"
        case .settingsTimeout: "SETTINGS_TIMEOUT"
        case .streamClosed: "STREAM_CLOSED"
        case .frameSizeError: "FRAME_SIZE_ERROR"
        case .refusedStream: "REFUSED_STREAM"
        case .cancel: "CANCEL"
        case .compressionError: "COMPRESSION_ERROR"
        case .connectError: "CONNECT_ERROR"
        case .enhanceYourCalm: "ENHANCE_YOUR_CALM"
        case .inadequateSecurity: "INADEQUATE_SECURITY"
        case .http11Required: "HTTP_1_1_REQUIRED"
        default: "code \(rawValue)"
        }
    }
}
