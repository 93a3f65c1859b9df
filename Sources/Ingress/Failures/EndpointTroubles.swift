import Logging
import Supervision
import Synchronization

/// How endpoints fail requests: noted by all threads, told by one who can wait.
final class EndpointTroubles: Sendable {
    /// Of so many at once each is noted.
    private static let most = 256

    private let noted = Mutex<Set<EndpointTrouble>>([])
    /// An element when there is something to tell.
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() {
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func note(_ trouble: EndpointTrouble) {
        let isNew = noted.withLock { $0.count < Self.most && $0.insert(trouble).inserted }
        if isNew { wake.yield() }
    }

    /// What was noted since the last call.
    func take() -> Set<EndpointTrouble> {
        noted.withLock { noted in
            defer { noted = [] }
            return noted
        }
    }

    /// Logs each trouble once for as long as it goes on, until the task is cancelled.
    func tell(_ logger: Logger) async {
        let log = ComplaintLog(
            logger,
            beginning: "an endpoint fails requests",
            end: "an endpoint has failed no request so for a minute"
        )
        let clock = ContinuousClock()
        let start = clock.now
        var ledger = TroubleLedger()
        for await _ in wakes {
            repeat {
                log.take(ledger.take(take(), now: clock.now - start))
                guard (try? await clock.sleep(for: .seconds(5), tolerance: .seconds(1))) != nil else { return }
            } while !ledger.isEmpty
        }
    }
}

/// The troubles that go on: those that were noted within the last minute.
struct TroubleLedger {
    static let period = Duration.seconds(60)
    /// Of so many at once each has its line in the log …
    static let mostLines = 20
    /// … and of so many of one Service, so that it keeps no other out.
    static let mostLinesOfService = 4
    private static let most = 1_024

    /// In the order in which they began.
    private var entries: [(trouble: EndpointTrouble, last: Duration)] = []

    var isEmpty: Bool { entries.isEmpty }

    /// Takes what was noted, and returns all that goes on.
    mutating func take(_ noted: Set<EndpointTrouble>, now: Duration) -> [String] {
        var new = noted
        for index in entries.indices where new.remove(entries[index].trouble) != nil { entries[index].last = now }
        entries.removeAll { now - $0.last >= Self.period }
        let begun = new.sorted { "\($0)" < "\($1)" }.prefix(Self.most - entries.count)
        entries += begun.map { (trouble: $0, last: now) }
        var counts: [BackendKey: Int] = [:]
        let lines = entries.filter { entry in
            counts[entry.trouble.service, default: 0] += 1
            return counts[entry.trouble.service, default: 0] <= Self.mostLinesOfService
        }
        .prefix(Self.mostLines)
        .map { "\($0.trouble)" }
        return entries.count > lines.count ? lines + ["more than these \(lines.count) do"] : lines
    }
}
