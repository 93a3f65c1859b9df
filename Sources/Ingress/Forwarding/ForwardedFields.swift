package import HTTPWire

/// The fields in which proxies tell backends of the client. Of a peer that nobody trusts they are dropped; and in a
/// spelling with `_`, which servers behind CGI and WSGI take for the same, they are dropped of every peer, since no proxy
/// writes them so.
package enum ForwardedFields {
    /// Whether a request's field goes no further: because the peer is not to be believed, or because the proxy writes its
    /// own in its place. For `other` names ask by the octets.
    package static func drops(_ name: FieldName, ofTrusted isTrusted: Bool) -> Bool {
        switch name {
        case .xForwardedFor, .xForwardedHost, .xForwardedPort, .xForwardedProto, .xForwardedServer, .xRealIP: true
        case .forwarded, .xForwardedPrefix, .xForwardedTLSClientCert, .xForwardedTLSClientCertInfo: !isTrusted
        default: false
        }
    }

    /// The same for a name that is `other`.
    package static func drops(otherName name: Span<UInt8>, ofTrusted isTrusted: Bool) -> Bool {
        guard beginsLikeOne(name), let field = managed.first(where: { isSpelling(name, of: $0.octets) }) else {
            return false
        }
        return !isTrusted || field.isNobodys || hasUnderscore(name)
    }

    /// Whether what a request's field says counts; nil if that does not depend on the peer. The name is in lower case.
    static func believes(_ name: String, ofTrusted isTrusted: Bool) -> Bool? {
        managed.first { $0.name == name }.map { isTrusted && !$0.isNobodys }
    }

    /// A field that says something of the client, or would be taken for saying it.
    private struct Managed {
        let name: String
        let octets: [UInt8]
        /// Whether no peer is believed.
        let isNobodys: Bool

        init(_ name: String, isNobodys: Bool = false) {
            self.name = name
            octets = Array(name.utf8)
            self.isNobodys = isNobodys
        }
    }

    /// All of them, in lower case: Traefik's, `Forwarded`, which Traefik lets through, two that some servers take for
    /// X-Forwarded-Proto, and `Proxy`, which no standard has: servers behind CGI make HTTP_PROXY of it, by which programs
    /// choose whom they ask.
    private static let managed =
        [
            "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-method", "x-forwarded-port",
            "x-forwarded-prefix", "x-forwarded-proto", "x-forwarded-protocol", "x-forwarded-scheme",
            "x-forwarded-server", "x-forwarded-ssl", "x-forwarded-tls-client-cert", "x-forwarded-tls-client-cert-info",
            "x-forwarded-uri", "x-real-ip", "x-scheme",
        ].map { Managed($0) } + [Managed("proxy", isNobodys: true)]

    /// Whether a name begins like one of them, and is as long as one may be. It decides of nearly all names, on the way of
    /// every request.
    private static func beginsLikeOne(_ name: Span<UInt8>) -> Bool {
        guard name.count >= "proxy".utf8.count, name.count <= "x-forwarded-tls-client-cert-info".utf8.count else {
            return false
        }
        switch (name[0] | 0x20, name[2] | 0x20) {
        case (UInt8(ascii: "x"), UInt8(ascii: "f")), (UInt8(ascii: "x"), UInt8(ascii: "r")): return true
        case (UInt8(ascii: "x"), UInt8(ascii: "s")), (UInt8(ascii: "f"), UInt8(ascii: "r")): return true
        case (UInt8(ascii: "p"), UInt8(ascii: "o")): return true
        default: return false
        }
    }

    private static func isSpelling(_ name: Span<UInt8>, of field: [UInt8]) -> Bool {
        guard field.count == name.count else { return false }
        for index in field.indices where field[index] != folded(name[index]) { return false }
        return true
    }

    private static func hasUnderscore(_ name: Span<UInt8>) -> Bool {
        for index in 0..<name.count where name[index] == UInt8(ascii: "_") { return true }
        return false
    }

    /// In lower case, with `-` for `_`.
    private static func folded(_ octet: UInt8) -> UInt8 {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): octet | 0x20
        case UInt8(ascii: "_"): UInt8(ascii: "-")
        default: octet
        }
    }
}
