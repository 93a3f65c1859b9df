import Crypto
import NetworkTypes

/// Who sends requests, as a limit tells them apart.
enum RateSource: Hashable {
    case address(IPAddress)
    case text([UInt8])

    /// With long texts made short, so that memory is bounded.
    fileprivate var bounded: RateSource {
        guard case .text(let octets) = self, octets.count > SHA256.byteCount else { return self }
        return .text(Array(SHA256.hash(data: octets)))
    }
}

/// A bucket of tokens for each source: it fills at the limit's rate, up to its burst, and each request takes one out.
struct RateBuckets {
    private struct Key: Hashable {
        let limit: String
        let source: RateSource
    }

    private struct Bucket {
        var tokens: Double
        /// When `tokens` was true.
        var time: Duration
    }

    private var buckets: RecentlyUsed<Key, Bucket>

    init(capacity: Int) {
        buckets = RecentlyUsed(capacity: capacity)
    }

    var count: Int { buckets.count }

    /// Takes a token out, or says how long it takes until there is one. A source that was forgotten begins with a full
    /// bucket, as a new one does.
    ///
    /// Half a token is enough, or what half a second brings if that is less, and is owed: who sends at the very rate of the
    /// limit is not refused for arriving a little early. Traefik has such a request wait as long instead.
    mutating func wait(for limit: RateLimit, _ source: RateSource, at now: Duration) -> Duration? {
        let key = Key(limit: limit.identity, source: source.bounded)
        let burst = Double(limit.burst)
        var bucket = buckets.value(for: key) ?? Bucket(tokens: burst, time: now)
        let passed = max(.zero, now - bucket.time) / .seconds(1)
        bucket.tokens = min(burst, bucket.tokens + passed * limit.rate)
        bucket.time = max(bucket.time, now)
        let needed = 1 - min(0.5, limit.rate / 2)
        let missing = needed - bucket.tokens
        if missing <= 0 { bucket.tokens -= 1 }
        buckets.set(bucket, for: key)
        return missing <= 0 ? nil : .seconds(missing / limit.rate)
    }
}
