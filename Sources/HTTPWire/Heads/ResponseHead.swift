/// The head of a response. All ranges are places among the octets that were parsed, from the message's first one on.
package struct ResponseHead: Sendable {
    /// 100…999.
    package internal(set) var status: UInt16 = 0
    /// The reason phrase, which may be empty.
    package internal(set) var reason = 0..<0
    /// 1, or 0 for HTTP/1.0.
    package internal(set) var minorVersion: UInt8 = 1
    package internal(set) var fields = FieldList()
    package internal(set) var body = ResponseBody.none
    package internal(set) var options: ConnectionOptions = []
    /// The protocol that the service changes to, if the status is 101.
    package internal(set) var upgradeProtocol: Range<Int>?
    var tokens = ConnectionTokens()

    init() {}

    /// Whether another response precedes the one that was asked for: 100, 103 and the like, but not 101.
    package var isInterim: Bool { status < 200 && status != 101 }

    /// Whether the connection may take another request behind this response.
    package var isPersistent: Bool {
        body != .untilClose && !options.contains(.close) && (minorVersion > 0 || options.contains(.keepAlive))
    }

    /// Whether a Connection token names the field, so that it goes no further. See `RequestHead.isNominated`.
    package func isNominated(_ field: Field, in octets: Span<UInt8>) -> Bool {
        tokens.nominate(field, fields, in: octets)
    }

    mutating func reset() {
        fields.removeAll()
        body = .none
        options = []
        upgradeProtocol = nil
        tokens = ConnectionTokens()
    }
}

/// What follows the head of a response (RFC 9112 section 6.3).
package enum ResponseBody: Hashable, Sendable {
    /// Nothing, whatever the fields say: an answer to HEAD, or a status that has no body.
    case none
    /// As many octets as Content-Length says, perhaps zero; below 2⁶³.
    case octets(UInt64)
    case chunked
    /// All that comes until the connection ends.
    case untilClose
}
