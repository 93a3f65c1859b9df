import NIOSSL
import Testing

@testable import TLSTrust

@Suite struct RefusedCertificateTests {
    /// A certificate that is valid from `begin` to `end`, in Unix seconds.
    private static let text = """
        -----BEGIN CERTIFICATE-----
        MIIBcjCCARmgAwIBAgIUWBlUgL1UKC/eOd8WJJga6wHNX/EwCgYIKoZIzj0EAwIw
        DzENMAsGA1UECgwEdGVzdDAeFw0yNjExMjkxOTQ0MTlaFw0zNjExMjYxOTQ0MTla
        MA8xDTALBgNVBAoMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASHQbyF
        oC03STCVcpoV0F5g/Udi6etqIwE/CPMf8J8xFk3snCErJPrtZlExfW5rRtqTXx+F
        ZrlTzAH0tc3ks4eRo1MwUTAdBgNVHQ4EFgQUoLwMjQMV5YimjKLClFfRzQ4G4dow
        HwYDVR0jBBgwFoAUoLwMjQMV5YimjKLClFfRzQ4G4dowDwYDVR0TAQH/BAUwAwEB
        /zAKBggqhkjOPQQDAgNHADBEAiAE+5cyfTUKzKWaOaeyPK7oMxtFpGtIeexuDbVS
        LhPi+QIgAwZUEJ/N2lVx6xrmcv2H6EkPjk6Q/Q8sAs/wAjGUQPY=
        -----END CERTIFICATE-----
        """
    private static let begin: Double = 1_795_981_459
    private static let end: Double = 2_111_341_459

    @Test(arguments: [
        // Unix seconds, the file of authorities, what is said behind "its certificate is refused: ".
        (begin - 300_000, nil as String?, "it becomes valid in 3 days; is the clock right?"),
        (begin - 10_000, nil, "it becomes valid in 2 h; is the clock right?"),
        (begin - 1, nil, "it becomes valid in less than 2 h; is the clock right?"),
        (begin + 1, nil, "it is not signed by an authority that this system trusts, or it is another's"),
        (begin + 1, "/a", "it is not signed by the authority in /a, or it is another's"),
        (end + 1, "/a", "it expired less than 2 h ago"),
        (end + 172_799, nil, "it expired 47 h ago"),
        (end + 864_000, nil, "it expired 10 days ago"),
    ])
    func `a certificate that was refused is explained`(now: Double, file: String?, text: String) throws {
        let certificate = try CertificateFile.certificates(in: Array(Self.text.utf8), of: "text")[0]
        let problem = RefusedCertificate.problem(
            of: certificate,
            authorityFile: file,
            or: ", or it is another's",
            now: now
        )
        #expect(problem == "its certificate is refused: \(text)")
    }

    @Test func `a certificate that nobody has seen is refused all the same`() {
        #expect(RefusedCertificate.problem(of: nil, authorityFile: nil) == "its certificate is refused")
    }
}

@Suite struct CertificateFileTests {
    @Test(arguments: ["", "text", "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n"])
    func `a file without certificates is named`(text: String) {
        let error = #expect(throws: CertificateFileError.self) {
            try CertificateFile.certificates(in: Array(text.utf8), of: "/tmp/a.pem")
        }
        #expect(error?.description.hasPrefix("/tmp/a.pem holds no certificate in PEM form") == true)
    }

    @Test func `a file that is not there is named`() {
        let error = #expect(throws: CertificateFileError.self) { try CertificateFile.read("/nowhere/a.pem") }
        #expect(error?.description.contains("/nowhere/a.pem") == true)
    }
}
