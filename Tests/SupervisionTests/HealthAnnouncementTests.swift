import Supervision
import Testing

@Suite struct HealthAnnouncementTests {
    @Test func `the start is announced once, when every capability has reported, and each change of health`()
        async throws
    {
        let told = Told()
        let board = HealthBoard { .zero }
        let names = ["one", "two"].map(CapabilityName.init(rawValue:))
        for name in names { board.add(name) }
        board.add(CapabilityName(rawValue: "absent"), .disabled)
        let announcement = HealthAnnouncement(of: board, to: told)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await announcement.run() }
            await told.next("one starting, two starting")
            HealthReporter(names[0], on: board).ready()
            await told.next("ready: one, two starting")
            HealthReporter(names[1], on: board).waiting(for: "nodes")
            await told.next("started")
            HealthReporter(names[1], on: board).degraded("nobody there")
            await told.next("ready: one, two degraded")
            group.cancelAll()
        }
    }
}

/// What was told, in order.
private final class Told: LivenessReporter {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: String.self)
    }

    func feed() {}
    func status(_ text: String) { continuation.yield(text) }
    func started() { continuation.yield("started") }

    func next(_ expected: String) async {
        for await text in stream {
            #expect(text == expected)
            return
        }
    }
}
