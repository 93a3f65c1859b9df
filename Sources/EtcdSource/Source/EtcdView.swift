import Synchronization

/// What the source sees of the leases, for the registry: etcd need not be asked for what its watch has said already.
package final class EtcdView: Sendable {
    private struct State {
        var config: KeyValue?
        var leases: [SubnetKey: RegisteredLease] = [:]
        /// The last revision that was seen; 0 before the first list.
        var revision: Int64 = 0
        /// The lease whose changes wake; nil lets any wake.
        var watched: SubnetKey?
        var listener: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    package init() {}

    /// Says that the configuration or the lease that is watched changed. The newest caller is told.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listener = continuation }
        return stream
    }

    /// Names the lease whose changes are of interest.
    func watch(_ key: SubnetKey?) {
        state.withLock { $0.watched = key }
    }

    func lease(_ key: SubnetKey) -> RegisteredLease? { state.withLock { $0.leases[key] } }
    var config: KeyValue? { state.withLock(\.config) }
    var revision: Int64 { state.withLock(\.revision) }

    func update(_ tree: EtcdTree, _ outcome: EtcdTree.Outcome, revision: Int64) {
        let listener = state.withLock { state in
            state.config = tree.config
            state.leases = tree.leases
            state.revision = revision
            let concerns = outcome.leases.contains { state.watched == nil || state.watched == $0 }
            return outcome.hasNewConfig || concerns ? state.listener : nil
        }
        listener?.yield()
    }
}
