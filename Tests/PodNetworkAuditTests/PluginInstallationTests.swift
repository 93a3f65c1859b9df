import LinuxSystem
import PodNetworkAudit
import Testing

// Every test has a directory of its own: delivered/linnet-cni is what the agent brings, bin the runtimes' directory.

@Suite struct PluginInstallationTests {
    private let root: String
    private let installation: PluginInstallation
    private static let program = Array("program 1".utf8)

    init() throws {
        let number = UInt64.random(in: .min ... .max)
        root = "/tmp/linnet-plugin-\(ProcessFacts.processID)-\(number)"
        installation = PluginInstallation(source: "\(root)/delivered/linnet-cni", directory: "\(root)/opt/bin")
        try Files.createDirectory("\(root)/delivered")
        try Files.writeAtomically(Self.program, to: installation.source, mode: 0o755)
    }

    private func cleanUp() {
        try? Files.remove(installation.source)
        try? Files.remove(installation.target)
        for directory in ["/delivered", "/opt/bin", "/opt", ""] { try? Files.removeDirectory(root + directory) }
    }

    @Test func `a missing plugin is installed, executable, with the directories on the way`() throws {
        defer { cleanUp() }
        #expect(try installation.install())
        #expect(try Files.read(installation.target) == Self.program)
        #expect(try Files.status(installation.target).mode == 0o755)
        #expect(try Files.list(installation.directory) == ["linnet-cni"])
    }

    @Test func `an equal plugin is not written again`() throws {
        defer { cleanUp() }
        #expect(try installation.install())
        let before = try Files.status(installation.target)
        #expect(try installation.install() == false)
        #expect(try Files.status(installation.target) == before)
    }

    @Test(
        arguments: [
            ("program 2", 0o755),  // as long, but different
            ("program", 0o755),
            ("", 0o755),
            ("program 1", 0o644),
            ("program 1", 0o777),
        ] as [(String, UInt32)]
    )
    func `a plugin of other content or mode is replaced`(text: String, mode: UInt32) throws {
        defer { cleanUp() }
        try Files.createDirectory(installation.directory)
        try Files.writeAtomically(text, to: installation.target, mode: mode)
        #expect(try installation.install())
        #expect(try Files.read(installation.target) == Self.program)
        #expect(try Files.status(installation.target).mode == 0o755)
    }

    @Test func `without a delivered plugin the error names it and the installed one stays`() throws {
        defer { cleanUp() }
        #expect(try installation.install())
        try Files.remove(installation.source)
        let expected = SystemCallError(call: "stat", subject: installation.source, errno: .noEntry)
        #expect(throws: expected) { try installation.install() }
        #expect(try Files.read(installation.target) == Self.program)
    }

    @Test func `the delivered plugin is the one beside the running program`() throws {
        defer { cleanUp() }
        let found = try PluginInstallation.besideAgent(in: installation.directory)
        let program = try ProcessFacts.executablePath()
        let name = try #require(program.split(separator: "/").last)
        #expect(found.source == "\(program.dropLast(name.count))linnet-cni")
        #expect(found.target == "\(root)/opt/bin/linnet-cni")
    }
}
