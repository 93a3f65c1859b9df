import LinuxSystem
import ManualClock
import NetworkTypes
import Synchronization
import Testing

@testable import Ingress

/// When names are written down, and what becomes of a file that cannot be read or written.
struct ExternalNameSaverTests {
    private static let one = NamePlace.names("one.example 198.51.100.1")
    private static let two = NamePlace.names("one.example 198.51.100.2")

    /// What is known, as the test sets it.
    private final class Known: Sendable {
        let names = Mutex<[ExternalName: [IPAddress]]>([:])

        func set(_ names: [ExternalName: [IPAddress]]) { self.names.withLock { $0 = names } }
    }

    /// Runs a saver for as long as the body does.
    private func withSaver(
        at place: NamePlace,
        _ body: (ExternalNameSaver, Known, ManualClock) async throws -> Void
    ) async throws {
        let (saver, known, clock) = (place.saver, Known(), ManualClock())
        known.set(saver.remembered)
        let running = Task { await saver.run(by: clock) { known.names.withLock(\.self) } }
        try await body(saver, known, clock)
        running.cancel()
        await running.value
    }

    @Test(.timeLimit(.minutes(1)))
    func `the first change is written at once, later ones after a pause, and the last one at the end`() async throws {
        let place = try NamePlace()
        try await withSaver(at: place) { saver, known, clock in
            #expect(saver.remembered.isEmpty)
            known.set(Self.one)
            saver.note()
            await clock.untilAsleep(1)
            #expect(place.kept == Self.one)
            known.set(Self.two)
            saver.note()
            await clock.advance(by: ExternalNameSaver.pause - .milliseconds(1))
            #expect(place.kept == Self.one)
            await clock.advance(by: .milliseconds(1))
            await clock.untilAsleep(1)
            #expect(place.kept == Self.two)
            known.set([:])
        }
        #expect(place.kept == nil)
        #expect(place.told == [])
    }

    @Test(.timeLimit(.minutes(1)))
    func `what somebody removes is written again when it is looked for`() async throws {
        let place = try NamePlace()
        try place.memory.save(Self.one)
        try await withSaver(at: place) { saver, _, clock in
            try Files.remove(place.file)
            saver.note()
            await clock.untilAsleep(1)
            #expect(place.kept == Self.one)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is in the file already is not written again`() async throws {
        let place = try NamePlace()
        try place.memory.save(Self.one)
        let before = try Files.status(place.file).inode
        try await withSaver(at: place) { saver, known, clock in
            #expect(saver.remembered == Self.one)
            saver.note()
            known.set(Self.one)
        }
        #expect(try Files.status(place.file).inode == before)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("rubbish", "it is damaged: it has no first line that says what it is"),
            (
                "linnet-state names 1 9 0\none",
                "it is damaged: 3 bytes follow its first line, not 9"
            ),
            ("linnet-state names 2 0 0\n", "it is of version 2, and version 1 is read"),
            ("linnet-state lease 1 0 0\n", "it holds 'lease', not 'names'"),
            (nil, "its lines are not those of names"),
        ] as [(String?, String)]
    )
    func `a file that cannot be believed is told of, passed over and replaced`(
        text: String?,
        why: String
    ) async throws {
        let place = try NamePlace()
        if let text {
            try Files.writeAtomically(text, to: place.file, mode: 0o600)
        } else {
            try StateFile(place.file, kind: "names", version: 1).write(Array("x y\n".utf8))
        }
        try await withSaver(at: place) { saver, known, clock in
            #expect(saver.remembered.isEmpty)
            saver.note()
            await clock.untilAsleep(1)
            #expect(!Files.exists(place.file))
            known.set(Self.one)
        }
        #expect(place.kept == Self.one)
        #expect(place.told == ["a state file is not believed: \(why)"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a directory that cannot be written is told of once, and tried again`() async throws {
        let place = try NamePlace()
        try Files.removeDirectory(place.directory)
        try Files.writeAtomically("in its place", to: place.directory, mode: 0o600)
        try await withSaver(at: place) { saver, known, clock in
            #expect(place.told.count == 1)
            known.set(Self.one)
            saver.note()
            for _ in 0..<2 { await clock.advance(by: ExternalNameSaver.retry) }
            await clock.untilAsleep(1)
            try Files.remove(place.directory)
            await clock.advance(by: ExternalNameSaver.retry)
            await clock.untilAsleep(1)
            #expect(place.kept == Self.one)
        }
        #expect(
            place.told.map { $0.prefix { $0 != ":" } } == [
                "a state file is not believed",
                "names outside the cluster are not kept for a restart, which will have to ask for them first",
                "names outside the cluster are kept for a restart again",
            ]
        )
    }
}
