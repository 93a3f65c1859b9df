package import LinuxSystem

/// When a capability whose own fault ended the process may run again: pure, by the crashes of this boot.
///
/// States: trusted → (three crashes within a minute) quarantined → on probation when that is over → quarantined for twice
/// as long by the next crash, or trusted again after half an hour without one.
package struct CrashHistory: Sendable, Equatable {
    /// So many crashes within `window` are a quarantine.
    package static let limit = 3
    package static let window = Duration.seconds(60)
    package static let firstLength = Duration.seconds(60)
    package static let longestLength = Duration.seconds(30 * 60)
    /// One crash this soon after a quarantine is the next one.
    package static let probation = Duration.seconds(30 * 60)
    /// How many crashes are kept from start to start. Each quarantine but the first is one, so no length is forgotten.
    package static let kept = 64

    private var recent: [Duration] = []
    private var number = 0
    private var end = Duration.zero

    package init() {}

    /// - Parameter time: since boot; not before that of an earlier crash.
    package mutating func crashed(at time: Duration) {
        if number > 0, time - end < Self.probation {
            quarantine(from: time)
            return
        }
        number = 0
        recent = recent.filter { time - $0 <= Self.window } + [time]
        if recent.count >= Self.limit { quarantine(from: time) }
    }

    private mutating func quarantine(from time: Duration) {
        recent = []
        number += 1
        let doubled = Self.firstLength * (1 << min(number - 1, 10))
        end = time + min(Self.longestLength, doubled)
    }

    /// What there is to sit out at this time since boot; nil if it may run.
    ///
    /// - Parameter wallTime: the same moment in seconds since 1970.
    package func quarantine(at now: Duration, wallTime: Double) -> Quarantine? {
        guard number > 0, now < end else { return nil }
        let remaining = end - now
        return Quarantine(number: number, remaining: remaining, until: wallTime + remaining.inWholeSeconds)
    }
}

/// A capability sits out, since its own fault ended the process again and again.
package struct Quarantine: Sendable, Hashable {
    /// 1 for the first, more for those that followed within half an hour.
    package let number: Int
    /// From the start of the process on.
    package let remaining: Duration
    /// Its end in seconds since 1970, for people.
    package let until: Double

    package init(number: Int, remaining: Duration, until: Double) {
        self.number = number
        self.remaining = remaining
        self.until = until
    }

    /// The quarantines that hold now.
    ///
    /// - Parameters:
    ///   - records: of any boot, in any order. Only those of this boot count: their times can be compared. Those of a
    ///     start count for nobody: no capability ran.
    ///   - now: since boot.
    ///   - wallTime: the same moment in seconds since 1970.
    package static func holding(
        for capabilities: [CapabilityName],
        after records: [CrashRecord],
        in boot: BootID,
        at now: Duration,
        wallTime: Double
    ) -> [CapabilityName: Quarantine] {
        // A time that has not come yet is not this kernel's.
        let own = records.filter { $0.bootID == boot && $0.isOwnFault && !$0.isAtStart && $0.sinceBoot <= now }
        let ordered = own.sorted { $0.sinceBoot < $1.sinceBoot }
        var quarantines: [CapabilityName: Quarantine] = [:]
        for capability in capabilities {
            var history = CrashHistory()
            for record in ordered where record.thread == capability.threadName {
                history.crashed(at: record.sinceBoot)
            }
            quarantines[capability] = history.quarantine(at: now, wallTime: wallTime)
        }
        return quarantines
    }
}

extension CapabilityName {
    /// The name of the thread that its tasks run on: the kernel cuts at 15 bytes; the prefix tells ours from libraries'.
    package var threadName: String { String(decoding: "ln-\(rawValue)".utf8.prefix(15), as: UTF8.self) }
}

extension Duration {
    /// Rounded up.
    fileprivate var inWholeSeconds: Double {
        Double(components.seconds + (components.attoseconds > 0 ? 1 : 0))
    }
}
