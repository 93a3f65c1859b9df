import LinuxSystem
import ManualClock
import ServiceLifecycle
import Supervision
import Testing

/// Capabilities that are told to stop while the clock stands still.
@Suite(.timeLimit(.minutes(1))) struct ShutdownTests {
    /// Runs the capabilities as the agent does while `body` looks on, then has them stop gracefully.
    private func stopping(
        _ capabilities: [Scripted],
        after body: (ManualClock, HealthBoard) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let board = HealthBoard(clock)
        let supervisor = Supervisor(board: board, clock: clock, random: { 0.5 }, logger: silent)
        let services = supervisor.group(running: capabilities, beside: [])
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            try await body(clock, board)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(board.snapshot().allSatisfy { $0.state == .stopped && $0.activity == nil })
        #expect(clock.now.offset == .zero)
    }

    @Test func `it does not wait for a delay, nor for the report of the one before`() async throws {
        let record = Record()
        let mute = Scripted("mute") { _ in
            await untilCancelled()
            // Whoever is stopped in turn is asked; the others are cancelled when the time for that is over.
            record.add(Task.isShuttingDownGracefully ? "mute was asked" : "mute was cancelled")
        }
        let next = Scripted("next") { _ in record.add("next began") }
        try await stopping([Scripted("ill") { _ in throw Broken("ill") }, mute, next]) { clock, board in
            await board.until("ill") { $0.restarts == 1 }
            // The delay of the first, the watch over the second, the patience of the third.
            await clock.untilAsleep(3)
        }
        #expect(record.all == ["mute was asked"])
    }

    @Test func `what a capability throws because it was cancelled is no error`() async throws {
        let well = Scripted("well") { health in
            health.waiting(for: "nothing")
            await untilCancelled()
            try Task.checkCancellation()
        }
        try await stopping([well]) { _, board in
            await board.until("well") { $0.activity != nil }
            #expect(board.health("well").lastError == nil)
            #expect(board.health("well").restarts == 0)
        }
    }

    @Test func `each runs on a thread of its name, which ends with it`() async throws {
        let record = Record()
        let capability = Scripted("thread-of-its-own") { health in
            record.add(try Files.readText("/proc/thread-self/comm"))
            health.waiting(for: "nothing")
            await untilCancelled()
        }
        try await stopping([capability]) { _, board in
            await board.until("thread-of-its-own") { $0.activity != nil }
            #expect(record.all == ["ln-thread-of-it\n"])
            let names = try threadNames()
            #expect(names.contains("ln-thread-of-it\n"))
        }
        // The thread ends by itself soon after the task that ran on it.
        while try threadNames().contains("ln-thread-of-it\n") { await Task.yield() }
    }

    private func threadNames() throws -> [String] {
        // A thread may end between the two looks.
        try Files.list("/proc/self/task").compactMap { try? Files.readText("/proc/self/task/\($0)/comm") }
    }
}
