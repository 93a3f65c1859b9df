import Synchronization

/// What is wrong with upstreams, for status and log: of those in the open what the workers found out, of those over TLS what
/// connections to them came to last.
final class UpstreamTroubles: Sendable {
    fileprivate struct State {
        var statuses: [UpstreamStatus] = []
        var connections: [Upstream: String] = [:]
    }

    /// Between two looks at what the workers found out.
    static let pause = Duration.seconds(5)

    private let state = Mutex(State())
    private let changed: AsyncStream<Void>.Continuation
    /// Says that something else is wrong than before. For one reader.
    let changes: AsyncStream<Void>

    init() {
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// For people, one text for each upstream that is of no good.
    var complaints: [String] { state.withLock(\.complaints) }

    /// Takes how all upstreams are doing, as each worker sees them.
    func take(_ statuses: [UpstreamStatus]) {
        guard !statuses.isEmpty else { return }
        let present = Set(statuses.map(\.upstream))
        update { state in
            state.statuses = statuses
            state.connections = state.connections.filter { present.contains($0.key) }
        }
    }

    /// Takes what came of a connection.
    ///
    /// - Parameter trouble: nil if the upstream can be reached.
    func note(_ trouble: String?, with upstream: Upstream) {
        update { $0.connections[upstream] = trouble }
    }

    private func update(_ change: (inout State) -> Void) {
        let isNews = state.withLock { state in
            let former = state.complaints
            change(&state)
            return state.complaints != former
        }
        if isNews { changed.yield() }
    }
}

extension UpstreamTroubles.State {
    var complaints: [String] {
        let views = Dictionary(grouping: statuses, by: \.upstream)
        return Set(views.keys).union(connections.keys)
            .compactMap { complaint(about: $0, views[$0] ?? []) }
            .sorted()
    }

    /// Who asked it last knows best how it is doing.
    private func complaint(about upstream: Upstream, _ views: [UpstreamStatus]) -> String? {
        if views.contains(where: { $0.condition == .looping }) {
            return "name server \(upstream) is not asked, since it asks us: name another one"
        }
        if upstream.security != .none { return connections[upstream].map { "name server \(upstream): \($0)" } }
        let asked = views.filter { $0.idleTime != nil }
        let last = asked.min { ($0.idleTime ?? .zero) < ($1.idleTime ?? .zero) }
        guard case .failing(let fault)? = last?.condition else { return nil }
        return "name server \(upstream): \(fault)"
    }
}
