import ClusterState
import NetworkTypes

extension EtcdLeaseRegistry {
    /// A lease that is this node's now.
    struct Taken {
        var lease: NodeLease
        var registered: RegisteredLease
        var leaseID: Int64
        /// How long it lasts, in seconds.
        var remaining: Int64
    }

    /// Writes what was decided. Nil if etcd has changed meanwhile.
    func take(
        _ decision: SubnetChoice.Decision,
        giving surplus: [RegisteredLease],
        _ request: LeaseRequest,
        _ snapshot: ClusterSnapshot
    ) async throws(EtcdError) -> Taken? {
        let present: RegisteredLease? = if case .take(let lease) = decision { lease } else { nil }
        let isOwn = present?.extras?.node == request.node
        let vtep = linkAddresses(request, snapshot, isOwn ? present : nil)
        let record = LeaseRecord(
            publicAddresses: request.publicAddresses,
            backendType: request.backendType,
            vni: request.vni,
            vtep: vtep
        )
        let lease = NodeLease(
            node: request.node,
            podCIDRs: decision.key.subnets,
            underlay: request.underlay,
            publicAddresses: request.publicAddresses,
            vtep: vtep,
            backendType: request.backendType
        )
        let isReservation = present?.leaseID == 0
        // Our own etcd lease goes on; flanneld's is left to end by itself.
        let known = isOwn && !isReservation ? present?.leaseID : holding?.leaseID
        let (leaseID, remaining, isNew) = try await etcdLease(known)
        var registered = RegisteredLease(
            key: decision.key,
            record: record,
            leaseID: isReservation ? 0 : leaseID,
            revision: present?.revision ?? 0,
            extras: wantedExtras(request)
        )
        if let present, present == registered, surplus.isEmpty {
            return Taken(lease: lease, registered: registered, leaseID: leaseID, remaining: remaining)
        }
        var operations: [Transaction.Operation] = []
        if present?.record != record || present?.leaseID != registered.leaseID {
            operations.append(.put(keys.lease(decision.key), value: record.json, leaseID: registered.leaseID))
        }
        let extras = wantedExtras(request).json
        operations.append(.put(keys.extras(of: decision.key), value: extras, leaseID: leaseID))
        for old in surplus { operations += [.delete(keys.lease(old.key)), .delete(keys.extras(of: old.key))] }
        let condition: Transaction.Condition =
            if let present {
                .unchanged(keys.lease(decision.key), revision: present.revision)
            } else {
                .absent(keys.lease(decision.key))
            }
        guard try await client.commit(Transaction(if: [condition], then: operations)) else {
            if isNew { try await client.revokeLease(leaseID) }
            return nil
        }
        registered.revision = 0
        return Taken(lease: lease, registered: registered, leaseID: leaseID, remaining: remaining)
    }

    /// The etcd lease to bind to: the one there is, renewed if that is due, else a new one.
    private func etcdLease(
        _ known: Int64?
    ) async throws(EtcdError) -> (id: Int64, remaining: Int64, isNew: Bool) {
        if let known, known != 0 {
            let remaining = try await client.remainingSeconds(ofLease: known)
            if let remaining, remaining > term * 2 / 3 { return (known, remaining, false) }
            if let renewed = try await client.renewLease(known) { return (known, renewed, false) }
        }
        return (try await client.grantLease(seconds: term), term, true)
    }

    /// The hardware addresses of the tunnel links: those that are there, else those that were, else made of the name.
    private func linkAddresses(
        _ request: LeaseRequest,
        _ snapshot: ClusterSnapshot,
        _ own: RegisteredLease?
    ) -> PerFamily<MACAddress> {
        guard request.backendType == "vxlan" else { return PerFamily() }
        var addresses = PerFamily<MACAddress>()
        for family in request.underlay.families {
            addresses[family] =
                request.vtep[family] ?? own?.record.vtep[family] ?? snapshot.ownLease?.vtep[family]
                ?? VTEPAddress.derived(for: request.node, vni: request.vni, family: family)
        }
        return addresses
    }
}
