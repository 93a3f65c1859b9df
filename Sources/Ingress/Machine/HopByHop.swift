import HTTPWire

extension FieldName {
    /// Whether fields of this name are about one connection, or are written anew, so that they are not passed on.
    /// RFC 9110 section 7.6.1.
    @inline(__always)
    var isHopByHop: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .contentLength,
            .http2Settings,
            .proxyAuthenticate, .proxyAuthorization:
            true
        default: false
        }
    }
}
