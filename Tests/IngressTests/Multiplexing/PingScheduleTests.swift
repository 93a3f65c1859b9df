import SeededNumbers
import Testing

@testable import Ingress

/// When an endpoint is asked for a sign of life, in seconds. Something is under way all the time.
@Suite struct PingScheduleTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// What happens when: `ask`, `hear` (octets), `speak` (octets of a message), `die` (nothing is answered any more).
        let events: String
        let outcome: String
    }

    static let rows: [Row] = [
        Row(testDescription: "dead from the first", events: "die 0, ask 0", outcome: "ping 30, give up 40"),
        Row(testDescription: "dead with a request", events: "die 0, ask 7, ask 20", outcome: "ping 37, give up 47"),
        Row(testDescription: "dead after octets", events: "die 0, ask 0, hear 9", outcome: "ping 39, give up 49"),
        Row(
            testDescription: "octets in the last moment",
            events: "die 0, ask 0, hear 39",
            outcome: "ping 30, ping 340, give up 350"
        ),
        Row(
            testDescription: "asked after a pause",
            events: "ask 0, speak 1, die 2, ask 25",
            outcome: "ping 55, give up 65"
        ),
        Row(testDescription: "no answer for long", events: "ask 0", outcome: "ping 30, ping 340, ping 650, ping 960"),
        Row(
            testDescription: "no more of an answer for long",
            events: "ask 0, speak 1",
            outcome: "ping 31, ping 341, ping 651, ping 961"
        ),
        Row(
            testDescription: "more of an answer now and then",
            events: "ask 0, speak 1, speak 100, speak 120, speak 200",
            outcome: "ping 31, ping 150, ping 230, ping 540, ping 850"
        ),
        Row(
            testDescription: "octets that are none of an answer",
            events: "ask 0, speak 1, hear 100, hear 200",
            outcome: "ping 31, ping 341, ping 651, ping 961"
        ),
        Row(
            testDescription: "a request beside a silent one",
            events: "ask 0, speak 1, ask 100, speak 101",
            outcome: "ping 31, ping 131, ping 441, ping 751"
        ),
        Row(
            testDescription: "a request without an answer beside a silent one",
            events: "ask 0, speak 1, ask 100",
            outcome: "ping 31, ping 130, ping 440, ping 750"
        ),
        Row(
            testDescription: "many requests without an answer",
            events: "ask 0, ask 100, ask 200, ask 300, ask 500",
            outcome: "ping 30, ping 130, ping 440, ping 750"
        ),
        Row(
            testDescription: "death beside a silent one",
            events: "ask 0, speak 1, die 90, ask 100, ask 120",
            outcome: "ping 31, ping 130, give up 140"
        ),
        Row(
            testDescription: "death of a silent one",
            events: "ask 0, speak 1, die 90",
            outcome: "ping 31, ping 341, give up 351"
        ),
    ]

    @Test(arguments: rows) func `an endpoint is asked when it may be, and given up when it does not answer`(row: Row) {
        var schedule = PingSchedule()
        var told: [String] = []
        var isAlive = true
        let events = row.events.split(separator: ", ").map { $0.split(separator: " ") }
        for second in 0..<1_000 {
            for event in events where event[1] == "\(second)" {
                switch event[0] {
                case "ask": schedule.ask(at: Int64(second) * 1_000)
                case "hear": schedule.hear(at: Int64(second) * 1_000)
                case "speak":
                    schedule.hear(at: Int64(second) * 1_000)
                    schedule.speak()
                default: isAlive = false
                }
            }
            let step = schedule.step(at: Int64(second) * 1_000, isMoving: false, ProxyLimits())
            switch step {
            case .wait: continue
            case .ping:
                told.append("ping \(second)")
                if isAlive { schedule.hear(at: Int64(second) * 1_000) }
            case .giveUp: told.append("give up \(second)")
            }
            if step == .giveUp { break }
        }
        #expect(told.joined(separator: ", ") == row.outcome)
    }

    @Test(arguments: [
        (40_000, false, PingSchedule.Step.giveUp), (42_000, false, .giveUp),
        // It was not looked at in time, or there is much before it.
        (42_001, false, .wait(until: 52_001)), (40_000, true, .wait(until: 50_000)),
        (39_999, false, .wait(until: 40_000)),
    ])
    func `who could not be heard is not given up`(time: Int64, isMoving: Bool, step: PingSchedule.Step) {
        var schedule = PingSchedule()
        schedule.ask(at: 0)
        #expect(schedule.step(at: 30_000, isMoving: isMoving, ProxyLimits()) == .ping)
        #expect(schedule.step(at: time, isMoving: isMoving, ProxyLimits()) == step)
        #expect(schedule.isUnanswered)
    }

    // MARK: - What servers of gRPC take

    /// PINGs that come too early, as each kind of server counts them. None may come to more than two.
    private struct Strikes {
        private static let least = 300
        /// Of grpc-go: whether HEADERS or DATA were sent since the last PING, and when that was.
        private var goHasSent = false
        private var goLast = -1_000_000
        private(set) var go = 0
        /// Of grpc-core: when the last PING was since HEADERS or DATA were sent.
        private var coreLast = -1_000_000
        private(set) var core = 0
        /// Of grpc-java: when the last PING was that was none too many, or the beginning.
        private var javaLast = 0
        private(set) var java = 0

        mutating func send() {
            goHasSent = true
            (coreLast, core) = (-1_000_000, 0)
            (javaLast, java) = (0, 0)
        }

        mutating func ping(at now: Int) {
            if goHasSent { go = 0 } else if goLast + Self.least > now { go += 1 }
            (goHasSent, goLast) = (false, now)
            if coreLast + Self.least > now { core += 1 }
            coreLast = now
            if javaLast + Self.least > now { java += 1 } else { javaLast = now }
        }
    }

    @Test(arguments: 0..<50) func `no server of gRPC has too many of them`(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var schedule = PingSchedule()
        var strikes = Strikes()
        var isAwaitingPing = false
        // What is on its way, with when it is there, in order.
        var there: [Int] = []
        var back: [(time: Int, isPing: Bool)] = []
        let (asks, sends) = (Int.random(in: 1...400, using: &numbers), Int.random(in: 1...2_000, using: &numbers))
        for now in 0..<10_000 {
            while let time = there.first, time <= now {
                there.removeFirst()
                back.append((now + Int.random(in: 0...4, using: &numbers), true))
                strikes.ping(at: now)
                #expect(max(strikes.go, strikes.core, strikes.java) <= 2)
            }
            if Int.random(in: 0..<sends, using: &numbers) == 0 {
                strikes.send()
                back.append((now + Int.random(in: 0...4, using: &numbers), false))
            }
            while let first = back.first, first.time <= now {
                back.removeFirst()
                schedule.hear(at: Int64(now) * 1_000)
                if first.isPing { isAwaitingPing = false } else if !isAwaitingPing { schedule.speak() }
            }
            if now == 0 || Int.random(in: 0..<asks, using: &numbers) == 0 { schedule.ask(at: Int64(now) * 1_000) }
            switch schedule.step(at: Int64(now) * 1_000, isMoving: false, ProxyLimits()) {
            case .wait: break
            case .ping:
                isAwaitingPing = true
                there.append(now + Int.random(in: 0...4, using: &numbers))
            case .giveUp: Issue.record("it answered")
            }
        }
    }
}
