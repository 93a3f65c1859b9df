import LinuxSystem
import Nftables
import NodeRuleset
import Synchronization
import Testing

/// Notifications that a test makes.
private final class ScriptedNotifications: RulesetNotifications {
    private let pending = Mutex<[NftablesNotification]>([])
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func readiness() -> AsyncStream<Void> { stream }

    func drain() throws(NftablesError) -> [NftablesNotification] {
        pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
    }

    func notify(_ notifications: [NftablesNotification]) {
        pending.withLock { $0 += notifications }
        continuation.yield()
    }
}

private typealias Events = AsyncStream<RulesetWatch<ContinuousClock>.Event>

extension AsyncStream where Element: Sendable {
    /// The next element.
    fileprivate func next() async -> Element? {
        for await element in self { return element }
        return nil
    }

    /// Takes elements up to one that is meant.
    @discardableResult
    fileprivate func wait(until isMeant: (Element) -> Bool) async -> Element? {
        while let element = await next() {
            if isMeant(element) { return element }
        }
        return nil
    }
}

@Suite(.timeLimit(.minutes(1))) struct RulesetWatchTests {
    private let kernel = FakeRulesetKernel()
    private let notifications = ScriptedNotifications()
    private let stranger = RulesetWriterProcess(portID: 7, processID: 4711, name: "firewalld")

    /// Runs a watch of a table with one chain and hands its events to `body`, then stops it.
    private func watching(
        audit: Duration = .seconds(600),
        _ body: @Sendable (Events) async throws -> Void
    ) async throws {
        let ruleset = NodeRuleset(kernel: kernel)
        try await ruleset.apply(Samples.fragment([Samples.forward([Rule(.accept)])]))
        let watch = RulesetWatch(of: ruleset, notifications: notifications, ownPort: 1, audit: audit, debounce: .zero)
        let (events, continuation) = Events.makeStream()
        try await withThrowingTaskGroup { group in
            group.addTask { await watch.run { continuation.yield($0) } }
            try await body(events)
            group.cancelAll()
        }
    }

    @Test func `a notified change is repaired and its author named`() async throws {
        try await watching { events in
            await events.wait { $0 == .waiting }
            kernel.intrude { $0.tables[.linnet] = nil }
            let generation = try kernel.generation()
            notifications.notify([.changed(.linnet, portID: 7), .generation(generation, by: stranger)])
            let seen = [await events.next(), await events.next(), await events.next()]
            #expect(seen == [.comparing, .repaired(1, changedBy: stranger), .waiting])
        }
        #expect(kernel.contents?.chains["forward"]?.rules == [Rule(.accept)])
    }

    @Test func `a change that nobody notified is found by the audit`() async throws {
        try await watching(audit: .milliseconds(20)) { events in
            await events.wait { $0 == .waiting }
            kernel.intrude { $0.tables[.linnet]?.chains["forward"]?.rules = [] }
            let repaired = await events.wait { $0 != .comparing && $0 != .waiting }
            #expect(repaired == .repaired(1, changedBy: nil))
        }
    }

    @Test func `a repair that fails is reported and tried again`() async throws {
        try await watching { events in
            await events.wait { $0 == .waiting }
            kernel.refuseCommits(.permission)
            kernel.intrude { $0.tables[.linnet] = nil }
            notifications.notify([.resynchronise])
            let failed = await events.wait { if case .failed = $0 { true } else { false } }
            guard case .failed(let error) = failed else {
                Issue.record("not reported")
                return
            }
            #expect(error.errno == .permission)
            kernel.refuseCommits(nil)
            await events.wait { $0 == .repaired(1, changedBy: nil) }
        }
        #expect(kernel.contents?.chains["forward"] != nil)
    }
}
