/// Names of pseudo-header fields and words among values, as octets.
enum HTTP2Names {
    static let method = Array(":method".utf8)
    static let scheme = Array(":scheme".utf8)
    static let authority = Array(":authority".utf8)
    static let path = Array(":path".utf8)
    static let status = Array(":status".utf8)
    static let protocolName = Array(":protocol".utf8)
    static let webSocket = Array("websocket".utf8)
    static let te = Array("te".utf8)
    static let trailers = Array("trailers".utf8)
}

/// The value of `:scheme`.
package enum HTTP2Scheme: Sendable {
    case http
    case https

    var octets: [UInt8] { self == .http ? Self.httpOctets : Self.httpsOctets }

    private static let httpOctets = Array("http".utf8)
    private static let httpsOctets = Array("https".utf8)
}
