import ClusterFixtures
import ClusterState
import Glibc
import LinuxSystem
import ManifestSource
import Synchronization
import Testing

/// The whole source on a real directory. Each step is waited for as a snapshot, never by time.
@Suite struct ManifestSourceTests {
    private final class Stage: Sendable {
        let root = "/tmp/linnet-manifests-\(UInt64.random(in: 0...UInt64.max))"
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("own"))
        let events = Mutex<[SourceEvent]>([])

        var directory: String { "\(root)/manifests" }

        func write(_ name: String, _ text: String) throws {
            try Files.writeAtomically(text, to: "\(directory)/\(name)")
        }

        /// Waits until a snapshot is as wanted.
        func until(_ isWanted: @Sendable (ClusterSnapshot) -> Bool) async {
            for await snapshot in store.subscribe() where isWanted(snapshot) { return }
        }

        func nodes(are names: String...) async {
            await until { Set($0.nodes.keys.map(\.rawValue)) == Set(names) }
        }
    }

    private func running(_ body: (Stage) async throws -> Void) async throws {
        let stage = Stage()
        try Files.createDirectory(stage.directory)
        defer { removeAll(stage.root) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let source = ManifestSource(directory: stage.directory)
                try await source.run(feeding: stage.store) { event in stage.events.withLock { $0.append(event) } }
            }
            await stage.until { $0.complete.count == ObjectKind.allCases.count }
            try await body(stage)
            group.cancelAll()
        }
    }

    private func removeAll(_ path: String) {
        for name in (try? Files.list(path)) ?? [] { removeAll("\(path)/\(name)") }
        if (try? Files.removeDirectory(path)) == nil { try? Files.remove(path) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a directory that cannot be read confirms nothing`() async throws {
        try await running { stage in
            try stage.write("a.yaml", manifest("a"))
            await stage.nodes(are: "a")
            await stage.until { $0.problems == [] }
            #expect(rename(stage.directory, "\(stage.root)/away") == 0)
            await stage.until { $0.problems != [] }
            let confirmed = stage.store.current.confirmedInstant
            #expect(stage.store.current.nodes.count == 1)
            try Files.writeAtomically("now a file", to: stage.directory)
            await stage.until { $0.problems.contains { $0.message.contains("ENOTDIR") } }
            #expect(stage.store.current.confirmedInstant == confirmed)
            try Files.remove(stage.directory)
            #expect(rename("\(stage.root)/away", stage.directory) == 0)
            await stage.until { $0.problems == [] }
            #expect(stage.store.current.confirmedInstant != confirmed)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is named like a manifest and is no file is named and hides nothing`() async throws {
        let stage = Stage()
        try Files.createDirectory("\(stage.directory)/folder.yaml")
        #expect(mkfifo("\(stage.directory)/pipe.json", 0o600) == 0)
        defer { removeAll(stage.root) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await ManifestSource(directory: stage.directory).run(feeding: stage.store) { _ in }
            }
            await stage.until { $0.complete.count == ObjectKind.allCases.count }
            let problems = stage.store.current.problems.map(\.description)
            #expect(problems.count == 2)
            #expect(problems.first?.hasSuffix("/folder.yaml: is a directory, not a file: rename or remove it") == true)
            #expect(problems.last?.contains("/pipe.json: is a pipe") == true)
            try Files.removeDirectory("\(stage.directory)/folder.yaml")
            try stage.write("folder.yaml", manifest("a"))
            await stage.nodes(are: "a")
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a link whose target comes later is read without a notification`() async throws {
        try await running { stage in
            #expect(symlink("\(stage.root)/target", "\(stage.directory)/a.yaml") == 0)
            await stage.until { $0.problems.contains { $0.message.contains("which is not there") } }
            try Files.writeAtomically(manifest("a"), to: "\(stage.root)/target")
            await stage.nodes(are: "a")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `files that come, change and go are followed`() async throws {
        try await running { stage in
            try stage.write("a.yaml", manifest("a"))
            await stage.nodes(are: "a")
            try stage.write("b.yml", manifest("b") + manifest("c"))
            await stage.nodes(are: "a", "b", "c")
            try stage.write("b.yml", manifest("b"))
            await stage.nodes(are: "a", "b")
            try Files.remove("\(stage.directory)/a.yaml")
            await stage.nodes(are: "b")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a broken file is reported once and mended`() async throws {
        try await running { stage in
            try stage.write("a.yaml", manifest("a"))
            await stage.nodes(are: "a")
            try stage.write("a.yaml", "kind: [")
            await stage.until { !$0.problems.isEmpty }
            #expect(stage.store.current.nodes.count == 1)
            try stage.write("b.yaml", manifest("b"))
            await stage.nodes(are: "a", "b")
            try stage.write("a.yaml", manifest("a"))
            await stage.until { $0.problems.isEmpty }
            let degraded = stage.events.withLock { $0.filter { if case .degraded = $0 { true } else { false } } }
            #expect(degraded.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a directory that goes is reported, and followed when it is back`() async throws {
        try await running { stage in
            try stage.write("a.yaml", manifest("a"))
            await stage.nodes(are: "a")
            removeAll(stage.directory)
            await stage.until { $0.problems.contains { $0.place == stage.directory } }
            try Files.createDirectory(stage.directory)
            await stage.until { $0.problems.contains { $0.message.hasPrefix("is empty") } }
            await stage.nodes(are: "a")
            try stage.write("b.yaml", manifest("b"))
            await stage.nodes(are: "b")
            await stage.until { $0.problems.isEmpty }
        }
    }

    /// As a ConfigMap is mounted: the files are links through `..data`, which is exchanged as a whole.
    @Test(.timeLimit(.minutes(1)))
    func `an exchange of the link behind the files is seen`() async throws {
        try await running { stage in
            for (version, name) in [("..1", "a"), ("..2", "b")] {
                try Files.createDirectory("\(stage.directory)/\(version)")
                try stage.write("\(version)/node.yaml", manifest(name))
            }
            try link("..1", at: "\(stage.directory)/..data")
            try link("..data/node.yaml", at: "\(stage.directory)/node.yaml")
            await stage.nodes(are: "a")
            try link("..2", at: "\(stage.directory)/..data")
            await stage.nodes(are: "b")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an exchange of the link that is the directory is seen`() async throws {
        try await running { stage in
            for name in ["a", "b"] {
                try Files.createDirectory("\(stage.root)/\(name)")
                try Files.writeAtomically(manifest(name), to: "\(stage.root)/\(name)/node.yaml")
            }
            try Files.removeDirectory(stage.directory)
            try link("a", at: stage.directory)
            await stage.nodes(are: "a")
            try link("b", at: stage.directory)
            await stage.nodes(are: "b")
            try Files.writeAtomically(manifest("c"), to: "\(stage.root)/b/more.yaml")
            await stage.nodes(are: "b", "c")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a file written in place is never seen half`() async throws {
        try await running { stage in
            try stage.write("a.yaml", manifest("a") + manifest("b"))
            await stage.nodes(are: "a", "b")
            let fewest = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var fewest = 2
                    for await snapshot in stage.store.subscribe() {
                        fewest = min(fewest, snapshot.nodes.count)
                        if snapshot.nodes.count == 3 { break }
                    }
                    return fewest
                }
                for _ in 0..<20 {
                    try Files.overwrite("\(stage.directory)/a.yaml", with: "")
                    try Files.overwrite("\(stage.directory)/a.yaml", with: manifest("a") + manifest("b"))
                }
                try stage.write("c.yaml", manifest("c"))
                return try await group.next()
            }
            #expect(fewest == 2)
        }
    }

    /// Makes a symbolic link in the place of what is there, in one step.
    private func link(_ target: String, at path: String) throws {
        guard symlink(target, "\(path).new") == 0, rename("\(path).new", path) == 0 else {
            throw SystemCallError(call: "rename", subject: path, errno: .current)
        }
    }
}
