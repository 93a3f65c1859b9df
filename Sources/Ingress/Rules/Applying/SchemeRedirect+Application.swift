import HTTPWire

extension SchemeRedirect {
    /// Where the client is sent to; nil if it is there already, or is a certificate authority that looks for its challenge.
    func answer(to request: RequestFacts, at path: [UInt8]) -> LocalAnswer? {
        let isThere = request.isSecure == (scheme == .https)
        // A port that nobody wrote down is not asked for: the client may have come by another one than the usual.
        if isThere, port == nil || port == request.port ?? scheme.defaultPort { return nil }
        guard !AcmeChallenge.isAsked(by: request) else { return nil }
        guard !request.host.isEmpty else { return LocalAnswer(400, reason: "no host to be redirected to") }
        var location = Array("\(scheme.rawValue)://".utf8) + request.host
        if let port { location += Array(":\(port)".utf8) }
        if path.first == UInt8(ascii: "/") { location += path }
        if let query = request.query { location += [UInt8(ascii: "?")] + query }
        return LocalAnswer(
            status(for: request.method == .get),
            fields: [EditedField(name: Array("Location".utf8), value: location)],
            reason: "redirected to \(scheme.rawValue)"
        )
    }

    /// For other methods than GET those that forbid to change the method (RFC 9110 section 15.4).
    private func status(for isGet: Bool) -> UInt16 {
        switch (isPermanent, isGet) {
        case (false, true): 302
        case (false, false): 307
        case (true, true): 301
        case (true, false): 308
        }
    }
}

/// The requests by which a certificate authority proves who holds a host (RFC 8555 section 8.3). They are neither
/// redirected nor asked for a password, or certificates could not be renewed.
enum AcmeChallenge {
    private static let folder = Array("/.well-known/acme-challenge/".utf8)

    /// Only for a token alone, so that nothing else hides behind the folder's name.
    static func isAsked(by request: RequestFacts) -> Bool {
        guard request.method == .get || request.method == .head, request.path.starts(with: folder) else { return false }
        let token = request.path.dropFirst(folder.count)
        return !token.isEmpty && token.allSatisfy(isTokenOctet)
    }

    /// The signs of base64url (RFC 8555 section 8.3).
    private static func isTokenOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
