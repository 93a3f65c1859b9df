import LinuxSystem
import Nftables
import NodeRuleset
import Supervision
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

@Suite(.timeLimit(.minutes(1))) struct NodeRulesetCapabilityTests {
    private let kernel = FakeRulesetKernel()
    private let notifications = ScriptedNotifications()
    private let stranger = RulesetWriterProcess(portID: 7, processID: 4711, name: "firewalld")

    /// Runs the capability for a table with one chain, hands its board to `body`, then stops it.
    private func running(
        audit: Duration = .seconds(600),
        _ body: @Sendable (HealthBoard) async throws -> Void
    ) async throws {
        let ruleset = NodeRuleset(kernel: kernel)
        try await ruleset.apply(Samples.fragment([Samples.forward([Rule(.accept)])]))
        let capability = NodeRulesetCapability(ruleset, hearing: notifications, ownPort: 1, audit: audit)
        let board = HealthBoard { .zero }
        board.add(capability.name)
        try await withThrowingTaskGroup { group in
            group.addTask { try await capability.run(reporting: HealthReporter(capability.name, on: board)) }
            try await board.wait { $0.state == .ready && $0.summary == "repairs: 0" }
            try await body(board)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `a notified change is repaired`() async throws {
        try await running { board in
            kernel.intrude { $0.tables[.linnet] = nil }
            let generation = try kernel.generation()
            notifications.notify([.changed(.linnet, portID: 7), .generation(generation, by: stranger)])
            try await board.wait { $0.summary == "repairs: 1" }
        }
        #expect(kernel.contents?.chains["forward"]?.rules == [Rule(.accept)])
    }

    @Test func `a change that nobody notified is found by the audit`() async throws {
        try await running(audit: .milliseconds(20)) { board in
            kernel.intrude { $0.tables[.linnet]?.chains["forward"]?.rules = [] }
            try await board.wait { $0.summary == "repairs: 1" }
        }
        #expect(kernel.contents?.chains["forward"]?.rules == [Rule(.accept)])
    }

    @Test func `a repair that fails degrades and is tried again`() async throws {
        try await running { board in
            kernel.refuseCommits(.permission)
            kernel.intrude { $0.tables[.linnet] = nil }
            notifications.notify([.resynchronise])
            try await board.wait { health in
                if case .degraded(let reason) = health.state { reason.contains("EPERM") } else { false }
            }
            kernel.refuseCommits(nil)
            try await board.wait { $0.state == .ready }
        }
        #expect(kernel.contents?.chains["forward"] != nil)
    }
}

extension HealthBoard {
    /// Waits until the only capability's health is as meant.
    fileprivate func wait(until isMeant: (CapabilityHealth) -> Bool) async throws {
        for await _ in changes(startingNow: true) {
            if let health = snapshot().first, isMeant(health) { return }
        }
        throw CancellationError()
    }
}
