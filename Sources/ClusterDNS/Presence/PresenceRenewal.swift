import LinuxSystem
import Logging
import NetworkTypes
import NodeRuleset
import Supervision
import Synchronization

/// Says to the packet filter, again and again, that the addresses are answered here: for as long as they are.
final class PresenceRenewal: Sendable {
    private struct State {
        var hasRules = false
        /// What was renewed last, and until when it lasts.
        var renewed: [IPAddress] = []
        var end = ContinuousClock.now
        var complaint: String?
    }

    private let addresses: [IPAddress]
    private let seconds: UInt32
    private let ruleset: any LiveSetWriter
    private let server: DNSServer
    /// What the threads' rounds are asked for is noted here.
    let checks = RoundChecks()
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - addresses: all that may ever be answered.
    ///   - seconds: how long an address counts as answered after the last renewal.
    init(_ addresses: [IPAddress], seconds: UInt32, ruleset: any LiveSetWriter, server: DNSServer, logger: Logger) {
        self.addresses = addresses
        self.seconds = seconds
        self.ruleset = ruleset
        self.server = server
        self.logger = logger
        (wakes, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// After the end, for queries on their way; a restart that takes no longer renews in time.
    private static let secondsAfterEnd: UInt32 = 3

    /// What keeps the addresses from being renewed, for people.
    var complaint: String? { state.withLock(\.complaint) }

    /// Has it look soon, since something changed.
    func wake() { wakeUp.yield() }

    /// Renews in good time, and at once when it is woken or elements may be gone, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - served: the addresses that are served now.
    ///   - isSynchronised: whether the cluster's names are known.
    ///   - changed: called when the complaint is another one.
    func run(
        serving served: @escaping @Sendable () -> [IPAddress],
        whileKnown isSynchronised: @escaping @Sendable () -> Bool,
        telling changed: @escaping @Sendable () -> Void
    ) async {
        let period = Duration.seconds(seconds) / 3
        let doubts = await ruleset.doubts()
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in doubts { self.wake() } }
            group.addTask {
                while (try? await Task.sleep(for: period)) != nil { self.wake() }
            }
            for await _ in wakes {
                let start = ContinuousClock.now
                let silent = await server.silentWorkers(after: period / 5)
                if Task.isCancelled { break }
                checks.note(.now - start, isPassed: silent == 0)
                let decision = PresenceDecision(
                    served: served(),
                    isSynchronised: isSynchronised(),
                    silent: silent,
                    workers: server.workers
                )
                if await follow(decision) { changed() }
            }
            group.cancelAll()
        }
    }

    /// Leaves the addresses that have not lapsed a short time more. To be called when `run` has returned.
    func end() async {
        let (renewed, end) = state.withLock { ($0.renewed, $0.end) }
        guard !renewed.isEmpty, end > .now else { return }
        do {
            try await fill(renewed, seconds: min(seconds, Self.secondsAfterEnd))
        } catch {
            logger.log(.debug, "the addresses that were answered lapse later", [.error: "\(error)"])
        }
    }

    /// Returns whether the complaint is another one.
    private func follow(_ decision: PresenceDecision) async -> Bool {
        switch decision {
        case .lapse(let reason): return complain(reason)
        case .renew(let answered):
            do {
                if !state.withLock(\.hasRules) {
                    try await ruleset.apply(PresenceRuleset.fragment(for: addresses))
                    state.withLock { $0.hasRules = true }
                }
                try await fill(answered, seconds: seconds)
                state.withLock { state in
                    state.renewed = answered
                    state.end = .now + .seconds(seconds)
                }
                return complain(nil)
            } catch {
                return complain("queries may be sent to other endpoints by service translation: \(error)")
            }
        }
    }

    private func fill(_ answered: [IPAddress], seconds: UInt32) async throws {
        try await ruleset.refill(
            PresenceRuleset.elements(answered, of: addresses, seconds: seconds),
            of: PresenceRuleset.fragment
        )
    }

    private func complain(_ complaint: String?) -> Bool {
        let isNew = state.withLock { state in
            defer { state.complaint = complaint }
            return state.complaint != complaint
        }
        if isNew, let complaint { logger.log(.warning, "addresses are not renewed", [.error: complaint]) }
        return isNew
    }
}
