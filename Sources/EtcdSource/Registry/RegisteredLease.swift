/// One key under `<prefix>/subnets/` as it stands in etcd, with the extras beside it.
package struct RegisteredLease: Hashable, Sendable {
    package var key: SubnetKey
    package var record: LeaseRecord
    /// The etcd lease that the key is bound to; 0 for a reservation, which never expires.
    package var leaseID: Int64
    /// The revision at which the key was last written.
    package var revision: Int64
    /// The revision at which the key was created, which renewals leave as it is.
    package var creation: Int64
    /// What a Linnet node says beside it; nil for flanneld's.
    package var extras: LeaseExtrasRecord?
    /// The etcd lease that the extras are bound to, which of a reservation is another one; 0 without extras.
    package var extrasLeaseID: Int64

    package init(
        key: SubnetKey,
        record: LeaseRecord,
        leaseID: Int64,
        revision: Int64,
        creation: Int64 = 1,
        extras: LeaseExtrasRecord? = nil,
        extrasLeaseID: Int64 = 0
    ) {
        self.key = key
        self.record = record
        self.leaseID = leaseID
        self.revision = revision
        self.creation = creation
        self.extras = extras
        self.extrasLeaseID = extrasLeaseID
    }
}
