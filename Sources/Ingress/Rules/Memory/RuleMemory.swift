package import Crypto
import Synchronization

/// What rules remember from one request to the next: how much each source has sent, and which passwords were right. One
/// for all loops, since a limit is one for all of them.
package final class RuleMemory: Sendable {
    private struct State {
        var buckets: RateBuckets
        var passwords: PasswordMemo
    }

    private let state: Mutex<State>
    /// Made anew with each process, so that what is remembered of passwords is worth nothing elsewhere.
    let key: SymmetricKey

    package init(key: SymmetricKey = SymmetricKey(size: .bits256), sources: Int = 32_768, passwords: Int = 4_096) {
        self.key = key
        state = Mutex(State(buckets: RateBuckets(capacity: sources), passwords: PasswordMemo(capacity: passwords)))
    }

    /// Nil if a source may send one more request, else how long it should wait.
    func wait(for limit: RateLimit, _ source: RateSource, at now: Duration) -> Duration? {
        state.withLock { $0.buckets.wait(for: limit, source, at: now) }
    }

    /// Whether a password was right; nil if that is not known.
    func isRight(_ key: PasswordCheck.Key) -> Bool? { state.withLock { $0.passwords.isRight(key) } }

    func remember(_ key: PasswordCheck.Key, isRight: Bool) {
        state.withLock { $0.passwords.remember(key, isRight: isRight) }
    }
}
