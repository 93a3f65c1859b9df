import Testing

@testable import Supervision

/// Times are seconds. Passes are at least 2 s apart, audits 60 s.
@Suite struct ReconcileScheduleTests {
    enum Event: Sendable {
        case wake(PassReason)
        case pass(at: Int)
        case failure(at: Int)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let events: [Event]
        let now: Int
        /// In milliseconds.
        let due: Int
        let reason: PassReason

        init(_ name: String, _ events: [Event], now: Int, due: Int, _ reason: PassReason) {
            testDescription = name
            self.events = events
            self.now = now
            self.due = due
            self.reason = reason
        }
    }

    static let rows = [
        Row("the first pass is thorough and at once", [], now: 0, due: 0, .audit),
        Row("even if something less was wanted", [.wake(.snapshot)], now: 0, due: 0, .audit),
        Row("without wakes only audits are made", [.pass(at: 0)], now: 1, due: 60_000, .audit),
        Row("an overdue audit is made now", [.pass(at: 0)], now: 70, due: 70_000, .audit),
        Row("a wake is followed at once", [.pass(at: 0), .wake(.snapshot)], now: 5, due: 5_000, .snapshot),
        Row("but not too soon after a pass", [.pass(at: 0), .wake(.snapshot)], now: 1, due: 2_000, .snapshot),
        Row(
            "several wakes are the most pressing one",
            [.pass(at: 0), .wake(.snapshot), .wake(.notification), .wake(.snapshot)],
            now: 5,
            due: 5_000,
            .notification
        ),
        Row(
            "what a pass was made for is done",
            [.pass(at: 0), .wake(.notification), .pass(at: 10)],
            now: 11,
            due: 60_000,
            .audit
        ),
        Row(
            "lesser passes do not put off the audit",
            [.pass(at: 0), .wake(.snapshot), .pass(at: 59)],
            now: 59,
            due: 61_000,
            .audit
        ),
        Row("a wake asks for an audit", [.pass(at: 0), .wake(.audit)], now: 3, due: 3_000, .audit),
        Row("a failed pass is repeated", [.pass(at: 0), .failure(at: 10)], now: 10, due: 10_250, .audit),
        Row("but not too soon", [.pass(at: 0), .failure(at: 0)], now: 0, due: 2_000, .audit),
        Row(
            "a snapshot does not wait for the repetition",
            [.pass(at: 0), .failure(at: 10), .failure(at: 11), .failure(at: 12), .failure(at: 13), .wake(.snapshot)],
            now: 14,
            due: 14_000,
            .audit
        ),
        Row(
            "nor does a notification, since it may be of something else",
            [
                .pass(at: 0), .failure(at: 10), .failure(at: 11), .failure(at: 12), .failure(at: 13),
                .wake(.notification),
            ],
            now: 14,
            due: 14_000,
            .audit
        ),
    ]

    @Test(arguments: rows) func `the next pass is made`(row: Row) {
        var schedule = ReconcileSchedule(minimum: .seconds(2), audit: .seconds(60))
        for event in row.events {
            switch event {
            case .wake(let reason): schedule.wake(reason)
            case .pass(let time):
                _ = schedule.begin(now: .seconds(time))
                schedule.succeeded()
            case .failure(let time): _ = schedule.failed(now: .seconds(time))
            }
        }
        let due = schedule.nextPass(now: .seconds(row.now))
        #expect(due == .milliseconds(row.due))
        #expect(schedule.begin(now: due) == row.reason)
    }

    @Test func `notifications by failing passes themselves make ever fewer, and do not put off the retry`() {
        var schedule = ReconcileSchedule(minimum: .milliseconds(50), audit: .seconds(600))
        var now = Duration.zero
        for _ in 0..<8 {
            now = schedule.nextPass(now: now)
            _ = schedule.begin(now: now)
            now += schedule.failed(now: now)
        }
        _ = schedule.begin(now: now)
        let retry = now + schedule.failed(now: now)
        var gaps: [Duration] = []
        while now < retry {
            schedule.wake(.notification)
            let due = schedule.nextPass(now: now)
            gaps.append(due - now)
            now = due
            _ = schedule.begin(now: now)
            _ = schedule.failed(now: now)
        }
        #expect(Array(gaps.prefix(7)) == [50, 100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
        #expect(now == retry && gaps.count < 40)
    }

    @Test func `repetitions come ever later, up to half a minute, until one succeeds`() {
        var schedule = ReconcileSchedule(minimum: .zero, audit: .seconds(60))
        let delays = (0..<9).map { _ in schedule.failed(now: .zero) }
        #expect(delays == [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].map { .milliseconds($0) })
        schedule.succeeded()
        #expect(schedule.failed(now: .zero) == .milliseconds(250))
    }
}
