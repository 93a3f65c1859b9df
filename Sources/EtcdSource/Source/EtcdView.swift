import ClusterState
import Synchronization

/// What the source sees of the leases, for the registry: etcd need not be asked for what its watch has said already.
package final class EtcdView: Sendable {
    private struct State {
        var config: KeyValue?
        var leases: [SubnetKey: RegisteredLease] = [:]
        /// The leases whose changes wake; nil lets any wake.
        var interest: LeaseInterest?
        var claimants: [SubnetKey: NodeName?] = [:]
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

    /// Names the leases whose changes are of interest; nil for any.
    func watch(_ interest: LeaseInterest?) {
        state.withLock { state in
            state.interest = interest
            state.claimants = interest?.claimants(among: state.leases.values) ?? [:]
        }
    }

    /// The other leases of interest as they are seen now, each with the node that it is of; nil for flanneld's.
    var claimants: [SubnetKey: NodeName?] { state.withLock(\.claimants) }

    func lease(_ key: SubnetKey) -> RegisteredLease? { state.withLock { $0.leases[key] } }
    var config: KeyValue? { state.withLock(\.config) }

    func update(_ tree: EtcdTree, _ outcome: EtcdTree.Outcome) {
        let listener = state.withLock { state in
            state.config = tree.config
            var concerns = false
            // Only what differs: a copy of all would be made with each event.
            for key in outcome.leases {
                let lease = tree.leases[key]
                state.leases[key] = lease
                guard let interest = state.interest else {
                    concerns = true
                    continue
                }
                let (was, claimant) = (state.claimants[key], lease.flatMap { interest.isClaimant($0) ? $0 : nil })
                if let claimant {
                    state.claimants[key] = .some(claimant.extras?.node)
                } else {
                    state.claimants.removeValue(forKey: key)
                }
                if key == interest.key || was != state.claimants[key] { concerns = true }
            }
            return outcome.hasNewConfig || concerns ? state.listener : nil
        }
        listener?.yield()
    }
}
