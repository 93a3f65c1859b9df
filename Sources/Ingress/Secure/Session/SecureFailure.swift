import NIOSSL

/// Why a session over TLS cannot go on, fit for a log: nothing that was encrypted is in it.
package struct SecureFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What differs in what can be done about it.
    package enum Kind: Hashable, Sendable {
        /// No authority that is known vouches for the peer's certificate.
        case untrusted
        /// The certificate has expired, or is not valid yet.
        case untimely
        /// The certificate is for others.
        case otherName
        /// The peer speaks something else.
        case notTLS
        /// The peer speaks none of the protocols that were offered (ALPN).
        case noProtocol
        case other
    }

    package let kind: Kind
    package let description: String

    static let wentAway = SecureFailure("it went away during the handshake")

    package init(_ description: String, _ kind: Kind = .other) {
        self.kind = kind
        self.description = description
    }

    init(_ error: any Error) {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            self.init("its certificate does not name it", .otherName)
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])):
            self = .wentAway
        case NIOSSLError.handshakeFailed(let reason):
            let (kind, text) = Self.reason(in: "\(reason)")
            self.init("the handshake failed: \(text)", kind)
        default:
            let (kind, text) = Self.reason(in: "\(error)")
            self.init(text, kind)
        }
    }

    /// A certificate that nobody vouches for now: it may be for other times, all of which are in seconds since 1970.
    init(untrustedFrom from: Double, until: Double, at now: Double) {
        if until < now {
            self.init("the handshake failed: its certificate has expired", .untimely)
        } else if now < from {
            self.init("the handshake failed: its certificate is not valid yet", .untimely)
        } else {
            self.init("the handshake failed: its certificate is refused", .untrusted)
        }
    }

    /// The library has the reason in its text alone, behind the part of it that the reason is from. What TLS itself has to
    /// say counts more than what is beneath it.
    private static func reason(in text: String) -> (Kind, String) {
        let marks = ["SSL routines:OPENSSL_internal:", "OPENSSL_internal:"]
        guard let start = marks.lazy.compactMap({ text.firstRange(of: $0)?.upperBound }).first else {
            return (.other, text)
        }
        let word = String(text[start...].prefix { $0 != " " && $0 != "]" })
        return reasons[word] ?? (.other, word.lowercased().replacing("_", with: " "))
    }

    private static let reasons: [String: (Kind, String)] = [
        "HTTP_REQUEST": (.notTLS, "it speaks HTTP without TLS"),
        "HTTPS_PROXY_REQUEST": (.notTLS, "it takes this for a proxy"),
        "WRONG_VERSION_NUMBER": (.notTLS, "it does not speak TLS"),
        "UNSUPPORTED_PROTOCOL": (.other, "it speaks no TLS from version 1.2 on"),
        "TLSV1_ALERT_PROTOCOL_VERSION": (.other, "it speaks no version of TLS that is spoken here"),
        "NO_SHARED_CIPHER": (.other, "no cipher is known on both sides"),
        "CERTIFICATE_VERIFY_FAILED": (.untrusted, "its certificate is refused"),
        "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": (.noProtocol, "it speaks none of the protocols that were offered"),
        "SSLV3_ALERT_BAD_CERTIFICATE": (.other, "it refuses the certificate"),
        "SSLV3_ALERT_CERTIFICATE_EXPIRED": (.other, "it says that the certificate has expired"),
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN": (.other, "it refuses the certificate"),
        "TLSV1_ALERT_UNKNOWN_CA": (.other, "it does not know the certificate's authority"),
    ]
}
