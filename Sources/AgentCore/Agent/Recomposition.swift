import Synchronization

/// Ends one composition of the agent: another one follows, by the cluster's rules, or none.
final class Recomposition: Sendable {
    enum Outcome: Sendable {
        case adopt(AgentConfiguration)
        case fail(ConfigurationError)
    }

    /// One element, once there is an outcome.
    let requests: AsyncStream<Void>
    private let request: AsyncStream<Void>.Continuation
    private let state = Mutex<Outcome?>(nil)

    init() {
        (requests, request) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// What comes next; nil while the agent is to run as it is.
    var outcome: Outcome? { state.withLock { $0 } }

    func end(with outcome: Outcome) {
        state.withLock { $0 = $0 ?? outcome }
        request.yield()
    }
}
