import JSONText
import NIOSSL
import Synchronization
import TLSTrust

/// The files that the connection is made with: read again each time, so that a renewed certificate or password is used
/// without a restart.
final class EtcdCredentials: Sendable {
    private struct Cached {
        var files: [[UInt8]] = []
        var configuration: TLSConfiguration?
    }

    private let connection: EtcdConnection
    private let cached = Mutex(Cached())

    init(_ connection: EtcdConnection) {
        self.connection = connection
    }

    /// The settings of TLS: version 1.2 at least, the server's certificate verified in full.
    func tlsConfiguration() throws(EtcdError) -> TLSConfiguration {
        let authority = try connection.authorityFile.map(Self.read)
        let certificate = try connection.certificateFile.map(Self.read)
        let key = try connection.keyFile.map(Self.read)
        let files = [authority, certificate, key].map { $0 ?? [] }
        if let known = cached.withLock({ $0.files == files ? $0.configuration : nil }) { return known }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authority, let file = connection.authorityFile {
            configuration.trustRoots = .certificates(try Self.certificates(in: authority, of: file))
        }
        if let certificate, let file = connection.certificateFile {
            configuration.certificateChain = try Self.certificates(in: certificate, of: file).map { .certificate($0) }
        }
        if let key, let file = connection.keyFile {
            do {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            } catch {
                throw .unusableFile("\(file) holds no private key in PEM form: \(error)")
            }
        }
        cached.withLock { $0 = Cached(files: files, configuration: configuration) }
        return configuration
    }

    /// What `/v3/auth/authenticate` is asked with; nil without an account.
    func authentication() throws(EtcdError) -> String? {
        guard let account = connection.account else { return nil }
        let text = String(decoding: try Self.read(account.passwordFile), as: UTF8.self)
        let password = text.prefix { !$0.isNewline }
        return "{\"name\":\(JSONString.quoted(account.user)),\"password\":\(JSONString.quoted(String(password)))}"
    }

    private static func read(_ file: String) throws(EtcdError) -> [UInt8] {
        do throws(CertificateFileError) {
            return try CertificateFile.read(file)
        } catch {
            throw .unusableFile("\(error)")
        }
    }

    private static func certificates(in bytes: [UInt8], of file: String) throws(EtcdError) -> [NIOSSLCertificate] {
        do throws(CertificateFileError) {
            return try CertificateFile.certificates(in: bytes, of: file)
        } catch {
            throw .unusableFile("\(error)")
        }
    }
}
