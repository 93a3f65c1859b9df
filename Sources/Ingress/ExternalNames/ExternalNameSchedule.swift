import NetworkTypes

/// Which names are to be asked for next and when, and what is known of each. It has no clock: all times are since one
/// moment of its owner's.
struct ExternalNameSchedule {
    /// What came of an answer that the operator is told of.
    enum News: Hashable {
        /// The name is looked up in vain from now on; what it came to before is kept.
        case failing(String)
        /// There are answers again.
        case answering
        /// It comes to something else.
        case changed(ExternalNameFinding)
        /// It comes to what an earlier run knew.
        case confirmed
    }

    fileprivate struct Entry {
        var finding: ExternalNameFinding?
        /// When it is asked for, unless it is being asked for.
        var due: Duration = .zero
        /// How many answers in a row were none.
        var failures = 0
        /// It came to nothing in an earlier run: nobody has to wait for it.
        var isHopeless = false
        /// The last answer said that it has no addresses, where it had some before.
        var isDoubted = false
    }

    /// How many names are asked for at a time.
    static let mostAtOnce = 16
    /// For how long answers are used, whatever they say: not so briefly that the name servers have nothing else to do, and
    /// not so long that a name that has moved is missed for long.
    static let lifetimes: ClosedRange<Duration> = .seconds(5) ... .seconds(300)
    /// When it is asked again where there was no answer: each time after twice as long as before.
    static let retries: ClosedRange<Duration> = .seconds(5) ... .seconds(30)

    private var entries: [ExternalName: Entry] = [:]
    /// Some may be wanted no more.
    private var asked: Set<ExternalName> = []

    /// - Parameter remembered: what an earlier run knew. It counts until there are answers, which are asked for at once.
    init(_ remembered: [ExternalName: [IPAddress]] = [:]) {
        entries = remembered.mapValues { addresses in
            addresses.isEmpty ? Entry(isHopeless: true) : Entry(finding: .remembered(addresses))
        }
    }

    /// What the next run is to know: the addresses of each name that is wanted, none of those that came to nothing.
    var memories: [ExternalName: [IPAddress]] {
        entries.filter { $0.value.isAnswered }.mapValues { $0.finding?.addresses ?? [] }
    }

    /// What is known of the names that are wanted, as far as something is.
    var findings: [ExternalName: ExternalNameFinding] { entries.compactMapValues(\.finding) }

    /// Whether each name that is wanted was answered once, be it with a failure, now or in an earlier run.
    var isAnswered: Bool { entries.values.allSatisfy(\.isAnswered) }

    /// When a name is due; nil if none is before an answer comes.
    var nextDue: Duration? {
        guard asked.count < Self.mostAtOnce else { return nil }
        return entries.lazy.filter { !asked.contains($0.key) }.map(\.value.due).min()
    }

    /// These names are wanted, and no others: of others nothing is known any more.
    mutating func want(_ names: Set<ExternalName>) {
        entries = entries.filter { names.contains($0.key) }
        for name in names where entries[name] == nil { entries[name] = Entry() }
    }

    /// Returns the names that are to be asked for now: those first that are due for the longest time.
    mutating func begin(now: Duration) -> [ExternalName] {
        let due = entries.filter { $0.value.due <= now && !asked.contains($0.key) }
        let first = due.sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }.map(\.key)
        let names = Array(first.prefix(Self.mostAtOnce - asked.count))
        asked.formUnion(names)
        return names
    }

    /// Takes what was answered for a name that `begin` returned.
    mutating func end(_ name: ExternalName, _ answer: ExternalNameAnswer, now: Duration) -> [News] {
        asked.remove(name)
        guard var entry = entries[name] else { return [] }
        let former = entry
        entry.due = now + entry.take(answer)
        entries[name] = entry
        var news: [News] = []
        if let finding = entry.finding, finding != former.finding {
            let isConfirmed = finding.addresses != nil && finding.addresses == former.finding?.addresses
            news.append(isConfirmed ? .confirmed : .changed(finding))
        }
        guard former.finding?.addresses != nil else { return news }
        if case .failed(let reason) = answer, former.failures == 0 { news.append(.failing(reason)) }
        if entry.failures == 0, former.failures > 0 { news.append(.answering) }
        return news
    }
}

extension ExternalNameSchedule.Entry {
    fileprivate var isAnswered: Bool { finding != nil || isHopeless }

    /// Takes an answer. Returns after how long the next one is due.
    fileprivate mutating func take(_ answer: ExternalNameAnswer) -> Duration {
        switch answer {
        case .addresses(let addresses, let lifetime) where !addresses.isEmpty:
            failures = 0
            isDoubted = false
            finding = .addresses(Set(addresses).sorted())
            return lifetime.clamped(to: ExternalNameSchedule.lifetimes)
        case .addresses(_, let lifetime):
            return takeNothing("it has no addresses", lifetime)
        case .nothing(let reason, let lifetime):
            return takeNothing(reason, lifetime)
        case .failed(let reason):
            failures += 1
            // The reason stays that of the first failure, so that a trouble that lasts is told once.
            if finding == nil { finding = .failed(reason) }
            let retries = ExternalNameSchedule.retries
            return (retries.lowerBound * (1 << min(failures - 1, 10))).clamped(to: retries)
        }
    }

    /// A zone that is being loaded, or a server that is set up wrongly, may say so for a moment: what has addresses is
    /// believed to have none when it is said twice.
    private mutating func takeNothing(_ reason: String, _ lifetime: Duration) -> Duration {
        failures = 0
        if finding?.addresses != nil, !isDoubted {
            isDoubted = true
            return ExternalNameSchedule.lifetimes.lowerBound
        }
        isDoubted = false
        finding = .nothing(reason)
        return lifetime.clamped(to: ExternalNameSchedule.lifetimes)
    }
}

extension ExternalNameSchedule.News {
    /// Whether routes are made by it.
    var isOfRoutes: Bool {
        switch self {
        case .changed, .confirmed: true
        case .failing, .answering: false
        }
    }
}

extension Duration {
    fileprivate func clamped(to range: ClosedRange<Duration>) -> Duration {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
