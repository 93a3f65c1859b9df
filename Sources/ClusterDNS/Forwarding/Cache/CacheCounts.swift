/// How much is in the cache, and what left it.
package struct CacheCounts: Hashable, Sendable {
    package internal(set) var answers = 0
    /// NXDOMAIN and no data.
    package internal(set) var absences = 0
    package internal(set) var failures = 0
    /// What was dropped to make room, since the start.
    package internal(set) var evictions: UInt64 = 0
    /// Those of them that were no answers.
    package internal(set) var absenceEvictions: UInt64 = 0

    mutating func add(_ kind: CacheEntry.Kind, _ number: Int) {
        switch kind {
        case .answer: answers += number
        case .absence: absences += number
        case .failure: failures += number
        }
    }
}
