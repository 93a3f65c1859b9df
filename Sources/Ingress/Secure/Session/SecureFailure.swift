import NIOSSL

/// Why a session over TLS cannot go on, fit for a log: nothing that was encrypted is in it.
package struct SecureFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    init(_ error: any Error) {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            self.init("its certificate does not name it")
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])):
            self.init("it went away during the handshake")
        case NIOSSLError.handshakeFailed(let reason): self.init("the handshake failed: \(Self.reason(in: "\(reason)"))")
        default: self.init(Self.reason(in: "\(error)"))
        }
    }

    /// The library has the reason in its text alone, behind the part of it that the reason is from. What TLS itself has to
    /// say counts more than what is beneath it.
    private static func reason(in text: String) -> String {
        let marks = ["SSL routines:OPENSSL_internal:", "OPENSSL_internal:"]
        guard let start = marks.lazy.compactMap({ text.firstRange(of: $0)?.upperBound }).first else { return text }
        let word = String(text[start...].prefix { $0 != " " && $0 != "]" })
        return reasons[word] ?? word.lowercased().replacing("_", with: " ")
    }

    private static let reasons = [
        "HTTP_REQUEST": "it speaks HTTP without TLS",
        "HTTPS_PROXY_REQUEST": "it takes this for a proxy",
        "WRONG_VERSION_NUMBER": "it does not speak TLS",
        "UNSUPPORTED_PROTOCOL": "it speaks no TLS from version 1.2 on",
        "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks no version of TLS that is spoken here",
        "NO_SHARED_CIPHER": "no cipher is known on both sides",
        "CERTIFICATE_VERIFY_FAILED": "its certificate is refused",
        "SSLV3_ALERT_BAD_CERTIFICATE": "it refuses the certificate",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it says that the certificate has expired",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it refuses the certificate",
        "TLSV1_ALERT_UNKNOWN_CA": "it does not know the certificate's authority",
    ]
}
