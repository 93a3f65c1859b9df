package import ClusterState
package import DNSWire
package import NetworkTypes

/// What can be set of cluster DNS.
package struct ClusterDNSConfiguration: Sendable, Equatable {
    /// The cluster zone, Z in all comments: `cluster.local` as a name.
    package var clusterDomain: DNSName
    /// Where cluster DNS answers on each node: the addresses of `ns.dns.Z`.
    package var addresses: PerFamily<IPAddress>
    /// Where it answers on this node alone, too.
    package var localAddresses: [IPAddress]
    /// The networks that all pods are in. Their reverse names are ours.
    package var podCIDRs: PerFamily<IPPrefix>
    /// The networks that services have addresses of. Their reverse names are ours.
    package var serviceCIDRs: PerFamily<IPPrefix>
    /// How long any answer may be cached, in seconds: 0…3600.
    package var timeToLive: UInt32
    /// How long an address counts as answered after it was last said to be, in seconds: 3 or more. It is said three times
    /// as often.
    package var answeringSeconds: UInt32
    /// The ConfigMap whose key `NodeHosts` holds lines like those of `/etc/hosts`.
    package var nodeHosts: NamespacedName
    /// Which queries are logged.
    package var queryLog: QueryLogRules
    /// The ConfigMap of directives, as CoreDNS has them, that users add.
    package var custom: NamespacedName

    package init(
        clusterDomain: DNSName,
        addresses: PerFamily<IPAddress> = PerFamily(),
        localAddresses: [IPAddress] = [],
        podCIDRs: PerFamily<IPPrefix> = PerFamily(),
        serviceCIDRs: PerFamily<IPPrefix> = PerFamily(),
        timeToLive: UInt32 = 5,
        answeringSeconds: UInt32 = 30,
        nodeHosts: NamespacedName = NamespacedName(namespace: "kube-system", name: "coredns"),
        queryLog: QueryLogRules = QueryLogRules(),
        custom: NamespacedName = NamespacedName(namespace: "kube-system", name: "coredns-custom")
    ) {
        self.clusterDomain = clusterDomain
        self.addresses = addresses
        self.localAddresses = localAddresses
        self.podCIDRs = podCIDRs
        self.serviceCIDRs = serviceCIDRs
        self.timeToLive = timeToLive
        self.answeringSeconds = answeringSeconds
        self.nodeHosts = nodeHosts
        self.queryLog = queryLog
        self.custom = custom
    }

    /// All addresses that the host holds, and that queries come in by.
    package var servedAddresses: [IPAddress] { addresses.values + localAddresses }
}
