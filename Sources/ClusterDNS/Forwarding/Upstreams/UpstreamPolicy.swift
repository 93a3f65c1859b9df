/// Which of several upstreams is asked first.
package enum UpstreamPolicy: Hashable, Sendable, CaseIterable {
    /// The one with the shortest round trip.
    case quickest
    /// Each in its turn.
    case rotating
    /// The first that works.
    case sequential

    /// By CoreDNS's names. One at random has no advantage over the quickest.
    init?(corefile name: String) {
        switch name {
        case "random": self = .quickest
        case "round_robin": self = .rotating
        case "sequential": self = .sequential
        default: return nil
        }
    }
}
