import LinuxSystem
import Supervision
import Testing

/// Times are seconds since boot; the process starts at the last one.
@Suite struct CrashHistoryTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        let crashes: [Int]
        let now: Int
        /// Number and remaining seconds; nil if it may run.
        let quarantine: [Int]?

        init(_ situation: String, _ crashes: [Int], at now: Int, _ quarantine: [Int]?) {
            (self.situation, self.crashes, self.now, self.quarantine) = (situation, crashes, now, quarantine)
        }

        var testDescription: String { situation }
    }

    static let rows = [
        Row("none", [], at: 100, nil),
        Row("two", [100, 101], at: 102, nil),
        Row("three at once", [100, 100, 100], at: 100, [1, 60]),
        Row("three within a minute", [100, 130, 160], at: 161, [1, 59]),
        Row("three in more than a minute", [100, 130, 161], at: 162, nil),
        Row("four, the last three within a minute", [100, 150, 170, 200], at: 201, [1, 59]),
        Row("three, and the minute is nearly over", [100, 101, 102], at: 161, [1, 1]),
        Row("three, and the minute is over", [100, 101, 102], at: 162, nil),
        Row("one more when tried again", [100, 101, 102, 163], at: 164, [2, 119]),
        Row("and one more", [100, 101, 102, 163, 290], at: 291, [3, 239]),
        Row("one more just before half an hour is over", [0, 1, 2, 1_861], at: 1_862, [2, 119]),
        Row("one more after half an hour", [0, 1, 2, 1_862], at: 1_863, nil),
        Row("three more after half an hour", [0, 1, 2, 1_862, 1_863, 1_864], at: 1_865, [1, 59]),
        Row("never more than half an hour", [0, 0, 0, 60, 180, 420, 900, 1_860, 3_660, 5_460], at: 5_460, [8, 1_800]),
    ]

    @Test(arguments: rows)
    func `crashes lead to a quarantine`(row: Row) {
        var history = CrashHistory()
        for crash in row.crashes { history.crashed(at: .seconds(crash)) }
        let expected = row.quarantine.map {
            Quarantine(number: $0[0], remaining: .seconds($0[1]), until: Double(1_000_000 + row.now + $0[1]))
        }
        #expect(history.quarantine(at: .seconds(row.now), wallTime: Double(1_000_000 + row.now)) == expected)
    }

    private static let boot = BootID(bytes: Array(repeating: 1, count: 16))
    private static let earlier = BootID(bytes: Array(repeating: 2, count: 16))

    private static func records(
        of thread: String,
        count: Int = 3,
        sender: Int32? = nil,
        boot: BootID = boot,
        at seconds: Int = 100,
        atStart: Bool = false
    ) -> [CrashRecord] {
        (0..<count).map { _ in
            CrashRecord(
                thread: thread,
                signal: 4,
                processID: 10,
                sender: sender,
                bootID: boot,
                sinceBoot: .seconds(seconds),
                wallTime: 0,
                isAtStart: atStart
            )
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let situation: String
        let records: [CrashRecord]
        var quarantined: [String] = []
        var testDescription: String { situation }
    }

    static let cases = [
        Case(situation: "of one capability", records: records(of: "ln-overlay"), quarantined: ["overlay"]),
        Case(
            situation: "of one whose name is cut",
            records: records(of: "ln-a-capability"),
            quarantined: ["a-capability-of-length"]
        ),
        Case(situation: "two each", records: records(of: "ln-overlay", count: 2) + records(of: "ln-lease", count: 2)),
        Case(
            situation: "three each",
            records: records(of: "ln-overlay") + records(of: "ln-lease"),
            quarantined: ["lease", "overlay"]
        ),
        Case(situation: "of no capability's thread", records: records(of: "linnet")),
        Case(situation: "of a capability that does not run", records: records(of: "ln-ingress")),
        Case(situation: "by another process", records: records(of: "ln-overlay", sender: 1)),
        Case(situation: "by itself", records: records(of: "ln-overlay", sender: 10), quarantined: ["overlay"]),
        Case(situation: "while the agent started", records: records(of: "ln-overlay", atStart: true)),
        Case(
            situation: "two, and one while the agent started",
            records: records(of: "ln-overlay", count: 2) + records(of: "ln-overlay", count: 1, atStart: true)
        ),
        Case(
            situation: "two, and one by another process",
            records: records(of: "ln-overlay", count: 2) + records(of: "ln-overlay", count: 1, sender: 11)
        ),
        Case(situation: "before a reboot", records: records(of: "ln-overlay", boot: earlier)),
        Case(situation: "in the future", records: records(of: "ln-overlay", at: 200)),
    ]

    @Test(arguments: cases)
    func `records quarantine those whose own fault they are`(row: Case) {
        let names = ["overlay", "lease", "a-capability-of-length"].map(CapabilityName.init(rawValue:))
        let quarantines = Quarantine.holding(
            for: names,
            after: row.records,
            in: Self.boot,
            at: .seconds(110),
            wallTime: 0
        )
        #expect(quarantines.keys.map(\.rawValue).sorted() == row.quarantined)
    }

    @Test func `records may come in any order`() {
        let times = [163, 101, 100, 102]
        let records = times.flatMap { Self.records(of: "ln-overlay", count: 1, at: $0) }
        let name = CapabilityName(rawValue: "overlay")
        let quarantines = Quarantine.holding(for: [name], after: records, in: Self.boot, at: .seconds(164), wallTime: 0)
        #expect(quarantines[name]?.number == 2)
    }
}
