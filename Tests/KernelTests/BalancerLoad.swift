import Glibc
import LinuxSystem
import NetworkTypes
import Synchronization

/// Connections one after the other, on a thread of its own, while a test changes something.
final class BalancerLoad: Sendable {
    struct Attempt: Sendable {
        let outcome: BalancerOutcome
        let began: ContinuousClock.Instant
        let ended: ContinuousClock.Instant
        /// How often TCP had to send something again.
        let retransmissions: UInt32

        /// Who answered; nil if nobody did.
        var server: String? { outcome.server }
    }

    private struct State {
        var attempts: [Attempt] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let counts: AsyncStream<Int>
    private let report: AsyncStream<Int>.Continuation

    private init() {
        (counts, report) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// All that was tried while the body ran, at most so many connections.
    static func attempts(
        _ call: BalancerCall,
        from namespace: NetworkNamespace,
        atMost limit: Int,
        while body: (BalancerLoad) async throws -> Void
    ) async throws -> [Attempt] {
        let load = BalancerLoad()
        let thread = KernelThread(name: "load")
        defer { thread.stop() }
        let work = Task(executorPreference: thread) {
            defer { load.report.finish() }
            try namespace.run { try load.work(call, limit) }
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body(load)) } catch { result = .failure(error) }
        load.state.withLock { $0.isStopped = true }
        try await work.value
        try result.get()
        return load.state.withLock { $0.attempts }
    }

    /// Waits until so many more connections are made, or all.
    func goesOn(for count: Int) async {
        let wanted = state.withLock { $0.attempts.count } + count
        for await present in counts where present >= wanted { return }
    }

    private func work(_ call: BalancerCall, _ limit: Int) throws {
        for number in 1...limit {
            let began = ContinuousClock.now
            let (socket, outcome) = try call.connection()
            let attempt = Attempt(
                outcome: outcome,
                began: began,
                ended: .now,
                retransmissions: socket.retransmissions
            )
            let isStopped = state.withLock { state in
                state.attempts.append(attempt)
                return state.isStopped
            }
            report.yield(number)
            if isStopped { return }
        }
    }
}
