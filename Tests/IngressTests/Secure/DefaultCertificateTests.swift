import Ingress
import LinuxSystem
import NIOSSL
import Testing

@Suite struct DefaultCertificateTests {
    private static let now = 1_796_000_000.0
    private static let day = 86_400.0

    /// In a directory of its own, which goes with it.
    private final class Place {
        let directory: String
        var warnings: [String] = []

        init() throws {
            directory = "/tmp/linnet-certificate-\(UInt64.random(in: 0...UInt64.max))"
            try Files.createDirectory(directory, mode: 0o700)
        }

        deinit {
            try? Files.remove("\(directory)/ingress-certificate")
            try? Files.removeDirectory(directory)
        }

        func obtain(now: Double = now, kept: Bool = true) throws -> SelfSignedCertificate {
            try DefaultCertificate(stateDirectory: directory, isKept: kept).obtain(now: now) { warnings.append($0) }
        }

        var file: String { "\(directory)/ingress-certificate" }
    }

    private func leaf(_ certificate: SelfSignedCertificate) throws -> NIOSSLCertificate {
        try #require(try NIOSSLCertificate.fromPEMBytes(certificate.certificate).first)
    }

    @Test func `it is made once, and readable by its owner only`() throws {
        let place = try Place()
        let first = try leaf(place.obtain())
        #expect(try leaf(place.obtain()) == first)
        #expect(try Files.status(place.file).mode == 0o600)
        #expect(Double(first.notValidBefore) < Self.now && Double(first.notValidAfter) > Self.now + 300 * Self.day)
        #expect(place.warnings == [])
        #expect(try CertificateStore(standard: place.obtain(), protocols: []).facts.count == 1)
    }

    @Test(arguments: [(300.0, true), (334.0, true), (336.0, false), (400.0, false), (-2.0, false)])
    func `it is renewed a month before it expires`(_ days: Double, _ stays: Bool) throws {
        let place = try Place()
        let first = try leaf(place.obtain())
        let later = try leaf(place.obtain(now: Self.now + days * Self.day))
        #expect((later == first) == stays)
        #expect(try leaf(place.obtain(now: Self.now + days * Self.day)) == later)
    }

    @Test func `it is not written where keys may not be, and what was there is removed`() throws {
        let place = try Place()
        let first = try leaf(place.obtain(kept: false))
        #expect(!Files.exists(place.file))
        _ = try place.obtain()
        #expect(try leaf(place.obtain(kept: false)) != first)
        try DefaultCertificate(stateDirectory: place.directory, isKept: true).tidy()
        #expect(Files.exists(place.file))
        try DefaultCertificate(stateDirectory: place.directory, isKept: false).tidy()
        #expect(!Files.exists(place.file))
    }

    @Test func `a file that is removed is written again, and the certificate stays`() throws {
        let place = try Place()
        let kept = DefaultCertificate(stateDirectory: place.directory, isKept: true)
        let certificate = try place.obtain()
        try Files.remove(place.file)
        try DefaultCertificate(stateDirectory: place.directory, isKept: false).keep(certificate)
        #expect(!Files.exists(place.file))
        try Files.removeDirectory(place.directory)
        try kept.keep(certificate)
        #expect(try Files.status(place.file).mode == 0o600)
        #expect(try leaf(place.obtain()) == leaf(certificate))
        // What is there is not written again, whatever it is.
        try Files.writeAtomically("rubbish\n", to: place.file, mode: 0o600)
        try kept.keep(certificate)
        #expect(try Files.readText(place.file) == "rubbish\n")
        #expect(place.warnings == [])
    }

    @Test func `a file that is damaged is told and replaced`() throws {
        let place = try Place()
        let first = try leaf(place.obtain())
        try Files.writeAtomically("rubbish\n", to: place.file, mode: 0o600)
        let second = try leaf(place.obtain())
        #expect(second != first && place.warnings.count == 1)
        #expect(try leaf(place.obtain()) == second && place.warnings.count == 1)
    }
}
