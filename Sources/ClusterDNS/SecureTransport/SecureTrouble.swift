import LinuxSystem
import NIOCore
import NIOPosix
import NIOSSL

/// Why a connection over TLS is gone, or never came to be.
enum SecureTrouble: Sendable, Equatable, CustomStringConvertible {
    /// It has expired, or no authority vouches for it: the error does not say which.
    case refusedCertificate
    /// It is good, and another one's.
    case otherName(String)
    case closed
    case noTLS
    /// No version of TLS that is safe.
    case oldTLS
    /// What the system or the library says.
    case other(String)

    /// - Parameter error: nil if the upstream closed the connection.
    init(_ error: (any Error)?, with upstream: Upstream) {
        switch error {
        case nil: self = .closed
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            self = .otherName(upstream.serverName ?? "\(upstream.address)")
        case let error as IOError: self = Self(Errno(rawValue: error.errnoCode))
        case let error as NIOConnectionError:
            self = error.connectionErrors.first.map { Self($0.error, with: upstream) } ?? .other("\(error)")
        case let error?: self = Self(parsing: "\(error)")
        }
    }

    private init(_ errno: Errno) {
        self = errno == .connectionReset || errno == .brokenPipe ? .closed : .other("\(errno)")
    }

    /// The library's errors of a handshake have their reasons in their text alone.
    private init(parsing text: String) {
        let reasons: [(text: String, trouble: SecureTrouble)] = [
            ("CERTIFICATE_VERIFY_FAILED", .refusedCertificate), ("unableToValidateCertificate", .refusedCertificate),
            ("WRONG_VERSION_NUMBER", .noTLS), ("UNSUPPORTED_PROTOCOL", .oldTLS), ("PROTOCOL_VERSION", .oldTLS),
            ("uncleanShutdown", .closed), ("EOF", .closed), ("unexpected time", .closed),
        ]
        self = reasons.first { text.contains($0.text) }?.trouble ?? .other(text)
    }

    var description: String {
        switch self {
        case .refusedCertificate: "its certificate is refused"
        case .otherName(let name): "its certificate does not name \(name)"
        case .closed: "it closed the connection"
        case .noTLS: "it does not speak TLS"
        case .oldTLS: "it speaks no TLS from version 1.2 on"
        case .other(let reason): reason
        }
    }
}
