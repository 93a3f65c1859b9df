import Testing

@testable import Ingress

/// Requests over time → which of them go through.
@Suite struct RateLimitTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let limit: RateLimit
        /// When requests come, in milliseconds, with the seconds of Retry-After if they are refused.
        let times: [(Int, Int?)]

        init(rate: Double, burst: Int, _ times: [(Int, Int?)]) {
            limit = RateLimit(identity: "limit", rate: rate, burst: burst)
            self.times = times
        }

        var testDescription: String { "\(limit.rate)/s, \(limit.burst): \(times.map(\.0))" }
    }

    static let rows = [
        Row(rate: 1, burst: 1, [(0, nil), (0, 1), (400, 1), (1_000, nil), (1_100, 1)]),
        // A little early is early enough, and is owed.
        Row(rate: 1, burst: 1, [(0, nil), (600, nil), (1_200, 1), (1_600, nil)]),
        Row(rate: 10, burst: 1, [(0, nil), (40, 1), (100, nil), (200, nil), (300, nil)]),
        Row(rate: 1, burst: 3, [(0, nil), (0, nil), (0, nil), (0, 1), (1_000, nil), (1_000, 1)]),
        Row(
            rate: 1,
            burst: 3,
            [(0, nil), (0, nil), (0, nil), (60_000, nil), (60_000, nil), (60_000, nil), (60_000, 1)]
        ),
        Row(rate: 0.1, burst: 1, [(0, nil), (0, 10), (9_000, 1), (9_600, nil)]),
        Row(rate: 1.0 / 60, burst: 1, [(0, nil), (0, 60), (30_000, 30), (60_000, nil)]),
        Row(rate: 1_000, burst: 100, Array(repeating: (0, nil), count: 100) + [(0, 1)]),
        // A clock that goes back gives nothing away.
        Row(rate: 1, burst: 1, [(5_000, nil), (0, 1), (5_000, 1), (5_500, nil)]),
    ]

    @Test(arguments: rows) func `buckets fill and empty`(row: Row) {
        let rules = RequestRules(steps: [.limit(row.limit)])
        let memory = RuleMemory()
        for (time, wait) in row.times {
            let outcome = rules.apply(to: request(), at: .milliseconds(time), with: memory)
            #expect(outcome.answer?.status == wait.map { _ in 429 }, "at \(time) ms")
            #expect(outcome.answer?.value(of: "Retry-After") == wait.map { "\($0)" }, "at \(time) ms")
        }
    }

    struct Sources: CustomTestStringConvertible, Sendable {
        let criterion: RateLimit.Criterion
        let first: @Sendable () -> RequestFacts
        let second: @Sendable () -> RequestFacts
        let areOne: Bool

        init(
            _ criterion: RateLimit.Criterion,
            _ first: @escaping @autoclosure @Sendable () -> RequestFacts,
            _ second: @escaping @autoclosure @Sendable () -> RequestFacts,
            areOne: Bool
        ) {
            self.criterion = criterion
            self.first = first
            self.second = second
            self.areOne = areOne
        }

        var testDescription: String { "\(criterion)" }
    }

    private static let long = String(repeating: "x", count: 5_000)

    static let sources = [
        Sources(.address(.peer()), request(client: "192.0.2.1"), request(client: "192.0.2.1"), areOne: true),
        Sources(.address(.peer()), request(client: "192.0.2.1"), request(client: "192.0.2.2"), areOne: false),
        Sources(.address(.peer()), request(client: "192.0.2.1"), request(client: "::ffff:192.0.2.1"), areOne: true),
        Sources(
            .address(.peer(subnetBits: 64)),
            request(client: "2001:db8::1"),
            request(client: "2001:db8::2"),
            areOne: true
        ),
        Sources(
            .address(.depth(1)),
            request(client: "10.0.0.1", trusted: true, with: ["X-Forwarded-For": "192.0.2.1"]),
            request(client: "10.0.0.1", trusted: true, with: ["X-Forwarded-For": "192.0.2.2"]),
            areOne: false
        ),
        // Who makes things up is known by the own address.
        Sources(
            .address(.depth(1)),
            request(client: "192.0.2.9", with: ["X-Forwarded-For": "192.0.2.1"]),
            request(client: "192.0.2.9", with: ["X-Forwarded-For": "192.0.2.2"]),
            areOne: true
        ),
        Sources(.address(.depth(1)), request(client: "192.0.2.1"), request(client: "192.0.2.2"), areOne: false),
        Sources(.field("x-key"), request(with: ["X-Key": "a"]), request(with: ["X-Key": "a"]), areOne: true),
        Sources(.field("x-key"), request(with: ["X-Key": "a"]), request(with: ["X-Key": "b"]), areOne: false),
        Sources(
            .field("x-key"),
            request(with: ["X-Key": long + "a"]),
            request(with: ["X-Key": long + "b"]),
            areOne: false
        ),
        Sources(.field("x-key"), request(with: ["X-Key": long]), request(with: ["X-Key": long]), areOne: true),
        Sources(.field("x-key"), request(client: "192.0.2.1"), request(client: "192.0.2.2"), areOne: true),
        // A client does not choose what it is counted as.
        Sources(
            .field("x-real-ip"),
            request(client: "192.0.2.9", with: ["X-Real-Ip": "192.0.2.1"]),
            request(client: "192.0.2.9", with: ["X-Real-Ip": "192.0.2.2"]),
            areOne: true
        ),
        Sources(.field("x-real-ip"), request(client: "192.0.2.1"), request(client: "192.0.2.2"), areOne: false),
        Sources(
            .field("x-real-ip"),
            request(trusted: true, with: ["X-Real-Ip": "192.0.2.1"]),
            request(trusted: true, with: ["X-Real-Ip": "192.0.2.2"]),
            areOne: false
        ),
        Sources(
            .field("x-forwarded-for"),
            request(with: ["X-Forwarded-For": "192.0.2.1"]),
            request(with: ["X-Forwarded-For": "192.0.2.2"]),
            areOne: true
        ),
        Sources(.host, request(host: "a.example"), request(host: "a.example", client: "192.0.2.2"), areOne: true),
        Sources(.host, request(host: "a.example"), request(host: "b.example"), areOne: false),
    ]

    @Test(arguments: sources) func `sources are told apart`(row: Sources) {
        let limit = RateLimit(identity: "limit", rate: 1, criterion: row.criterion)
        let rules = RequestRules(steps: [.limit(limit)])
        let memory = RuleMemory()
        #expect(rules.apply(to: row.first(), at: .zero, with: memory).edits != nil)
        #expect((rules.apply(to: row.second(), at: .zero, with: memory).answer != nil) == row.areOne)
    }

    @Test func `two limits count apart`() {
        let rules = ["a", "b"].map { RequestRules(steps: [.limit(RateLimit(identity: $0, rate: 1))]) }
        let memory = RuleMemory()
        for rules in rules { #expect(rules.apply(to: request(), at: .zero, with: memory).edits != nil) }
        for rules in rules { #expect(rules.apply(to: request(), at: .zero, with: memory).answer != nil) }
    }

    @Test func `memory is bounded, and the source that was silent the longest is forgotten`() {
        var buckets = RateBuckets(capacity: 3)
        let limit = RateLimit(identity: "limit", rate: 1)
        func wait(_ number: Int) -> Duration? {
            buckets.wait(for: limit, .text([UInt8(number)]), at: .zero)
        }
        for number in 1...3 { #expect(wait(number) == nil) }
        #expect(wait(1) != nil)
        #expect(wait(4) == nil)
        #expect(buckets.count == 3)
        #expect(wait(1) != nil && wait(3) != nil && wait(4) != nil)
        #expect(wait(2) == nil)
        #expect(buckets.count == 3)
    }
}
