import Glibc
import LinuxSystem
import Testing

@Suite struct FilesTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `a file is replaced as a whole, and nothing else is left behind`() throws {
        let path = directory.entry("subnet.env")
        try Files.writeAtomically("a longer first content\n", to: path)
        let before = try Files.status(path)
        try Files.writeAtomically("second\n", to: path)
        #expect(try Files.readText(path) == "second\n")
        #expect(try Files.status(path).inode != before.inode)
        #expect(try Files.list(directory.path) == ["subnet.env"])
    }

    // Pieces of 64 KiB are compared.
    @Test(
        arguments: [
            (0, 0, nil, true),
            (65536, 65536, nil, true),
            (200_000, 200_000, nil, true),
            (200_000, 200_000, 199_999, false),
            (200_000, 200_000, 0, false),
            (65537, 65536, nil, false),
            (131_072, 65536, nil, false),
            (0, 1, nil, false),
        ] as [(Int, Int, Int?, Bool)]
    )
    func `two files are the same if every byte is`(size: Int, other: Int, changed: Int?, isSame: Bool) throws {
        var content = [UInt8](repeating: 7, count: size)
        try Files.writeAtomically(content, to: directory.entry("one"))
        if let changed { content[changed] = 8 }
        content = Array((content + [7]).prefix(other))
        try Files.writeAtomically(content, to: directory.entry("other"))
        #expect(try Files.haveSameContent(directory.entry("one"), directory.entry("other")) == isSame)
        #expect(try Files.haveSameContent(directory.entry("other"), directory.entry("one")) == isSame)
    }

    @Test(arguments: [0o600, 0o644, 0o666, 0o4755] as [UInt32])
    func `the mode is as wanted, whatever the umask is`(mode: UInt32) throws {
        let path = directory.entry("file")
        try Files.writeAtomically([1, 2, 3], to: path, mode: mode)
        let status = try Files.status(path)
        #expect(status.mode == mode)
        #expect(status.size == 3)
        #expect(status.kind == .file)
        #expect(status.owner == geteuid())
    }

    @Test func `a write that fails keeps what was there and leaves nothing behind`() throws {
        let path = directory.entry("taken")
        try Files.createDirectory(path)
        let error = #expect(throws: SystemCallError.self) { try Files.writeAtomically("text", to: path) }
        #expect(error?.call == "rename")
        #expect(error?.subject == path)
        #expect(try Files.list(directory.path) == ["taken"])
    }

    @Test func `a large file comes back as it was written`() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Files.writeAtomically(bytes, to: directory.entry("large"))
        #expect(try Files.read(directory.entry("large")) == bytes)
    }

    @Test func `bytes that are no UTF-8 are replaced`() throws {
        try Files.writeAtomically([0x61, 0xff, 0x62], to: directory.entry("text"))
        #expect(try Files.readText(directory.entry("text")) == "a\u{fffd}b")
    }

    @Test func `a text that cannot be meant is refused, before it is read`() throws {
        let path = directory.entry("text")
        try Files.writeAtomically("12345", to: path)
        #expect(try Files.readText(path, atMost: 5) == "12345")
        #expect(throws: SystemCallError(call: "read", subject: path, errno: .fileTooBig)) {
            try Files.readText(path, atMost: 4)
        }
        let device = SystemCallError(call: "read", subject: "/dev/zero, which is no file", errno: .invalidArgument)
        #expect(throws: device) { try Files.readText("/dev/zero", atMost: 5) }
    }

    @Test func `what is missing is told by call, path and reason`() throws {
        let path = directory.entry("missing")
        let calls: [(String, (String) throws -> Void)] = [
            ("open", { _ = try Files.read($0) }),
            ("open", { try Files.overwrite($0, with: "") }),
            ("stat", { _ = try Files.status($0) }),
            ("opendir", { _ = try Files.list($0) }),
            ("readlink", { _ = try Files.linkTarget($0) }),
        ]
        for (call, body) in calls {
            #expect(throws: SystemCallError(call: call, subject: path, errno: .noEntry)) { try body(path) }
        }
        #expect(!Files.exists(path))
        // To remove it is what was wanted anyway.
        try Files.remove(path)
        try Files.removeDirectory(path)
    }

    @Test func `what exists is overwritten in place, shorter than before`() throws {
        let path = directory.entry("file")
        try Files.writeAtomically("a longer first content", to: path, mode: 0o600)
        let before = try Files.status(path)
        try Files.overwrite(path, with: "1")
        #expect(try Files.readText(path) == "1")
        #expect(try Files.status(path).inode == before.inode)
    }

    @Test func `a directory is made with its parents, and may exist`() throws {
        let path = directory.entry("a/b/c")
        try Files.createDirectory(path, mode: 0o700)
        try Files.createDirectory(path)
        #expect(try Files.status(path).kind == .directory)
        #expect(try Files.status(path).mode == 0o700)
        #expect(try Files.status(directory.entry("a")).mode == 0o700)
        try Files.createDirectory(directory.entry("d/"))
        #expect(Files.exists(directory.entry("d")))
    }

    @Test func `a directory is not made where a file is`() throws {
        let path = directory.entry("file")
        try Files.writeAtomically("", to: path)
        #expect(throws: SystemCallError(call: "mkdir", subject: path, errno: .exists)) {
            try Files.createDirectory(path)
        }
        #expect(throws: SystemCallError(call: "mkdir", subject: "\(path)/below", errno: .notDirectory)) {
            try Files.createDirectory("\(path)/below")
        }
    }

    @Test func `names are listed in the order of their bytes`() throws {
        for name in ["b", "a", ".hidden", "B", "é"] { try Files.writeAtomically("", to: directory.entry(name)) }
        #expect(try Files.list(directory.path) == [".hidden", "B", "a", "b", "é"])
    }

    @Test func `links are followed, and say where they lead`() throws {
        try Files.writeAtomically("text", to: directory.entry("target"))
        #expect(symlink("target", directory.entry("link")) == 0)
        #expect(symlink("nowhere", directory.entry("broken")) == 0)
        #expect(try Files.linkTarget(directory.entry("link")) == "target")
        #expect(try Files.status(directory.entry("link")).kind == .file)
        #expect(!Files.exists(directory.entry("broken")))
        try Files.remove(directory.entry("link"))
        #expect(Files.exists(directory.entry("target")))
    }

    @Test func `the kernel's files are read although they have no size`() throws {
        #expect(try Files.status("/proc/self/status").size == 0)
        #expect(try Files.readText("/proc/self/status").contains("Pid:\t\(ProcessFacts.processID)\n"))
    }
}
