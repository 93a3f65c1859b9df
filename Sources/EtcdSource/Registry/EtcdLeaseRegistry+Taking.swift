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
            backendType: request.backendType,
            externalAddresses: request.externalAddresses
        )
        let isReservation = present?.leaseID == 0
        // Our own etcd lease goes on; flanneld's is left to end by itself.
        let known = isOwn ? (isReservation ? present?.extrasLeaseID : present?.leaseID) : nil
        let (leaseID, remaining) = try await etcdLease(known, holding?.leaseID, spare)
        // So many go with the lease itself; etcd takes 128 operations and as many conditions in one transaction.
        let first = surplus.prefix(Self.batch)
        var registered = RegisteredLease(
            key: decision.key,
            record: record,
            leaseID: isReservation ? 0 : leaseID,
            revision: present?.revision ?? 0,
            creation: present?.creation ?? 1,
            extras: wantedExtras(request, over: isOwn ? present?.extras : nil),
            extrasLeaseID: leaseID
        )
        let isThere = present == registered && surplus.isEmpty
        if !isThere {
            let transaction = writing(registered, over: present, giving: first)
            guard try await client.commit(transaction) else { return nil }
            var rest = surplus.dropFirst(Self.batch)
            while !rest.isEmpty {
                let batch = rest.prefix(Self.batch)
                // One that was written meanwhile is looked at again.
                let conditions = batch.map {
                    Transaction.Condition.unchanged(keys.lease($0.key), revision: $0.revision)
                }
                guard try await client.commit(Transaction(if: conditions, then: deletions(of: batch))) else {
                    return nil
                }
                rest = rest.dropFirst(Self.batch)
            }
        }
        use(leaseID)
        registered.revision = 0
        return Taken(lease: lease, registered: registered, leaseID: leaseID, remaining: remaining)
    }

    /// Writes a lease, if what is there is what was seen, and gives up others.
    private func writing(
        _ lease: RegisteredLease,
        over present: RegisteredLease?,
        giving surplus: ArraySlice<RegisteredLease>
    ) -> Transaction {
        var operations: [Transaction.Operation] = []
        if present?.record != lease.record || present?.leaseID != lease.leaseID {
            operations.append(.put(keys.lease(lease.key), value: lease.record.json, leaseID: lease.leaseID))
        }
        if let extras = lease.extras {
            operations.append(.put(keys.extras(of: lease.key), value: extras.json, leaseID: lease.extrasLeaseID))
        }
        operations += deletions(of: surplus)
        let condition: Transaction.Condition =
            if let present {
                .unchanged(keys.lease(lease.key), revision: present.revision)
            } else {
                .absent(keys.lease(lease.key))
            }
        return Transaction(if: [condition], then: operations)
    }

    /// How many leases are given up in one transaction.
    private static let batch = 50

    private func deletions(of leases: ArraySlice<RegisteredLease>) -> [Transaction.Operation] {
        leases.flatMap { [.delete(keys.lease($0.key)), .delete(keys.extras(of: $0.key))] }
    }

    /// The etcd lease to bind to: the first of these that there is, renewed if that is due, else a new one.
    private func etcdLease(_ known: Int64?...) async throws(EtcdError) -> (id: Int64, remaining: Int64) {
        for case let id? in known where id != 0 {
            let remaining = try await client.remainingSeconds(ofLease: id)
            if let remaining, remaining > term * 2 / 3 { return (id, remaining) }
            if let renewed = try await client.renewLease(id) { return (id, renewed) }
        }
        let granted = try await client.grantLease(seconds: term)
        keep(granted)
        return (granted, term)
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
