package import Logging
import Synchronization

/// What others change of what is ours, so that a fight with another program slows down and is told of.
///
/// A repair follows at once. An object that was repaired more than 100 times in a minute is disputed: from then on each
/// further repair of it waits twice as long as the one before, from half a second to a minute, until it was left alone for
/// a minute longer than that.
package final class Disputes: Sendable {
    private let state: Mutex<DisputeLedger>
    private let now: @Sendable () -> Duration

    /// - Parameter now: the time since some moment that stays the same.
    package init(now: @escaping @Sendable () -> Duration = Disputes.uptime) {
        self.now = now
        state = Mutex(DisputeLedger())
    }

    /// An object was found changed. Returns how long its repair is to wait; nil if it waits already.
    ///
    /// - Parameters:
    ///   - author: who changed it, if that is known.
    ///   - trace: what is known of somebody who was gone before the name could be found; a name that is known from an
    ///     earlier change says more.
    package func note(_ object: String, by author: String?, or trace: String? = nil) -> Duration? {
        state.withLock { $0.note(object, by: author, or: trace) }
    }

    /// A pass begins that repairs whatever was noted. Returns what that is.
    package func take() -> Set<String> {
        state.withLock { $0.take() }
    }

    /// The pass did repair these. Returns what is disputed from now on, and what is no longer.
    package func repaired(_ objects: Set<String>) -> (begun: [Dispute], ended: [Dispute]) {
        let now = now()
        return state.withLock { $0.repaired(objects, now: now) }
    }

    /// The pass did repair these: tells of what is disputed from now on, and of what is no longer, and has one more look
    /// taken when a dispute may be over.
    package func conclude(_ objects: Set<String>, waking wakes: DelayedWakes, telling logger: Logger) {
        let (begun, ended) = repaired(objects)
        for dispute in begun {
            logger.log(
                .warning,
                "another program changes an object of ours again and again",
                [.object: dispute.object, .process: dispute.author ?? "unknown", .retryDelay: dispute.delay.inSeconds],
                event: .objectDisputed
            )
        }
        for dispute in ended { logger.log(.info, "an object is no longer disputed", [.object: dispute.object]) }
        for dispute in current where objects.contains(dispute.object) {
            wakes.wake(.snapshot, after: DisputeLedger.period + dispute.delay * 2)
        }
    }

    /// Whether the repair of something disputed waits.
    package var isWaiting: Bool { state.withLock { $0.isWaiting } }

    /// What is disputed, by name.
    package var current: [Dispute] { state.withLock { $0.current } }

    /// All that is disputed in one text; nil if nothing is.
    package var complaint: String? {
        let current = current
        return current.isEmpty ? nil : current.map(\.description).joined(separator: "; ")
    }

    private static let start = ContinuousClock.now
    /// The time since the first use.
    package static let uptime: @Sendable () -> Duration = { start.duration(to: .now) }
}

/// An object that another program changes again whenever it is repaired.
package struct Dispute: Sendable, Equatable, CustomStringConvertible {
    package let object: String
    /// Who changed it last, if that is known.
    package let author: String?
    /// How long the next repair waits.
    package let delay: Duration

    package var description: String {
        "\(author ?? "another program") changes \(object) again and again: its next repair waits \(delay.inSeconds); stop"
            + " that program or take this object out of its configuration"
    }
}

/// The pure part of `Disputes`.
struct DisputeLedger: Sendable {
    static let period = Duration.seconds(60)
    static let tolerance = 100
    static let shortest = Duration.milliseconds(500)
    static let longest = Duration.seconds(60)

    private struct Entry {
        /// When it was repaired within the last period.
        var repairs: [Duration] = []
        /// How often it was repaired since it is disputed.
        var level = 0
        var last = Duration.zero
        var author: String?

        var delay: Duration {
            level == 0 ? .zero : min(DisputeLedger.longest, DisputeLedger.shortest * (1 << min(level - 1, 10)))
        }
    }

    private var entries: [String: Entry] = [:]
    private var pending: Set<String> = []

    mutating func note(_ object: String, by author: String?, or trace: String?) -> Duration? {
        if let author {
            entries[object, default: Entry()].author = author
        } else if let trace, entries[object]?.author == nil {
            entries[object, default: Entry()].author = trace
        }
        guard pending.insert(object).inserted else { return nil }
        return entries[object]?.delay ?? .zero
    }

    mutating func take() -> Set<String> {
        let taken = pending
        pending = []
        return taken
    }

    mutating func repaired(_ objects: Set<String>, now: Duration) -> (begun: [Dispute], ended: [Dispute]) {
        let ended = forget(before: now, but: objects)
        var begun: [Dispute] = []
        for object in objects.sorted() {
            var entry = entries[object] ?? Entry()
            entry.repairs.removeAll { now - $0 > Self.period }
            entry.repairs.append(now)
            entry.last = now
            if entry.level > 0 {
                entry.level += 1
            } else if entry.repairs.count > Self.tolerance {
                entry.level = 1
                begun.append(Dispute(object: object, author: entry.author, delay: entry.delay))
            }
            entries[object] = entry
        }
        return (begun, ended)
    }

    var isWaiting: Bool { pending.contains { entries[$0].map { $0.level > 0 } ?? false } }

    var current: [Dispute] {
        entries.filter { $0.value.level > 0 }.sorted { $0.key < $1.key }.map {
            Dispute(object: $0.key, author: $0.value.author, delay: $0.value.delay)
        }
    }

    /// Forgets what is long ago. Returns the disputes that ended thereby.
    private mutating func forget(before now: Duration, but kept: Set<String>) -> [Dispute] {
        var ended: [Dispute] = []
        for (object, entry) in entries.sorted(by: { $0.key < $1.key }) where !kept.union(pending).contains(object) {
            guard now - entry.last > Self.period + entry.delay else { continue }
            entries[object] = nil
            if entry.level > 0 { ended.append(Dispute(object: object, author: entry.author, delay: entry.delay)) }
        }
        return ended
    }
}
