/// How many requests a source may send (Traefik's RateLimit).
package struct RateLimit: Hashable, Sendable {
    /// By what sources are told apart.
    package enum Criterion: Hashable, Sendable {
        case address(AddressSource)
        /// The first field of this name, in lower case. Requests without it are one source.
        case field(String)
        case host
    }

    /// Tells the buckets of this limit from those of others: a middleware, as one Ingress uses it.
    package var identity: String
    /// Requests a second, above zero.
    package var rate: Double
    /// How many may come at once, at least 1.
    package var burst: Int
    package var criterion: Criterion

    package init(identity: String, rate: Double, burst: Int = 1, criterion: Criterion = .address(.peer())) {
        self.identity = identity
        self.rate = rate
        self.burst = max(1, burst)
        self.criterion = criterion
    }
}
