import LinuxSystem
package import NIOSSL

/// A file of certificates that cannot be used, and why.
package struct CertificateFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Files of certificates in PEM form.
package enum CertificateFile {
    /// The octets of a file.
    package static func read(_ file: String) throws(CertificateFileError) -> [UInt8] {
        do throws(SystemCallError) {
            return try Files.read(file)
        } catch {
            throw CertificateFileError(description: "\(error)")
        }
    }

    /// The certificates in the octets of a file, at least one.
    package static func certificates(
        in octets: [UInt8],
        of file: String
    ) throws(CertificateFileError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(octets)
        } catch {
            throw CertificateFileError(description: "\(file) holds no certificate in PEM form: \(error)")
        }
        guard !certificates.isEmpty else {
            throw CertificateFileError(description: "\(file) holds no certificate in PEM form")
        }
        return certificates
    }

    /// The file of the authorities that this system trusts, where distributions have it; nil if there is none.
    package static var systemAuthorities: String? {
        [
            // Debian, Arch, Alpine; Fedora; SUSE; what OpenSSL's own default is.
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ].first { Files.exists($0) }
    }
}
