package import ClusterState
import LinuxSystem
import NetworkTypes

/// The registry of leases in etcd, by flannel's layout and rules.
///
/// What the source's watch has said is not asked for again: `acquire` talks to etcd only when something differs from
/// what this node wrote, or its lease is due for renewal.
package actor EtcdLeaseRegistry: LeaseRegistry {
    /// What this node holds, as it wrote it.
    struct Holding: Sendable {
        var lease: NodeLease
        var request: LeaseRequest
        var registered: RegisteredLease
        /// The etcd lease of the extras, and of the key unless that is a reservation.
        var leaseID: Int64
        var configuration: [UInt8]
        var renewAt: ContinuousClock.Instant
    }

    /// What an agent says to the configuration that is in etcd.
    package enum Verdict: Sendable, Hashable {
        /// It was composed with this.
        case agreed
        /// It takes this up, and is composed anew.
        case adopted
        /// It cannot work with this, for this reason.
        case refused(String)
    }

    /// What the agent makes of the network's configuration.
    package struct Agreement: Sendable {
        /// What to write where there is none; nil leaves that to another node.
        package var initial: String?
        package var judge: @Sendable (String) -> Verdict

        package init(initial: String?, judge: @escaping @Sendable (String) -> Verdict) {
            self.initial = initial
            self.judge = judge
        }
    }

    /// flannel's: a day.
    package static let term: Int64 = 86_400
    /// How often a lost race is run again at once.
    static let attempts = 10

    let client: EtcdClient
    let keys: EtcdKeys
    let view: EtcdView
    private let agreement: Agreement
    private let subnetFile: String
    let term: Int64
    private var extras = LeaseExtras(agentVersion: "", readyCapabilities: [])
    private(set) var holding: Holding?
    private var rivals: [RegisteredLease] = []

    /// - Parameters:
    ///   - subnetFile: flannel's `subnet.env`, which names the subnets that the node had.
    ///   - term: of the lease, in seconds.
    package init(
        client: EtcdClient,
        keys: EtcdKeys,
        view: EtcdView,
        agreement: Agreement,
        subnetFile: String,
        term: Int64 = EtcdLeaseRegistry.term
    ) {
        self.client = client
        self.keys = keys
        self.view = view
        self.agreement = agreement
        self.subnetFile = subnetFile
        self.term = term
    }

    package nonisolated var vtepPolicy: VTEPPolicy { .adoptExisting }

    package nonisolated func changes() -> AsyncStream<Void> { view.changes() }

    package nonisolated var reviewInterval: Duration? { .seconds(Double(term) / 12) }

    package func publish(_ extras: LeaseExtras) async { self.extras = extras }

    package func complaints() async -> [String] {
        rivals.map { rival in
            let address = rival.record.publicAddresses.values.map(\.description).joined(separator: ", ")
            return
                "node '\(rival.extras?.node.rawValue ?? "")' has the public address \(address) of this node too, and "
                + "the lease \(rival.key): packets for one reach the other. Give one of them --node-ip or "
                + "--node-external-ip with an address of its own"
        }
    }

    package func acquire(
        _ request: LeaseRequest,
        seeing snapshot: ClusterSnapshot
    ) async throws(LeaseError) -> NodeLease {
        if let holding, isCurrent(holding, request) { return holding.lease }
        let result: Result<NodeLease, LeaseError>
        do throws(EtcdError) {
            result = try await confirm(request, snapshot)
        } catch {
            throw .registry("\(error)")
        }
        return try result.get()
    }

    /// Whether all is as this node wrote it.
    private func isCurrent(_ holding: Holding, _ request: LeaseRequest) -> Bool {
        guard holding.request == request, ContinuousClock.now < holding.renewAt else { return false }
        guard let seen = view.lease(holding.registered.key), view.config?.value == holding.configuration else {
            return false
        }
        return seen.record == holding.registered.record && seen.leaseID == holding.registered.leaseID
            && seen.extras == wantedExtras(request)
    }

    func wantedExtras(_ request: LeaseRequest) -> LeaseExtrasRecord {
        LeaseExtrasRecord(node: request.node, extras: extras, addresses: request.underlay)
    }

    // MARK: Asking etcd

    private func confirm(
        _ request: LeaseRequest,
        _ snapshot: ClusterSnapshot
    ) async throws(EtcdError) -> Result<NodeLease, LeaseError> {
        let text: String
        switch try await configurationText() {
        case .success(let found): text = found
        case .failure(let error): return .failure(error)
        }
        let network: NetworkConfiguration
        do throws(NetworkConfigurationError) {
            network = try NetworkConfiguration(parsing: text)
        } catch {
            return .failure(.registry("\(keys.config) in etcd cannot be used: \(error)"))
        }
        var random = SystemRandomNumberGenerator()
        for _ in 1...Self.attempts {
            let leases = try await registeredLeases()
            let choice = SubnetChoice(
                network: network,
                node: request.node,
                publicAddresses: request.publicAddresses,
                previous: previousSubnets(snapshot)
            )
            let decision: SubnetChoice.Decision
            do throws(OutOfSubnets) {
                decision = try choice.decide(among: leases, using: &random)
            } catch {
                view.watch(nil)
                return .failure(.outOfSubnets(network: error.pool.network, length: error.pool.length))
            }
            rivals = choice.rivals(among: leases)
            let surplus = choice.surplus(among: leases, keeping: decision.key)
            guard let taken = try await take(decision, giving: surplus, request, snapshot) else { continue }
            holding = Holding(
                lease: taken.lease,
                request: request,
                registered: taken.registered,
                leaseID: taken.leaseID,
                configuration: Array(text.utf8),
                renewAt: .now + .seconds(max(0, taken.remaining - term * 2 / 3))
            )
            view.watch(decision.key)
            return .success(taken.lease)
        }
        return .failure(.lostRaces(Self.attempts))
    }

    /// The network's configuration, which is made if there is none.
    private func configurationText() async throws(EtcdError) -> Result<String, LeaseError> {
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
        let text = String(decoding: pair?.value ?? [], as: UTF8.self)
        switch agreement.judge(text) {
        case .agreed: return .success(text)
        case .adopted: return .failure(.rulesChanged("\(keys.config) in etcd is taken up"))
        case .refused(let reason): return .failure(.registry(reason))
        }
    }

    /// All leases with their extras, as etcd has them now.
    private func registeredLeases() async throws(EtcdError) -> [RegisteredLease] {
        var extras: [SubnetKey: LeaseExtrasRecord] = [:]
        // First the extras: those of a lease that comes meanwhile are then missing, and its key is only taken.
        for pair in try await client.list(keys.extras).pairs {
            guard let key = SubnetKey(parsing: pair.key.dropFirst(keys.extras.count)) else { continue }
            extras[key] = LeaseExtrasRecord(parsing: pair.value)
        }
        return try await client.list(keys.subnets).pairs.compactMap { pair in
            guard let key = SubnetKey(parsing: pair.key.dropFirst(keys.subnets.count)) else { return nil }
            // A value that is rubbish takes its subnet all the same.
            let record =
                (try? LeaseRecord(parsing: pair.value))
                ?? LeaseRecord(publicAddresses: PerFamily(), backendType: nil)
            return RegisteredLease(
                key: key,
                record: record,
                leaseID: pair.leaseID,
                revision: pair.revision,
                extras: extras[key]
            )
        }
    }

    /// What this node had: as it remembers, and as flannel or an earlier run wrote it.
    private func previousSubnets(_ snapshot: ClusterSnapshot) -> [PerFamily<IPPrefix>] {
        let held = [holding?.lease.podCIDRs, snapshot.ownLease?.podCIDRs].compactMap(\.self)
        return held + [SubnetFile.subnets(in: subnetFile)].filter { !$0.isEmpty }
    }
}
