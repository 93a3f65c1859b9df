import ClusterState
import LinuxSystem
import Synchronization
import Testing

@testable import AgentCore

/// A clock that is moved by hand.
private final class Hand: Sendable {
    let instant = Mutex(ContinuousClock.now)
}

@Suite final class SnapshotWriterTests {
    private let directory = "/tmp/linnet-writer-tests-\(UInt64.random(in: 0...UInt64.max))"
    private let clock = Hand()
    private let node: NodeName

    init() throws {
        node = try #require(NodeName(rawValue: "node-1"))
        try Files.createDirectory(directory, mode: 0o700)
    }

    deinit {
        for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
        try? Files.removeDirectory(directory)
    }

    private func files() -> SnapshotFiles {
        SnapshotFiles(
            stateDirectory: directory,
            identity: SnapshotIdentity(source: "a test", node: node),
            keepsSecrets: true
        )
    }

    private func store() -> SnapshotStore {
        SnapshotStore(sourceDescription: "a test", ownName: node) { [clock] in clock.instant.withLock { $0 } }
    }

    private func confirm(_ store: SnapshotStore, after time: Duration, at wallClock: Double) {
        clock.instant.withLock { $0 = $0.advanced(by: time) }
        store.apply(.replace(kinds: [.node], with: []), confirmedAt: wallClock)
    }

    @Test func `what changed is written at once, what was only confirmed after an hour`() throws {
        let store = store()
        var writer = SnapshotWriter(files: files(), generation: 0)
        #expect(!writer.needsToWrite(store.current))
        confirm(store, after: .zero, at: 1)
        #expect(writer.needsToWrite(store.current))
        try writer.write(store.current)
        #expect(!writer.needsToWrite(store.current))
        confirm(store, after: .seconds(3_599), at: 1)
        #expect(!writer.needsToWrite(store.current))
        confirm(store, after: .seconds(1), at: 1)
        #expect(writer.needsToWrite(store.current))
    }

    @Test(arguments: ["snapshot", "snapshot-secrets"])
    func `what is removed is written again`(name: String) throws {
        let store = store()
        var writer = SnapshotWriter(files: files(), generation: 0)
        confirm(store, after: .zero, at: 1)
        try writer.write(store.current)
        try Files.remove("\(directory)/\(name)")
        #expect(writer.needsToWrite(store.current))
        #expect(try writer.write(store.current))
        #expect(Files.exists("\(directory)/\(name)"))
        #expect(!writer.needsToWrite(store.current))
    }

    @Test func `as long as nothing is known there is nothing to write`() throws {
        let store = store()
        var writer = SnapshotWriter(files: files(), generation: 1)
        try writer.write(store.current)
        #expect(try Files.list(directory) == [])
        writer.generation = store.current.generation
        #expect(!writer.needsToWrite(store.current))
    }

    /// A machine without a clock of its own starts in 1970, until a time server is heard.
    @Test func `the time that is saved is by the clock as it is set when it is saved`() throws {
        let store = store()
        var writer = SnapshotWriter(files: files(), generation: 0)
        confirm(store, after: .seconds(-100), at: 12)
        try writer.write(store.current)
        let saved = try #require(files().load { _ in })
        let age = SystemTime.now() - saved.confirmedAt
        #expect(age >= 100 && age < 160, "\(age) s")
    }
}
