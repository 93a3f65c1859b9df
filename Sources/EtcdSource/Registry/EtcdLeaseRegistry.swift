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
        var rules: Rules
        /// Leases of others that named this node or an address of it.
        var claimants: [SubnetKey: NodeName?]
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
        /// What the last run worked by, for as long as what is in etcd cannot be used.
        package var kept: String?
        package var judge: @Sendable (String) -> Verdict

        package init(initial: String?, kept: String? = nil, judge: @escaping @Sendable (String) -> Verdict) {
            self.initial = initial
            self.kept = kept
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
    private let instance: String
    let agreement: Agreement
    private let subnetFile: String
    let term: Int64
    private var extras = LeaseExtras(agentVersion: "", readyCapabilities: [])
    private(set) var holding: Holding?
    /// An etcd lease that was granted and is not known to hold anything yet: the next attempt uses it.
    private(set) var spare: Int64?
    private var rivals: [RegisteredLease] = []

    /// - Parameters:
    ///   - instance: which machine this is: another one of the same name has another.
    ///   - subnetFile: flannel's `subnet.env`, which names the subnets that the node had.
    ///   - term: of the lease, in seconds.
    package init(
        client: EtcdClient,
        keys: EtcdKeys,
        view: EtcdView,
        instance: String = "",
        agreement: Agreement,
        subnetFile: String,
        term: Int64 = EtcdLeaseRegistry.term
    ) {
        self.client = client
        self.keys = keys
        self.view = view
        self.instance = instance
        self.agreement = agreement
        self.subnetFile = subnetFile
        self.term = term
    }

    package nonisolated var vtepPolicy: VTEPPolicy { .adoptExisting }

    package nonisolated func changes() -> AsyncStream<Void> { view.changes() }

    package nonisolated var reviewInterval: Duration? { .seconds(Double(term) / 12) }

    package func publish(_ extras: LeaseExtras) async { self.extras = extras }

    package func complaints() async -> [String] {
        [holding?.rules.complaint].compactMap(\.self)
            + rivals.map { rival in
                let own = holding?.request.publicAddresses.values ?? []
                let address = rival.record.publicAddresses.values.filter { own.contains($0) }.map(\.description)
                    .joined(separator: ", ")
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
        guard view.claimants == holding.claimants else { return false }
        guard let seen = view.lease(holding.registered.key), view.config?.value == holding.rules.seen else {
            return false
        }
        var wanted = holding.registered
        (wanted.extras, wanted.revision) = (wantedExtras(request, over: seen.extras), seen.revision)
        wanted.creation = seen.creation
        return seen == wanted
    }

    /// - Parameter present: what stands there now.
    func wantedExtras(_ request: LeaseRequest, over present: LeaseExtrasRecord?) -> LeaseExtrasRecord {
        var extras = extras
        if extras.readyCapabilities == nil {
            extras.readyCapabilities = present?.extras.readyCapabilities ?? []
            extras.refusedPorts = present?.extras.refusedPorts ?? []
        }
        return LeaseExtrasRecord(
            node: request.node,
            instance: instance,
            extras: extras,
            addresses: request.underlay,
            externalAddresses: request.externalAddresses
        )
    }

    /// Remembers an etcd lease that nothing is bound to yet.
    func keep(_ granted: Int64) { spare = granted }

    /// An etcd lease holds what it is for.
    func use(_ leaseID: Int64) {
        if spare == leaseID { spare = nil }
    }

    // MARK: Asking etcd

    private func confirm(
        _ request: LeaseRequest,
        _ snapshot: ClusterSnapshot
    ) async throws(EtcdError) -> Result<NodeLease, LeaseError> {
        let rules: Rules
        switch try await currentRules() {
        case .success(let found): rules = found
        case .failure(let error): return .failure(error)
        }
        var random = SystemRandomNumberGenerator()
        for _ in 1...Self.attempts {
            let leases = try await registeredLeases()
            let choice = SubnetChoice(
                network: rules.network,
                node: request.node,
                instance: instance,
                publicAddresses: request.publicAddresses,
                previous: previousSubnets(snapshot)
            )
            if let other = namesake(choice, leases, request) {
                view.watch(nil)
                return .failure(.registry(complaint(of: other, request)))
            }
            let decision: SubnetChoice.Decision
            do throws(OutOfSubnets) {
                decision = try choice.decide(among: leases, using: &random)
            } catch {
                view.watch(nil)
                return .failure(.outOfSubnets(network: error.pool.network, length: error.pool.length))
            }
            rivals = choice.rivals(among: leases)
            let surplus = choice.surplus(among: leases, keeping: decision.key)
            let interest = LeaseInterest(
                key: decision.key,
                node: request.node,
                publicAddresses: request.publicAddresses
            )
            guard let taken = try await take(decision, giving: surplus, request, snapshot) else { continue }
            holding = Holding(
                lease: taken.lease,
                request: request,
                registered: taken.registered,
                leaseID: taken.leaseID,
                rules: rules,
                claimants: interest.claimants(among: leases.filter { !surplus.contains($0) }),
                renewAt: .now + .seconds(max(0, taken.remaining - term * 2 / 3))
            )
            view.watch(interest)
            return .success(taken.lease)
        }
        return .failure(.lostRaces(Self.attempts))
    }

    /// The lease of another machine that has this node's name.
    ///
    /// One that wrote over the lease that this node holds is another machine too, however alike the two are: writing
    /// over it again would go on for ever.
    private func namesake(
        _ choice: SubnetChoice,
        _ leases: [RegisteredLease],
        _ request: LeaseRequest
    ) -> RegisteredLease? {
        let seen = holding.flatMap { held in leases.first { $0.key == held.registered.key } }
        if let holding, let seen, let extras = seen.extras, extras.node == request.node {
            let written = [holding.registered.record.publicAddresses, request.publicAddresses, PerFamily()]
            guard extras.instance == instance, written.contains(seen.record.publicAddresses) else { return seen }
        }
        return leases.contains { choice.isOwn($0) } ? nil : choice.namesake(among: leases)
    }

    private func complaint(of other: RegisteredLease, _ request: LeaseRequest) -> String {
        let text = { (addresses: PerFamily<IPAddress>) in
            addresses.values.map(\.description).joined(separator: ", ")
        }
        return
            "two machines are named '\(request.node)': this one at \(text(request.publicAddresses)), and the one at "
            + "\(text(other.record.publicAddresses)) that has the lease \(other.key). Give one of them another "
            + "--node-name; if the other one is gone, delete \(keys.lease(other.key)) in etcd"
    }

    /// All leases with their extras, as etcd has them now.
    private func registeredLeases() async throws(EtcdError) -> [RegisteredLease] {
        let leases = try await client.list(keys.subnets)
        // As they were at the same moment: a lease and its extras are written as one.
        let besides = try await client.list(keys.extras, at: leases.revision)
        var extras: [SubnetKey: KeyValue] = [:]
        for pair in besides.pairs {
            guard let key = SubnetKey(parsing: pair.key.dropFirst(keys.extras.count)) else { continue }
            extras[key] = pair
        }
        return leases.pairs.compactMap { pair in
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
                creation: pair.creation,
                extras: extras[key].flatMap { LeaseExtrasRecord(parsing: $0.value) },
                extrasLeaseID: extras[key]?.leaseID ?? 0
            )
        }
    }

    /// What this node had: as it remembers, and as flannel or an earlier run wrote it.
    private func previousSubnets(_ snapshot: ClusterSnapshot) -> [PerFamily<IPPrefix>] {
        let held = [holding?.lease.podCIDRs, snapshot.ownLease?.podCIDRs].compactMap(\.self)
        return held + [SubnetFile.subnets(in: subnetFile)].filter { !$0.isEmpty }
    }
}
