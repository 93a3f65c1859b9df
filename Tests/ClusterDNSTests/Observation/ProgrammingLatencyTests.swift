import ClusterFixtures
import ClusterState
import Metrics
import Testing

@testable import ClusterDNS

/// What is noted of changes of slices. A change is told at 10 s after midnight, has come as far as the answers at 12 s, and
/// what was there before is of midnight, 2026-01-31.
@Suite struct ProgrammingLatencyTests {
    private static let midnight = 1_769_817_600.0
    private static let name = "coredns_kubernetes_dns_programming_duration_seconds"

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let services: [Service]
        var before: [EndpointSlice] = []
        let after: [EndpointSlice]
        /// The kind of service, and how many seconds.
        let wanted: (String, Int)?
    }

    private static func service(_ addresses: [String] = ["10.43.0.20"], selector: [String: String] = [:]) -> Service {
        var service = fixtureService("n/s", addresses)
        service.selector = selector
        return service
    }

    private static func slice(_ addresses: String..., of service: String = "n/s", at time: String?) -> EndpointSlice {
        var slice = fixtureSlice(of: service, addresses.map { fixtureEndpoint($0) })
        slice.metadata.annotations[EndpointSlice.triggerAnnotation] = time.map { "2026-01-31T00:00:\($0)" }
        return slice
    }

    static let rows = [
        Row(
            testDescription: "a new slice of a service with an address",
            services: [service()],
            after: [slice("10.42.0.1", at: "10Z")],
            wanted: ("cluster_ip", 2)
        ),
        Row(
            testDescription: "a changed slice of a headless service",
            services: [service([], selector: ["app": "x"])],
            before: [slice("10.42.0.1", at: "00Z")],
            after: [slice("10.42.0.2", at: "10Z")],
            wanted: ("headless_with_selector", 2)
        ),
        Row(
            testDescription: "a slice of a headless service that nobody selects pods for",
            services: [service([])],
            after: [slice("10.42.0.1", at: "10.000Z")],
            wanted: ("headless_without_selector", 2)
        ),
        Row(
            testDescription: "a clock that is ahead of ours",
            services: [service()],
            after: [slice("10.42.0.1", at: "59Z")],
            wanted: ("cluster_ip", 0)
        ),
        Row(
            testDescription: "a slice that does not say when",
            services: [service()],
            after: [slice("10.42.0.1", at: nil)],
            wanted: nil
        ),
        Row(
            testDescription: "a slice that says something else",
            services: [service()],
            after: [slice("10.42.0.1", at: "today")],
            wanted: nil
        ),
        Row(
            testDescription: "a change of which the slice has the time of another one",
            services: [service()],
            before: [slice("10.42.0.1", at: "10Z")],
            after: [slice("10.42.0.2", at: "10Z")],
            wanted: nil
        ),
        Row(
            testDescription: "a change that is no other answer",
            services: [service()],
            before: [slice("10.42.0.1", at: "00Z")],
            after: [slice("10.42.0.1", at: "10Z")],
            wanted: nil
        ),
        Row(
            testDescription: "a slice of no service",
            services: [service()],
            after: [slice("10.42.0.1", of: "n/other", at: "10Z")],
            wanted: nil
        ),
        Row(
            testDescription: "a slice that is gone",
            services: [service()],
            before: [slice("10.42.0.1", at: "00Z")],
            after: [],
            wanted: nil
        ),
    ]

    @Test(arguments: rows) func `changes count from when they were caused`(_ row: Row) {
        let store = TestCluster(row.services.map { .service($0) } + row.before.map { .endpointSlice($0) }).store
        let keeper = ZoneKeeper(testConfiguration, serial: 1)
        #expect(keeper.take(store.current, now: Self.midnight).triggers.isEmpty)
        store.apply(.replace(kinds: [.endpointSlice], with: row.after.map { .endpointSlice($0) }), confirmedAt: 0)
        let news = keeper.take(store.current, now: Self.midnight + 11)
        keeper.note(news.triggers, now: Self.midnight + 12)
        let text = Exposition(keeper.figures.families).text
        if let (kind, seconds) = row.wanted {
            let label = "{service_kind=\"\(kind)\"}"
            #expect(text.contains("\n\(Self.name)_count\(label) 1\n"), "\(text)")
            #expect(text.contains("\n\(Self.name)_sum\(label) \(seconds)\n"), "\(text)")
        } else {
            #expect(!text.contains(Self.name), "\(text)")
        }
    }

    @Test func `what is there when the source begins is no change`() {
        let store = TestCluster(kinds: []).store
        let keeper = ZoneKeeper(testConfiguration, serial: 1)
        _ = keeper.take(store.current, now: Self.midnight)
        let objects: [ClusterObject] = [.service(Self.service()), .endpointSlice(Self.slice("10.42.0.1", at: "10Z"))]
        store.apply(.replace(kinds: Set(ObjectKind.allCases), with: objects), confirmedAt: 0)
        let news = keeper.take(store.current, now: Self.midnight + 11)
        #expect(news.table != nil && news.triggers.isEmpty)
    }

    @Test func `buckets are CoreDNS'`() {
        var latency = ProgrammingLatency()
        let trigger = EndpointTrigger(kind: .clusterIP, time: 0)
        for seconds in [0.001, 0.0011, 524.288, 600] { latency.note(trigger, now: seconds) }
        let text = Exposition([latency.family]).text
        for (bound, count) in [("0.001", 1), ("0.002", 2), ("262.144", 2), ("524.288", 3), ("+Inf", 4)] {
            let line = "\n\(Self.name)_bucket{service_kind=\"cluster_ip\",le=\"\(bound)\"} \(count)\n"
            #expect(text.contains(line), "\(line)\(text)")
        }
    }
}
