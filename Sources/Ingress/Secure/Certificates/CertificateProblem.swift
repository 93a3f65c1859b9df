package import ClusterState

/// Why a Secret's certificate cannot be shown, or should not be. No text of it has anything of a key.
package enum CertificateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such Secret.
    case missing
    /// It lacks an entry, `tls.crt` or `tls.key`.
    case lacks(String)
    /// `tls.crt` holds no certificate in PEM form.
    case noCertificate
    /// `tls.key` holds no key in PEM form, or one that a password protects.
    case noKey
    /// They are not each other's, or nothing can be signed with the key.
    case notItsKey
    /// It has expired, at a time in seconds since 1970. It is shown all the same.
    case expired(Int)
    /// It becomes valid at a time in seconds since 1970. It is shown all the same.
    case notYetValid(Int)

    /// Whether the certificate can be shown in spite of it.
    package var isUsable: Bool {
        switch self {
        case .expired, .notYetValid: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .missing: "it does not exist"
        case .lacks(let key): "it has no \(key)"
        case .noCertificate: "its tls.crt holds no certificate in PEM form"
        case .noKey: "its tls.key holds no private key in PEM form without a password"
        case .notItsKey: "its tls.key is not the key of the first certificate in its tls.crt"
        case .expired: "its certificate has expired"
        case .notYetValid: "its certificate is not valid yet; is the clock right?"
        }
    }
}

/// What is wrong with a Secret that hosts want their certificate from.
package struct CertificateComplaint: Hashable, Sendable, CustomStringConvertible {
    package let secret: NamespacedName
    package let problem: CertificateProblem
    /// Whether what it held before is shown on.
    package let keepsFormer: Bool

    package var description: String {
        let consequence =
            switch (problem.isUsable, keepsFormer) {
            case (true, _): "it is shown all the same"
            case (false, true): "the certificate that it held before is shown"
            case (false, false): "its hosts are shown the default certificate"
            }
        return "Secret \(secret): \(problem); \(consequence)"
    }
}
