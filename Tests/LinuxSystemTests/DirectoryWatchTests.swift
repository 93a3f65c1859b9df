import Glibc
import LinuxSystem
import Testing

/// Every test looks on at a directory `seen`, whose listing is recorded at each change.
@Suite(.timeLimit(.minutes(1))) struct DirectoryWatchTests {
    private let directory: TemporaryDirectory
    private let seen: String

    init() throws {
        directory = try TemporaryDirectory()
        seen = directory.entry("seen")
    }

    /// Has the directory watched while `body` changes it. The record's last entry is its listing, or `missing`.
    private func watching(_ path: String? = nil, _ body: (Record) async throws -> Void) async throws {
        let path = path ?? seen
        let watch = try DirectoryWatch(path)
        let listings = Record()
        try await withThrowingTaskGroup { group in
            group.addTask { try await watch.forEachChange { listings.add(Self.listing(path)) } }
            // The first look is made without a change.
            await listings.untilLast(Self.listing(path))
            try await body(listings)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The names and texts of the files in a directory.
    private static func listing(_ path: String) -> String {
        guard let names = try? Files.list(path) else { return "missing" }
        let entries = names.map { "\($0)=\((try? Files.readText("\(path)/\($0)")) ?? "?")" }
        return entries.joined(separator: " ")
    }

    /// The kernel gives each user only so many instances, on the whole host.
    @Test func `all watches of a process take one instance`() throws {
        try Files.createDirectory(seen)
        let watches = try (0..<20).map { _ in try DirectoryWatch(seen) }
        let settings = try SysctlWatch()
        let instances = try Files.list("/proc/self/fd").count { number in
            (try? Files.linkTarget("/proc/self/fd/\(number)")) == "anon_inode:inotify"
        }
        #expect(instances == 1)
        withExtendedLifetime((watches, settings)) {}
    }

    /// Whoever is woken first takes what there is off the queue for all, also what the kernel will not tell the others of
    /// any more.
    @Test func `of two readers each hears of its own to the last`() async throws {
        let other = directory.entry("other")
        for path in [seen, other] { try Files.createDirectory(path) }
        try await watching { listings in
            try await watching(other) { others in
                for number in 1...2000 {
                    async let first: Void = Files.writeAtomically("\(number)", to: "\(seen)/a")
                    async let second: Void = Files.writeAtomically("\(number)", to: "\(other)/a")
                    _ = try await (first, second)
                    await listings.untilLast("a=\(number)")
                    await others.untilLast("a=\(number)")
                }
            }
        }
    }

    @Test func `who stops watching deafens nobody else`() async throws {
        try Files.createDirectory(seen)
        try await watching { listings in
            try await watching { others in
                try Files.writeAtomically("1", to: "\(seen)/a")
                await listings.untilLast("a=1")
                await others.untilLast("a=1")
            }
            try Files.writeAtomically("2", to: "\(seen)/a")
            await listings.untilLast("a=2")
            try Files.remove("\(seen)/a")
            try Files.removeDirectory(seen)
            await listings.untilLast("missing")
            try Files.createDirectory(seen)
            try Files.writeAtomically("3", to: "\(seen)/b")
            await listings.untilLast("b=3")
        }
    }

    @Test func `files that are made, written, replaced, renamed and removed are seen`() async throws {
        try Files.createDirectory(seen)
        try await watching { listings in
            #expect(listings.all == [""])
            close(open("\(seen)/a", O_CREAT | O_WRONLY, 0o600))
            await listings.untilLast("a=")
            try Files.overwrite("\(seen)/a", with: "1")
            await listings.untilLast("a=1")
            try Files.writeAtomically("2", to: "\(seen)/a")
            await listings.untilLast("a=2")
            rename("\(seen)/a", "\(seen)/b")
            await listings.untilLast("b=2")
            try Files.remove("\(seen)/b")
            await listings.untilLast("")
        }
    }

    @Test func `files that are moved in and out are seen`() async throws {
        try Files.createDirectory(seen)
        try await watching { listings in
            try Files.writeAtomically("1", to: directory.entry("outside"))
            rename(directory.entry("outside"), "\(seen)/a")
            await listings.untilLast("a=1")
            rename("\(seen)/a", directory.entry("outside"))
            await listings.untilLast("")
        }
    }

    @Test func `a directory that is missing is waited for, its parents too`() async throws {
        let deep = directory.entry("a/b/c")
        try await watching(deep) { listings in
            #expect(listings.all == ["missing"])
            try Files.createDirectory(directory.entry("a"))
            try Files.createDirectory(deep)
            await listings.untilLast("")
            try Files.writeAtomically("1", to: "\(deep)/file")
            await listings.untilLast("file=1")
        }
    }

    @Test func `a directory that is removed and made again is watched again`() async throws {
        try Files.createDirectory(seen)
        try await watching { listings in
            for round in 1...3 {
                try Files.removeDirectory(seen)
                await listings.untilLast("missing")
                try Files.createDirectory(seen)
                await listings.untilLast("")
                try Files.writeAtomically("\(round)", to: "\(seen)/a")
                await listings.untilLast("a=\(round)")
                try Files.remove("\(seen)/a")
                await listings.untilLast("")
            }
        }
    }

    @Test func `a directory that is exchanged for another is watched under its name`() async throws {
        try Files.createDirectory(seen)
        try Files.createDirectory(directory.entry("new"))
        try Files.writeAtomically("new", to: directory.entry("new/a"))
        try await watching { listings in
            rename(seen, directory.entry("old"))
            rename(directory.entry("new"), seen)
            await listings.untilLast("a=new")
            try Files.writeAtomically("newer", to: "\(seen)/a")
            await listings.untilLast("a=newer")
            // Nobody looks at the old one any longer.
            let watched = try Self.watchedInodes()
            #expect(watched.contains(try Files.status(seen).inode))
            #expect(!watched.contains(try Files.status(directory.entry("old")).inode))
        }
    }

    /// The inodes that this process watches, as the kernel shows them beside its descriptors.
    private static func watchedInodes() throws -> [UInt64] {
        try Files.list("/proc/self/fdinfo").flatMap { number in
            // A descriptor may be closed between the two looks.
            let lines = ((try? Files.readText("/proc/self/fdinfo/\(number)")) ?? "").split(separator: "\n")
            return lines.filter { $0.hasPrefix("inotify ") }.compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix("ino:") }.flatMap { UInt64($0.dropFirst(4), radix: 16) }
            }
        }
    }

    /// The kubelet replaces the contents of a mounted ConfigMap so.
    @Test func `a symbolic link that is made to lead elsewhere is followed`() async throws {
        for version in ["1", "2"] {
            try Files.createDirectory(directory.entry(version))
            try Files.writeAtomically(version, to: directory.entry("\(version)/a"))
        }
        #expect(symlink("1", seen) == 0)
        try await watching { listings in
            #expect(listings.all == ["a=1"])
            #expect(symlink("2", directory.entry("next")) == 0)
            rename(directory.entry("next"), seen)
            await listings.untilLast("a=2")
            try Files.writeAtomically("3", to: directory.entry("2/a"))
            await listings.untilLast("a=3")
        }
    }
}
