package import LinuxSystem

/// The certificate for whoever asks for no host that has another: made once and kept over restarts, so that who has accepted
/// it in a browser is not asked again.
package struct DefaultCertificate: Sendable {
    private let file: StateFile
    private let isKept: Bool

    /// - Parameters:
    ///   - stateDirectory: where the file is.
    ///   - isKept: whether keys may be written there at all.
    package init(stateDirectory: String, isKept: Bool) {
        file = StateFile(Self.path(in: stateDirectory), kind: "certificate", version: 1)
        self.isKept = isKept
    }

    /// Where it is kept.
    package static func path(in stateDirectory: String) -> String { "\(stateDirectory)/ingress-certificate" }

    /// The certificate that an earlier run left, if it is valid for a while, or a new one.
    ///
    /// - Parameters:
    ///   - now: in seconds since 1970.
    ///   - warn: is told of what cannot be read or written. Then the certificate is as good for this run.
    package func obtain(now: Double, _ warn: (String) -> Void) throws -> SelfSignedCertificate {
        if let found = load(warn), isGood(found, now) { return found }
        // Valid from a while ago, for those whose clock is late.
        let made = try SelfSignedCertificate(
            name: "Linnet default certificate",
            hosts: [Self.host],
            from: now - Self.leeway,
            until: now + Self.validity
        )
        if isKept {
            do throws(SystemCallError) { try file.write(made.certificate + made.key) } catch { warn("\(error)") }
        }
        return made
    }

    /// Writes the certificate that is shown again, if its file was removed.
    package func keep(_ certificate: SelfSignedCertificate) throws(SystemCallError) {
        guard isKept, !file.isThere else { return }
        try file.write(certificate.certificate + certificate.key)
    }

    /// Whether another one is due.
    package func isGood(_ certificate: SelfSignedCertificate, _ now: Double) -> Bool {
        guard let served = try? ServedCertificate(certificates: certificate.certificate, key: certificate.key) else {
            return false
        }
        return served.problem(now: now) == nil && served.problem(now: now + Self.renewal) == nil
    }

    /// Removes what killed writers left, and the key if none may be kept.
    package func tidy() throws(SystemCallError) {
        try Files.removeTemporaries(of: file.path)
        if !isKept { try file.remove() }
    }

    private func load(_ warn: (String) -> Void) -> SelfSignedCertificate? {
        guard isKept else { return nil }
        do throws(StateFileError) {
            // Of the two in it, each reader finds its own.
            return try file.read().map { SelfSignedCertificate(certificate: $0, key: $0) }
        } catch {
            warn("\(error)")
            return nil
        }
    }

    /// Nobody's: names under this are not given to anybody (RFC 6761 section 6.4).
    private static let host = "linnet-default.invalid"
    private static let day = 86_400.0
    private static let leeway = day
    private static let validity = 365 * day
    /// What must be left of its validity.
    private static let renewal = 30 * day
}
