import Testing

@testable import Supervision

@Suite struct DecisionTests {
    @Test(arguments: [
        (0.5, [1, 2, 4, 8, 16, 32, 60, 60]),
        (0.0, [1, 1, 2, 4, 8, 16, 30, 30]),
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
        #expect(watch.verdict(at: .seconds(1_025)) == .progressing)
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

    @Test func `time in which the process was stopped is no stall`() {
        var watch = StallWatch()
        watch.working(on: "a", at: .seconds(1_000))
        // Stopped in the middle of a step, for a minute; then the look may come before the step goes on.
        #expect(watch.verdict(at: .seconds(1_061)) == .progressing)
        #expect(watch.nextLook(at: .seconds(1_061)) == .seconds(5))
        watch.working(on: "b", at: .seconds(1_062))
        #expect(watch.verdict(at: .seconds(1_066)) == .progressing)
        #expect(watch.nextLook(at: .seconds(1_066)) == .seconds(21))
        // A step that hangs from before to after is found all the same.
        #expect(watch.verdict(at: .seconds(1_200)) == .progressing)
        #expect(watch.verdict(at: .seconds(1_205)) == .stalled(on: "b"))
    }

    @Test func `progress is looked at when a verdict can change and no sooner`() {
        var watch = StallWatch()
        #expect(watch.nextLook(at: .seconds(5)) == .seconds(30))
        watch.working(on: "a", at: .seconds(10))
        #expect(watch.nextLook(at: .seconds(15)) == .seconds(20))
        #expect(watch.nextLook(at: .seconds(50)) == .zero)
        watch.cancel(on: "a", at: .seconds(50))
        #expect(watch.nextLook(at: .seconds(52)) == .seconds(8))
        #expect(watch.nextLook(at: .seconds(60)) == .seconds(30))
        watch.ended()
        watch.waiting()
        #expect(watch.nextLook(at: .seconds(61)) == .seconds(30))
    }
}
