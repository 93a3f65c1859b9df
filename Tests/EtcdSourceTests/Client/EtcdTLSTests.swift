import Testing

@testable import EtcdSource

@Suite(.serialized, .timeLimit(.minutes(2))) struct EtcdTLSTests {
    private func failure(_ connection: EtcdConnection) async throws -> String {
        try await withClient(connection) { client in
            do throws(EtcdError) {
                _ = try await client.get("/x")
                return "it answered"
            } catch {
                return "\(error)"
            }
        }
    }

    @Test func `a server whose authority is known answers, and no other one is trusted`() async throws {
        let certificates = try Certificates()
        try await certificates.makeServer("server")
        let server = try await EtcdServer(
            certificate: certificates.file("server.crt"),
            key: certificates.file("server.key"),
            ["--client-cert-auth", "--trusted-ca-file", certificates.file("authority.crt")]
        )
        var connection = EtcdConnection(
            endpoints: [server.endpoint],
            authorityFile: certificates.file("authority.crt"),
            certificateFile: certificates.file("server.crt"),
            keyFile: certificates.file("server.key")
        )
        try await withClient(connection) { client in
            let answer = try await client.get("/x")
            #expect(answer.revision > 0)
        }
        connection.authorityFile = certificates.file("other.crt")
        let wrong = try await failure(connection)
        #expect(
            wrong == "no etcd endpoint answers: \(server.endpoint): its certificate is refused: it is not signed by "
                + "the authority in \(certificates.file("other.crt")), or it does not name 127.0.0.1"
        )
    }

    @Test func `an expired certificate is refused and said to be that`() async throws {
        let certificates = try Certificates()
        try await certificates.makeServer("server", days: -1)
        let server = try await EtcdServer(
            certificate: certificates.file("server.crt"),
            key: certificates.file("server.key")
        )
        let connection = EtcdConnection(
            endpoints: [server.endpoint],
            authorityFile: certificates.file("authority.crt")
        )
        let expired = try await failure(connection)
        #expect(
            expired == "no etcd endpoint answers: \(server.endpoint): its certificate is refused: it expired 24 h ago"
        )
    }

    @Test func `a file that cannot be used is named`() async throws {
        let certificates = try Certificates()
        try await File.write("rubbish", to: certificates.file("rubbish"))
        let missing = EtcdConnection(
            endpoints: ["https://127.0.0.1:1"],
            authorityFile: certificates.file("missing.crt")
        )
        #expect(try await failure(missing).contains(certificates.file("missing.crt")))
        let rubbish = EtcdConnection(endpoints: ["https://127.0.0.1:1"], authorityFile: certificates.file("rubbish"))
        #expect(
            try await failure(rubbish).hasPrefix("\(certificates.file("rubbish")) holds no certificate in PEM form")
        )
    }
}
