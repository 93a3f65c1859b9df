import Foundation

/// Certificates that a test makes with openssl: of two authorities, of a server on the LAN, and of the nodes.
struct LANCertificates: Sendable {
    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        for name in ["authority", "other"] {
            try await openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                Self.curve,
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=\(name)"
            )
            try rename("new", to: name)
        }
        try trust("authority")
        try await make("server", days: 1)
        try await make("client", days: 1)
    }

    func file(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    func remove() { folder.remove() }

    /// What a node is told.
    var flags: [String] {
        [
            "--etcd-cafile", file("trusted.crt"), "--etcd-certfile", file("client.crt"), "--etcd-keyfile",
            file("client.key"),
        ]
    }

    /// Says which authority the nodes trust.
    func trust(_ authority: String) throws {
        try Data(contentsOf: URL(fileURLWithPath: file("\(authority).crt")))
            .write(to: URL(fileURLWithPath: file("trusted.crt")), options: .atomic)
    }

    /// Makes a certificate of the authority in place of the one before.
    ///
    /// - Parameters:
    ///   - days: how long it is valid; below 0 it has expired.
    ///   - names: what it names, as openssl has it.
    func make(_ name: String, days: Int, naming names: String = "IP:192.168.77.254") async throws {
        try Data("subjectAltName=\(names)\nextendedKeyUsage=serverAuth,clientAuth\n".utf8)
            .write(to: URL(fileURLWithPath: file("extensions")))
        try await openssl("req", "-newkey", "ec", Self.curve, "-nodes", "-subj", "/O=\(name)", output: "new.csr")
        try await openssl(
            "x509",
            "-req",
            "-in",
            file("new.csr"),
            "-CA",
            file("authority.crt"),
            "-CAkey",
            file("authority.key"),
            "-CAcreateserial",
            "-days",
            "\(days)",
            "-extfile",
            file("extensions")
        )
        try rename("new", to: name)
    }

    private static let curve = "-pkeyopt=ec_paramgen_curve:P-256"

    /// Runs openssl, which leaves a certificate, or a request for one with its key, under the name of "new".
    private func openssl(_ words: String..., output: String = "new.crt") async throws {
        let words = words.flatMap { $0.hasPrefix("-pkeyopt=") ? ["-pkeyopt", String($0.dropFirst(9))] : [$0] }
        let key = words[0] == "req" ? ["-keyout", file("new.key")] : []
        try await Tool.output(["openssl"] + words + key + ["-out", file(output)])
    }

    /// Both files at once, as far as a reader can tell: etcd reads them with each connection.
    private func rename(_ name: String, to new: String) throws {
        for ending in ["key", "crt"] {
            let (from, to) = (
                URL(fileURLWithPath: file("\(name).\(ending)")), URL(fileURLWithPath: file("\(new).\(ending)"))
            )
            try Data(contentsOf: from).write(to: to, options: .atomic)
        }
    }
}
