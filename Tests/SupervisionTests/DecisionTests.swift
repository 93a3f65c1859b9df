import Testing

@testable import Supervision

@Suite struct DecisionTests {
    @Test(arguments: [
        (0.5, [1, 2, 4, 8, 16, 32, 60, 60]),
        (0.0, [1, 1, 2, 4, 8, 16, 32, 60]),
        (0.999_999, [2, 3, 6, 12, 24, 48, 60, 60]),
    ])
    func `delays double from one second to sixty, spread at random`(random: Double, seconds: [Int]) {
        var backoff = Backoff()
        let delays = seconds.map { _ in backoff.delay(afterRunOf: .zero, random: random) }
        for (delay, expected) in zip(delays, seconds) {
            #expect(delay >= .seconds(1) && delay <= .seconds(60))
            #expect(abs(delay / .seconds(1) - Double(expected)) < 0.51)
        }
    }

    @Test func `a run of a minute starts the delays over`() {
        var backoff = Backoff()
        for _ in 0..<5 { _ = backoff.delay(afterRunOf: .seconds(59), random: 0.5) }
        #expect(backoff.delay(afterRunOf: .seconds(60), random: 0.5) == .seconds(1))
        #expect(backoff.delay(afterRunOf: .zero, random: 0.5) == .seconds(2))
    }

    @Test func `many failures never overflow`() {
        var backoff = Backoff()
        for _ in 0..<10_000 { _ = backoff.delay(afterRunOf: .zero, random: 0.9) }
        #expect(backoff.delay(afterRunOf: .zero, random: 0.9) == .seconds(60))
    }

    @Test(arguments: [
        (Duration.seconds(30), "30 s"), (.milliseconds(1_250), "1.25 s"), (.microseconds(3_600), "0.004 s"),
        (.zero, "0 s"), (.nanoseconds(999_999_999), "1 s"),
    ])
    func `durations are short`(duration: Duration, text: String) {
        #expect(duration.inSeconds == text)
    }

    @Test func `a step may take 30 seconds and a cancelled run ten more`() {
        var watch = StallWatch()
        #expect(watch.verdict(at: .seconds(1_000)) == .progressing)
        watch.working(on: "a", at: .seconds(1_000))
        #expect(watch.verdict(at: .seconds(1_029)) == .progressing)
        #expect(watch.verdict(at: .seconds(1_030)) == .stalled(on: "a"))
        watch.progressed(at: .seconds(1_020))
        #expect(watch.verdict(at: .seconds(1_030)) == .progressing)
        watch.working(on: "b", at: .seconds(1_030))
        watch.cancel(on: "b", at: .seconds(1_060))
        watch.cancel(on: "b", at: .seconds(1_065))
        #expect(watch.verdict(at: .seconds(1_069)) == .stalled(on: "b"))
        #expect(watch.verdict(at: .seconds(1_070)) == .abandoned(on: "b"))
        watch.ended()
        #expect(watch.verdict(at: .seconds(2_000)) == .progressing)
    }

    @Test func `the first pass is thorough and due at once`() {
        var schedule = ReconcileSchedule(minimum: .seconds(1), audit: .seconds(300))
        schedule.wake(.snapshot)
        #expect(schedule.nextPass(now: .zero) == .zero)
        #expect(schedule.begin(now: .zero) == .audit)
        #expect(schedule.nextPass(now: .seconds(2)) == .seconds(300))
    }

    @Test func `wakes that come close together are one pass for the weightiest reason`() {
        var schedule = started()
        schedule.wake(.snapshot)
        schedule.wake(.notification)
        schedule.wake(.snapshot)
        #expect(schedule.nextPass(now: .milliseconds(100)) == .seconds(1))
        #expect(schedule.begin(now: .seconds(1)) == .notification)
        #expect(schedule.nextPass(now: .seconds(1)) == .seconds(300))
    }

    @Test func `a failed pass is repeated in full, later each time`() {
        var schedule = started()
        for delay in [Duration.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)] {
            #expect(schedule.failed(now: .seconds(10)) == delay)
        }
        #expect(schedule.nextPass(now: .seconds(10)) == .seconds(12))
        schedule.wake(.notification)
        #expect(schedule.nextPass(now: .seconds(10)) == .seconds(12), "a notification may be the pass's own doing")
        schedule.wake(.snapshot)
        #expect(schedule.begin(now: .seconds(12)) == .audit)
        schedule.succeeded()
        #expect(schedule.failed(now: .seconds(13)) == .milliseconds(250))
    }

    @Test func `a newer snapshot need not wait for the repetition`() {
        var schedule = started()
        for _ in 0..<10 { _ = schedule.failed(now: .seconds(10)) }
        schedule.wake(.snapshot)
        #expect(schedule.nextPass(now: .seconds(10)) == .seconds(10))
    }

    /// A schedule whose first pass began at zero.
    private func started() -> ReconcileSchedule {
        var schedule = ReconcileSchedule(minimum: .seconds(1), audit: .seconds(300))
        _ = schedule.begin(now: .zero)
        schedule.succeeded()
        return schedule
    }
}
