import Logging
import ManualClock
import NetworkTypes
import Synchronization
import Testing

@testable import Ingress

/// The loop that asks for names.
struct ExternalNameKeeperTests {
    /// Answers with what was put there for it, once it is there.
    private final class Script: ExternalNameResolver {
        private let answers: AsyncStream<ExternalNameAnswer>
        private let put: AsyncStream<ExternalNameAnswer>.Continuation
        let asked = Mutex<[String]>([])

        init() {
            (answers, put) = AsyncStream.makeStream(of: ExternalNameAnswer.self)
        }

        func give(_ answer: ExternalNameAnswer) { put.yield(answer) }

        func addresses(of name: String) async -> ExternalNameAnswer {
            asked.withLock { $0.append(name) }
            return await answers.first { _ in true } ?? .failed(reason: "the test is over")
        }
    }

    private static func address(_ last: UInt8) -> IPAddress { .v4(IPv4Address(198, 51, 100, last)) }

    /// Runs a keeper of one name for as long as the body does, which can wait for changes.
    private func withKeeper(
        saver: ExternalNameSaver? = nil,
        _ body: (ExternalNameKeeper, ExternalName, Script, ManualClock, () async -> Void) async throws -> Void
    ) async throws {
        let (script, clock) = (Script(), ManualClock())
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let keeper = ExternalNameKeeper(saver: saver, logger: logger)
        let name = try #require(ExternalName("outside.example"))
        let (changes, change) = AsyncStream.makeStream(of: Void.self)
        let running = Task { await keeper.run(asking: script, by: clock) { change.yield() } }
        try await body(keeper, name, script, clock) { _ = await changes.first { _ in true } }
        running.cancel()
        await running.value
    }

    @Test(.timeLimit(.minutes(1)))
    func `a name is asked for at once, and again when its answer has lived its time`() async throws {
        try await withKeeper { keeper, name, script, clock, changed in
            #expect(!keeper.isSettled)
            keeper.want([name])
            script.give(.addresses([Self.address(1)], lifetime: .seconds(30)))
            await changed()
            #expect(keeper.findings == [name: .addresses([Self.address(1)])])
            #expect(keeper.isSettled)
            script.give(.addresses([Self.address(2)], lifetime: .seconds(30)))
            // The end of patience, and the next question.
            await clock.advance(by: .seconds(29), whenAsleep: 2)
            #expect(script.asked.withLock(\.count) == 1)
            await clock.advance(by: .seconds(1))
            await changed()
            #expect(keeper.findings == [name: .addresses([Self.address(2)])])
            #expect(script.asked.withLock { $0 } == ["outside.example", "outside.example"])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `who is not answered for is waited for a while`() async throws {
        try await withKeeper { keeper, name, _, clock, changed in
            keeper.want([name])
            #expect(!keeper.isSettled)
            await clock.advance(by: ExternalNameKeeper.patience)
            await changed()
            #expect(keeper.isSettled && keeper.findings.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `nobody waits for what an earlier run knew, which is asked for at once`() async throws {
        let place = try NamePlace()
        try place.memory.save(NamePlace.names("outside.example 198.51.100.1", "other.example 198.51.100.9"))
        try await withKeeper(saver: place.saver) { keeper, name, script, clock, changed in
            #expect(keeper.findings[name] == .remembered([Self.address(1)]))
            keeper.want([name])
            #expect(keeper.isSettled)
            #expect(keeper.findings == [name: .remembered([Self.address(1)])])
            script.give(.addresses([Self.address(1)], lifetime: .seconds(30)))
            await changed()
            #expect(keeper.findings == [name: .addresses([Self.address(1)])])
            // The end of patience, the next question, and the pause after the name that nobody wants was taken out.
            await clock.untilAsleep(3)
            #expect(place.kept == NamePlace.names("outside.example 198.51.100.1"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is known at the end is kept, also before it is known who wants something`() async throws {
        let place = try NamePlace()
        try await withKeeper(saver: place.saver) { keeper, name, script, _, changed in
            keeper.want([name])
            script.give(.addresses([Self.address(2)], lifetime: .seconds(30)))
            await changed()
        }
        let kept = NamePlace.names("outside.example 198.51.100.2")
        #expect(place.kept == kept)
        try await withKeeper(saver: place.saver) { _, _, _, _, _ in }
        #expect(place.kept == kept)
        try await withKeeper(saver: place.saver) { keeper, _, _, _, _ in keeper.want([]) }
        #expect(place.kept == nil)
    }

    @Test func `where nothing is wanted nobody waits`() {
        let keeper = ExternalNameKeeper(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        keeper.want([])
        #expect(keeper.isSettled)
    }
}
