import ClusterState

extension EtcdLeaseRegistry {
    /// The network's configuration as this node goes by it.
    struct Rules: Sendable {
        var network: NetworkConfiguration
        /// What it is read from.
        var text: String
        /// What was in etcd then, which differs from the text if it cannot be used.
        var seen: [UInt8]
        /// Why it differs, as a whole phrase.
        var complaint: String?
    }

    /// The network's configuration, which is made if there is none.
    ///
    /// One that cannot be used does not end anything: the node goes on by the last good one, and renews its lease.
    func currentRules() async throws(EtcdError) -> Result<Rules, LeaseError> {
        var pair = try await client.get(keys.config).pair
        if pair == nil {
            guard let initial = agreement.initial else {
                return .failure(.registry("there is no \(keys.config) in etcd, and this node has no backend to name"))
            }
            let creation = Transaction(
                if: [.absent(keys.config)],
                then: [.put(keys.config, value: initial, leaseID: 0)]
            )
            _ = try await client.commit(creation)
            // Another node may have been faster.
            pair = try await client.get(keys.config).pair
        }
        let seen = pair?.value ?? []
        let text = String(decoding: seen, as: UTF8.self)
        let network: NetworkConfiguration
        do throws(NetworkConfigurationError) {
            network = try NetworkConfiguration(parsing: text)
        } catch {
            return lastGood("\(keys.config) in etcd cannot be used: \(error)", seen)
        }
        switch agreement.judge(text) {
        case .agreed: return .success(Rules(network: network, text: text, seen: seen))
        case .adopted: return .failure(.rulesChanged("\(keys.config) in etcd is taken up"))
        case .refused(let reason): return lastGood(reason, seen)
        }
    }

    private func lastGood(_ problem: String, _ seen: [UInt8]) -> Result<Rules, LeaseError> {
        guard let text = holding?.rules.text ?? agreement.kept, let network = try? NetworkConfiguration(parsing: text)
        else { return .failure(.registry(problem)) }
        let complaint = "\(problem); this node goes on with what it had"
        return .success(Rules(network: network, text: text, seen: seen, complaint: complaint))
    }
}
