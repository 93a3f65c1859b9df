import NIOCore
import NIOSSL

/// A certificate with its chain and key, checked and ready to be shown.
struct ServedCertificate: Sendable {
    /// What a handshake is told to use.
    let override: NIOSSLContextConfigurationOverride
    /// The names of hosts in it, in lower case.
    let names: [String]
    /// When it begins to be valid, in seconds since 1970.
    let validFrom: Int
    /// When it has ceased to be, in seconds since 1970.
    let validUntil: Int
    /// The number that its authority gave it, in hexadecimal.
    let serialNumber: String

    /// - Parameters:
    ///   - certificates: the leaf and its chain, in PEM form.
    ///   - key: the leaf's, in PEM form.
    init(certificates: [UInt8], key: [UInt8]) throws(CertificateProblem) {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificates), let leaf = chain.first else {
            throw .noCertificate
        }
        // Without an answer about the password the library would ask for it on the terminal.
        guard let key = try? NIOSSLPrivateKey(bytes: key, format: .pem, passphraseCallback: { $0([UInt8]()) }) else {
            throw .noKey
        }
        var override = NIOSSLContextConfigurationOverride()
        override.certificateChain = chain.map { .certificate($0) }
        override.privateKey = .privateKey(key)
        // Making a context of them is what compares them.
        let trial = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        guard (try? NIOSSLContext(configuration: trial)) != nil else { throw .notItsKey }
        self.override = override
        validFrom = Int(leaf.notValidBefore)
        validUntil = Int(leaf.notValidAfter)
        names = leaf._subjectAlternativeNames().filter { $0.nameType == .dnsName }.map {
            String(decoding: $0.contents, as: UTF8.self).lowercased()
        }
        serialNumber = leaf.serialNumber.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// What is to be said about its dates.
    func problem(now: Double) -> CertificateProblem? {
        if now > Double(validUntil) { return .expired(validUntil) }
        if now < Double(validFrom) { return .notYetValid(validFrom) }
        return nil
    }

    /// Whether it is for a host, by a name or by a wildcard of one label (RFC 9525 section 6.3).
    ///
    /// - Parameter host: in lower case, without a dot at its end.
    func isFor(_ host: String) -> Bool {
        let parent = host.firstIndex(of: ".").map { host[$0...] }
        return names.contains { name in
            name == host || name.hasPrefix("*.") && parent.map { name.dropFirst() == $0 } == true
        }
    }
}
