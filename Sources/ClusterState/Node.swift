package import NetworkTypes

/// A node of the cluster (v1 Node, with what flannel's annotations say of it).
package struct Node: Hashable, Sendable {
    package var name: NodeName
    package var labels: [String: String]
    package var annotations: [String: String]
    /// The networks that its pods are in: `spec.podCIDRs`, the first of each family.
    package var podCIDRs: PerFamily<IPPrefix>
    /// `status.addresses` of type InternalIP, the first of each family.
    package var internalAddresses: PerFamily<IPAddress>
    /// `status.addresses` of type ExternalIP, the first of each family.
    package var externalAddresses: PerFamily<IPAddress>
    /// `status.addresses` of type Hostname, the first: what the host calls itself, which need not be the Node's name.
    package var hostName: String?
    /// The tunnel endpoints that other nodes send to: flannel's annotations, else the internal addresses.
    package var publicAddresses: PerFamily<IPAddress>
    /// The hardware addresses of its tunnel links, where flannel's `backend-data` annotations name them.
    package var vtep: PerFamily<MACAddress>
    /// flannel's `backend-type` annotation.
    package var backendType: String?
    /// The VXLAN network identifier that flannel's `backend-data` annotation names.
    package var vni: UInt32?
    /// etcd's revision at which the lease that names this node was created: of two that want the same the older keeps
    /// it. Nil where no lease names the node.
    package var leaseCreation: Int64?
    /// What the node's agent says of itself; nil where that is not known, as with manifests or of other programs.
    package var extras: LeaseExtras?

    package init(
        name: NodeName,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        podCIDRs: PerFamily<IPPrefix> = PerFamily(),
        internalAddresses: PerFamily<IPAddress> = PerFamily(),
        externalAddresses: PerFamily<IPAddress> = PerFamily(),
        hostName: String? = nil,
        publicAddresses: PerFamily<IPAddress> = PerFamily(),
        vtep: PerFamily<MACAddress> = PerFamily(),
        backendType: String? = nil,
        vni: UInt32? = nil,
        leaseCreation: Int64? = nil,
        extras: LeaseExtras? = nil
    ) {
        self.name = name
        self.labels = labels
        self.annotations = annotations
        self.podCIDRs = podCIDRs
        self.internalAddresses = internalAddresses
        self.externalAddresses = externalAddresses
        self.hostName = hostName
        self.publicAddresses = publicAddresses
        self.vtep = vtep
        self.backendType = backendType
        self.vni = vni
        self.leaseCreation = leaseCreation
        self.extras = extras
    }
}
