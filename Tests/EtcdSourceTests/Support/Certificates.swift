import NetworkNamespaces

/// Certificates that a test makes with openssl: two authorities, and servers at 127.0.0.1.
struct Certificates {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
        for name in ["authority", "other"] {
            try openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=\(name)",
                "-keyout",
                file("\(name).key"),
                "-out",
                file("\(name).crt")
            )
        }
    }

    func file(_ name: String) -> String { directory.entry(name) }

    /// Makes `<name>.crt` and `<name>.key` of the authority.
    func makeServer(_ name: String, days: Int = 1) async throws {
        try openssl(
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=\(name)",
            "-keyout",
            file("\(name).key"),
            "-out",
            file("\(name).csr")
        )
        try await File.write(
            "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n",
            to: file("\(name).ext")
        )
        try openssl(
            "x509",
            "-req",
            "-in",
            file("\(name).csr"),
            "-CA",
            file("authority.crt"),
            "-CAkey",
            file("authority.key"),
            "-CAcreateserial",
            "-days",
            "\(days)",
            "-extfile",
            file("\(name).ext"),
            "-out",
            file("\(name).crt")
        )
    }

    private func openssl(_ words: String...) throws {
        let result = try RunningTool(["openssl"] + words).wait()
        guard result.exitCode == 0 else { throw ToolFailed(words: ["openssl"] + words, errors: result.errors) }
    }
}
