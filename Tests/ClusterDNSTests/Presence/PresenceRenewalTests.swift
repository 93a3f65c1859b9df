import LinuxSystem
import Logging
import Metrics
import NetworkTypes
import Nftables
import NodeRuleset
import Supervision
import Synchronization
import Testing

@testable import ClusterDNS

/// When addresses are said to be answered: by threads that run, to a packet filter that only keeps what it is told.
@Suite(.timeLimit(.minutes(1))) struct PresenceRenewalTests {
    private let filter = FakeLiveSets()
    private let server: DNSServer
    private let renewal: PresenceRenewal
    private static let addresses = testConfiguration.addresses.values

    init() throws {
        let start = WorkerStart(
            table: TestCluster().table,
            sources: AllowedSources(testConfiguration),
            logQueue: QueryLogQueue()
        )
        server = try DNSServer(
            workers: 2,
            KeptSockets(workers: 2, store: EmptyStore()),
            start,
            trusting: UpstreamTrust(authorityFile: nil),
            noting: UpstreamTroubles()
        )
        renewal = PresenceRenewal(
            Self.addresses,
            seconds: 3600,
            ruleset: filter,
            server: server,
            logger: Logger(label: "test")
        )
    }

    /// Begins to renew. `changed` gets an element whenever the complaint is another one.
    private func begin(
        serving served: @escaping @Sendable () -> [IPAddress] = { addresses },
        changed: AsyncStream<Void>.Continuation? = nil
    ) -> Task<Void, Never> {
        Task { await renewal.run(serving: served, whileKnown: { true }, telling: { changed?.yield() }) }
    }

    private func end(_ running: Task<Void, Never>) async {
        running.cancel()
        await running.value
        await renewal.end()
        await server.stop()
    }

    private func sets(_ seconds: UInt32) -> [String: [SetElement]] {
        PresenceRuleset.elements(Self.addresses, of: Self.addresses, seconds: seconds)
    }

    @Test func `elements are renewed when woken and in doubt, and left three seconds at the end`() async {
        var filled = filter.filled.makeAsyncIterator()
        let running = begin()
        renewal.wake()
        #expect(await filled.next() == sets(3600))
        filter.doubt()
        #expect(await filled.next() == sets(3600))
        await end(running)
        #expect(await filled.next() == sets(3))
        #expect(filter.fragments == [PresenceRuleset.fragment(for: Self.addresses)])
        let checks = Exposition(renewal.checks.families).text
        #expect(checks.contains("\ncoredns_health_request_duration_seconds_count 2\n"), "\(checks)")
        #expect(checks.contains("\ncoredns_health_request_failures_total 0\n"), "\(checks)")
    }

    @Test func `what is not served is not renewed`() async {
        let first = Array(Self.addresses.prefix(1))
        let served = Served()
        var filled = filter.filled.makeAsyncIterator()
        var asked = served.asked.makeAsyncIterator()
        let running = begin { served.ask() }
        renewal.wake()
        await asked.next()
        served.set(first)
        renewal.wake()
        #expect(await filled.next() == PresenceRuleset.elements(first, of: Self.addresses, seconds: 3600))
        await end(running)
    }

    @Test func `what the packet filter refuses is told until it takes it`() async {
        var filled = filter.filled.makeAsyncIterator()
        let (changes, change) = AsyncStream.makeStream(of: Void.self)
        var told = changes.makeAsyncIterator()
        filter.refuse(.noEntry)
        let running = begin(changed: change)
        renewal.wake()
        await told.next()
        #expect(renewal.complaint?.contains("service translation") == true)
        filter.refuse(nil)
        renewal.wake()
        await told.next()
        #expect(renewal.complaint == nil)
        #expect(await filled.next() == sets(3600))
        await end(running)
    }

    @Test func `threads that do their rounds are not silent`() async {
        #expect(await server.silentWorkers(after: .seconds(60)) == 0)
        await server.stop()
    }
}

/// The addresses that are served, and that somebody looked.
private final class Served: Sendable {
    let asked: AsyncStream<Void>
    private let look: AsyncStream<Void>.Continuation
    private let addresses = Mutex<[IPAddress]>([])

    init() {
        (asked, look) = AsyncStream.makeStream(of: Void.self)
    }

    func set(_ served: [IPAddress]) { addresses.withLock { $0 = served } }

    func ask() -> [IPAddress] {
        defer { look.yield() }
        return addresses.withLock { $0 }
    }
}

/// Keeps nothing beyond the process, as where no service manager is.
private struct EmptyStore: DescriptorStore {
    func keep(_ descriptor: SharedDescriptor, as name: String) -> Bool { false }
    func adopt(_ name: String) -> SharedDescriptor? { nil }
    func forget(_ name: String) {}
    func discardRest() -> [String] { [] }
}

/// Keeps what it is told, and refuses it on demand.
private final class FakeLiveSets: LiveSetWriter {
    let filled: AsyncStream<[String: [SetElement]]>
    private let fill: AsyncStream<[String: [SetElement]]>.Continuation
    private let doubted = AsyncStream.makeStream(of: Void.self)
    private let applied = Mutex<[RulesetFragment]>([])
    private let refusal = Mutex<Errno?>(nil)

    init() {
        (filled, fill) = AsyncStream.makeStream()
    }

    var fragments: [RulesetFragment] { applied.withLock { $0 } }

    func doubt() { doubted.continuation.yield() }

    func refuse(_ errno: Errno?) { refusal.withLock { $0 = errno } }

    func apply(_ fragment: RulesetFragment) async throws(NftablesError) { applied.withLock { $0.append(fragment) } }

    /// Nothing here changes a fragment.
    func amend(_ change: FragmentChange) async throws(NftablesError) {
        throw NftablesError("amend", "fragment \(change.name)", .invalid("this fake keeps fragments whole"))
    }

    func refill(_ sets: [String: [SetElement]], of fragment: String) async throws(NftablesError) {
        if let errno = refusal.withLock({ $0 }) { throw NftablesError("commit", "a batch", .kernel(errno)) }
        fill.yield(sets)
    }

    func doubts() async -> AsyncStream<Void> { doubted.stream }
}
