import Glibc
import LinuxSystem
import Testing

@Suite struct StateFileTests {
    private let directory: TemporaryDirectory
    private let file: StateFile

    init() throws {
        directory = try TemporaryDirectory()
        file = StateFile(directory.entry("lease"), kind: "lease", version: 3)
    }

    private let content = Array("10.42.7.0/24\n\u{0}\u{ff}end".utf8)

    @Test func `what was written is read, by its owner only`() throws {
        #expect(try file.read() == nil)
        try file.write(content)
        #expect(try file.read() == content)
        #expect(try Files.status(file.path).mode == 0o600)
        try file.write([])
        #expect(try file.read() == [])
    }

    @Test func `a directory that was removed is made again for its owner only`() throws {
        let file = StateFile(directory.entry("state/deeper/lease"), kind: "lease", version: 3)
        try file.write(content)
        #expect(try file.read() == content)
        #expect(try Files.status(directory.entry("state/deeper")).mode == 0o700)
    }

    @Test func `an error of writing names the file, and is the same each time`() throws {
        try Files.writeAtomically("no directory", to: directory.entry("state"))
        let file = StateFile(directory.entry("state/lease"), kind: "lease", version: 3)
        for _ in 1...2 {
            let error = #expect(throws: SystemCallError.self) { try file.write(content) }
            #expect(error == SystemCallError(call: "open", subject: file.path, errno: .notDirectory))
        }
    }

    @Test func `a file that ends anywhere before its end is refused`() throws {
        try file.write(content)
        let whole = try Files.read(file.path)
        for count in 0..<whole.count {
            try Files.writeAtomically(Array(whole[..<count]), to: file.path)
            #expect(throws: StateFileError.self, "\(count) bytes") { try file.read() }
        }
        try Files.writeAtomically(whole + [0], to: file.path)
        #expect(throws: StateFileError.self) { try file.read() }
    }

    @Test func `a file with any bit flipped is refused`() throws {
        try file.write(content)
        let whole = try Files.read(file.path)
        for index in whole.indices {
            for bit in 0..<8 {
                var damaged = whole
                damaged[index] ^= 1 << bit
                try Files.writeAtomically(damaged, to: file.path)
                #expect(throws: StateFileError.self, "bit \(bit) of byte \(index)") { try file.read() }
            }
        }
    }

    @Test(arguments: [
        ("", "it has no first line"), ("10.42.7.0/24\n", "does not say that it is a state file"),
        ("linnet-state secrets 3 0 0\n", "it holds 'secrets', not 'lease'"),
        ("linnet-state lease 2 0 0\n", "version 2, and version 3 is read"),
        ("linnet-state lease 4 0 0\n", "version 4, and version 3 is read"),
        ("linnet-state lease 3 7 0\nabc", "3 bytes follow its first line, not 7"),
        ("linnet-state lease 3 3 0\nabc", "its checksum does not fit"),
    ])
    func `a refused file is named with the reason`(text: String, reason: String) throws {
        try Files.writeAtomically(text, to: file.path)
        let error = try #require(throws: StateFileError.self) { try file.read() }
        #expect(error.description.hasPrefix(file.path))
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test func `a file that cannot be read is no missing one`() throws {
        try Files.createDirectory(file.path)
        let error = try #require(throws: StateFileError.self) { try file.read() }
        #expect(error.description.contains("EISDIR"), "\(error)")
    }

    @Test func `a pipe in its place is not waited for`() throws {
        #expect(mkfifo(file.path, 0o600) == 0)
        let error = try #require(throws: StateFileError.self) { try file.read() }
        #expect(error.reason == "it is no file")
    }

    @Test func `rubbish is not repeated at length`() throws {
        let word = String(repeating: "x", count: 100_000)
        try Files.writeAtomically("linnet-state \(word) 3 0 0\n", to: file.path)
        let error = try #require(throws: StateFileError.self) { try file.read() }
        #expect(error.reason == "it holds '\(word.prefix(20))', not 'lease'")
    }

    @Test func `removing takes what a killed writer left, and nothing else`() throws {
        try file.write(content)
        for name in [".lease.17-1.tmp", ".lease.18-4.tmp", ".other.1-1.tmp", "lease.tmp"] {
            try Files.create(directory.entry(name), with: "x")
        }
        try file.remove()
        #expect(try Files.list(directory.path) == [".other.1-1.tmp", "lease.tmp"])
        try file.remove()
    }

    /// The check value of the CRC catalogue.
    @Test func `the checksum is CRC-64/XZ`() {
        #expect(CRC64.checksum("123456789".utf8) == 0x995d_c9bb_df19_39fa)
        #expect(CRC64.checksum([]) == 0)
    }
}
