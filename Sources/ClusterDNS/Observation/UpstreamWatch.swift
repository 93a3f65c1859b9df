import Synchronization

/// What the workers found out about upstreams that is of no good.
final class UpstreamWatch: Sendable {
    /// Between two looks.
    static let pause = Duration.seconds(5)

    private let found = Mutex<[String]>([])

    /// For people, one text for each upstream.
    var complaints: [String] { found.withLock { $0 } }

    /// Takes what the workers report. Returns whether it is something else than before.
    func take(_ reports: [WorkerReport]) -> Bool {
        let new = Self.complaints(about: reports.flatMap(\.upstreams))
        return found.withLock { found in
            defer { found = new }
            return found != new
        }
    }

    /// - Parameter all: as each worker sees them. Of those that are spoken to over TLS `UpstreamTroubles` tells.
    static func complaints(about all: [UpstreamStatus]) -> [String] {
        let plain = all.filter { $0.upstream.security == .none }
        return Dictionary(grouping: plain, by: \.upstream)
            .compactMap { upstream, views in complaint(about: upstream, views) }
            .sorted()
    }

    /// Who asked it last knows best how it is doing.
    private static func complaint(about upstream: Upstream, _ views: [UpstreamStatus]) -> String? {
        if views.contains(where: { $0.condition == .looping }) {
            return "name server \(upstream) is not asked, since it asks us: name another one"
        }
        let asked = views.filter { $0.idleTime != nil }
        let last = asked.min { ($0.idleTime ?? .zero) < ($1.idleTime ?? .zero) }
        guard case .failing(let fault)? = last?.condition else { return nil }
        return "name server \(upstream): \(fault)"
    }
}
