import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A certificate that nobody but itself vouches for, and its key: ECDSA on P-256, in PEM form.
package struct SelfSignedCertificate: Sendable {
    package let certificate: [UInt8]
    package let key: [UInt8]

    init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }

    /// Makes one, with a key of its own.
    ///
    /// - Parameters:
    ///   - name: what it calls itself.
    ///   - hosts: whom it names: `*.example.org` for all of one label.
    ///   - from: when it begins to be valid, in seconds since 1970.
    ///   - until: when it has ceased to be.
    package init(name: String, hosts: [String], from: Double, until: Double) throws {
        let key = P256.Signing.PrivateKey()
        let holder = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSince1970: from),
            notValidAfter: Date(timeIntervalSince1970: until),
            issuer: holder,
            subject: holder,
            signatureAlgorithm: .ecdsaWithSHA256,
            // Without a key usage, so that who trusts it as it is may take it for its own authority.
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(hosts.map { .dnsName($0) })
            },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        self.certificate = Array("\(try certificate.serializeAsPEM().pemString)\n".utf8)
        self.key = Array("\(key.pemRepresentation)\n".utf8)
    }
}
