/// The head of a request. All ranges are places among the octets that were parsed, from the message's first one on.
package struct RequestHead: Sendable {
    package internal(set) var method = HTTPMethod.other
    package internal(set) var methodRange = 0..<0
    /// The target as it came.
    package internal(set) var target = 0..<0
    package internal(set) var form = TargetForm.origin
    /// 1, or 0 for HTTP/1.0. HTTP/1.2 and above are taken for 1.1 (RFC 9110 section 2.5).
    package internal(set) var minorVersion: UInt8 = 1
    /// The host and its port: of an absolute target, else of Host. Valid, or empty; nil if an HTTP/1.0 client named none.
    package internal(set) var authority: Range<Int>?
    /// The path, not normalised. Empty, which means `/`, only in an absolute target; `*` itself in the asterisk form.
    package internal(set) var path = 0..<0
    /// What stands behind the first `?`.
    package internal(set) var query: Range<Int>?
    /// Whether the query is written as it came: where the limits let other octets than ASCII through, it may have such.
    package internal(set) var isQueryPlain = true
    package internal(set) var fields = FieldList()
    package internal(set) var body = RequestBody.none
    package internal(set) var options: ConnectionOptions = []
    /// Whether the client waits for 100 Continue before it sends the body (RFC 9110 section 10.1.1).
    package internal(set) var expectsContinue = false
    /// The protocol that the client offers to change to, if it offers one alone and it is not HTTP/2.
    package internal(set) var upgradeProtocol: Range<Int>?
    var tokens = ConnectionTokens()

    init() {}

    /// Whether the client takes another response on this connection.
    package var isPersistent: Bool {
        !options.contains(.close) && (minorVersion > 0 || options.contains(.keepAlive))
    }

    /// Whether a Connection token names the field, so that it goes no further. Never true of fields that others rely on:
    /// Host, Content-Length, Authorization, cookies, and what proxies say of the client.
    package func isNominated(_ field: Field, in octets: Span<UInt8>) -> Bool {
        tokens.nominate(field, fields, in: octets)
    }

    /// Forgets everything but the memory of its fields.
    mutating func reset() {
        fields.removeAll()
        authority = nil
        query = nil
        body = .none
        options = []
        expectsContinue = false
        upgradeProtocol = nil
        tokens = ConnectionTokens()
    }
}

/// How the target of a request is written (RFC 9112 section 3.2).
package enum TargetForm: UInt8, Hashable, Sendable {
    /// A path, and perhaps a query.
    case origin
    /// A whole URI of scheme http or https.
    case absolute
    /// A host and a port: with CONNECT, and only there.
    case authority
    /// `*`: with OPTIONS, and only there.
    case asterisk
}

/// What follows the head of a request (RFC 9112 section 6).
package enum RequestBody: Hashable, Sendable {
    /// Nothing, and nothing was said about it.
    case none
    /// As many octets as Content-Length says, perhaps zero; below 2⁶³.
    case octets(UInt64)
    case chunked
}
