import Logging
import Supervision
import Synchronization

/// What is wrong with upstreams over TLS, as last seen: for status and log.
final class UpstreamTroubles: Sendable {
    private let logger: Logger
    private let troubles = Mutex<[Upstream: String]>([:])
    private let changed: AsyncStream<Void>.Continuation
    /// Says that something else is wrong than before. For one reader.
    let changes: AsyncStream<Void>

    init(logger: Logger) {
        self.logger = logger
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// - Parameter trouble: nil if the upstream can be reached.
    func note(_ trouble: String?, with upstream: Upstream) {
        let former = troubles.withLock { troubles in
            defer { troubles[upstream] = trouble }
            return troubles[upstream]
        }
        guard former != trouble else { return }
        if let trouble {
            logger.log(.warning, "a name server cannot be asked", [.peer: "\(upstream)", .error: trouble])
        } else {
            logger.log(.info, "a name server can be asked again", [.peer: "\(upstream)"])
        }
        changed.yield()
    }

    /// What is wrong with these, for people; nil for nothing.
    func complaint(about upstreams: [Upstream]) -> String? {
        let found = troubles.withLock { troubles in
            upstreams.compactMap { upstream in troubles[upstream].map { "\(upstream): \($0)" } }
        }
        return found.isEmpty ? nil : found.joined(separator: "; ")
    }
}
