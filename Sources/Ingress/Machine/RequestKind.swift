import HTTPWire

/// What is counted apart: requests that differ in it have counters of their own.
struct RequestKind: Hashable, Sendable {
    /// Subject, status, method and whether it is for another protocol, from the highest bits on.
    private let word: UInt64

    /// - Parameters:
    ///   - subject: the index of an entry point, or behind these the number of a service.
    ///   - isUpgrade: whether the client offered to change the protocol, which is for WebSocket.
    init(_ subject: Int, status: UInt16, _ method: HTTPMethod, isUpgrade: Bool) {
        word = UInt64(subject) << 32 | UInt64(status) << 16 | UInt64(method.rawValue) << 1 | (isUpgrade ? 1 : 0)
    }

    /// The same kind for another subject.
    init(_ subject: Int, like other: RequestKind) {
        word = UInt64(subject) << 32 | other.word & 0xffff_ffff
    }

    var subject: Int { Int(word >> 32) }
    var status: UInt16 { UInt16(truncatingIfNeeded: word >> 16) }
    var method: HTTPMethod { HTTPMethod(rawValue: UInt8(truncatingIfNeeded: word & 0xffff) >> 1) ?? .other }
    var isUpgrade: Bool { word & 1 == 1 }
}

/// What is counted apart of requests over TLS.
struct SecureRequestKind: Hashable, Sendable {
    let entryPoint: EntryPoint
    let handshake: SecureSuite
}

/// What a client's session of TLS came to.
struct SecureSuite: Hashable, Sendable {
    let version: SecureVersion
    /// IANA's number of the cipher suite.
    let cipher: UInt16

    init(_ handshake: SecureHandshake) {
        version = handshake.version
        cipher = handshake.cipherSuite ?? 0
    }
}

extension SecureSuite {
    /// As IANA writes it, and Go; the number in hexadecimal where it is none of those that BoringSSL has.
    var cipherName: String {
        switch cipher {
        case 0x1301: "TLS_AES_128_GCM_SHA256"
        case 0x1302: "TLS_AES_256_GCM_SHA384"
        case 0x1303: "TLS_CHACHA20_POLY1305_SHA256"
        case 0xc02b: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        case 0xc02c: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        case 0xcca9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
        case 0xc02f: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
        case 0xc030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        case 0xcca8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
        default: "0x\(String(cipher, radix: 16))"
        }
    }
}
