import NIOCore
import NIOSSL
import TLSTrust

extension EtcdClient {
    /// Why a server's certificate was refused.
    func certificateProblem(_ index: Int) async -> String {
        guard let (host, port) = Self.address(of: connection.endpoints[index]) else {
            return RefusedCertificate.problem(of: nil, authorityFile: connection.authorityFile)
        }
        return RefusedCertificate.problem(
            of: try? await certificate(of: host, port),
            authorityFile: connection.authorityFile,
            or: ", or it does not name \(host)"
        )
    }

    private func certificate(of host: String, _ port: Int) async throws -> NIOSSLCertificate? {
        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
        return try await RefusedCertificate.shown(
            by: host,
            port: port,
            name: isAddress ? nil : host,
            try credentials.tlsConfiguration(),
            on: group
        )
    }

    /// The host and port of `https://host:port`.
    static func address(of endpoint: String) -> (host: String, port: Int)? {
        guard let authority = endpoint.split(separator: "/").dropFirst().first else { return nil }
        guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...])
        else {
            return (String(authority), 443)
        }
        return (authority[..<colon].filter { $0 != "[" && $0 != "]" }, port)
    }
}
