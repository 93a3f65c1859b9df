package import NetworkTypes

/// Where a node takes its pod networks from, and makes its endpoints known.
package protocol LeaseRegistry: Sendable {
    /// Whether a tunnel link that is already there keeps its hardware address.
    var vtepPolicy: VTEPPolicy { get }

    /// Takes the node's lease, or confirms it. Called again whenever the request or the snapshot changes.
    func acquire(_ request: LeaseRequest, seeing snapshot: ClusterSnapshot) async throws(LeaseError) -> NodeLease

    /// Makes known what other Linnet nodes may want to know of this one: with the next `acquire` at the latest.
    func publish(_ extras: LeaseExtras) async

    /// Says that `acquire` should be called again although neither request nor snapshot changed: the lease was taken
    /// away, or the rules changed.
    func changes() -> AsyncStream<Void>

    /// How often `acquire` is to be called although nothing changed, so that a lease is renewed in time; nil for never.
    var reviewInterval: Duration? { get }

    /// What is wrong although the lease is held, as whole phrases.
    func complaints() async -> [String]
}

extension LeaseRegistry {
    /// A registry that nobody else writes to has no changes of its own.
    package func changes() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    package var reviewInterval: Duration? { nil }

    package func complaints() async -> [String] { [] }
}

/// How the hardware address of a tunnel link comes about.
package enum VTEPPolicy: Sendable, Hashable {
    /// From the node's name, since no registry could tell the other nodes: an adopted link is given it.
    case derivedFromName
    /// An adopted link keeps what it has, which is published.
    case adoptExisting
}

/// What a node asks for.
package struct LeaseRequest: Hashable, Sendable {
    package var node: NodeName
    /// The networks that all pods of the cluster are in.
    package var clusterCIDRs: PerFamily<IPPrefix>
    package var underlay: PerFamily<IPAddress>
    package var publicAddresses: PerFamily<IPAddress>
    /// `--node-external-ip`, whether or not peers use it.
    package var externalAddresses: PerFamily<IPAddress>
    package var vni: UInt32
    /// flannel's `backend-type`: only with vxlan are there tunnel links, and with them backend data.
    package var backendType: String
    /// The hardware addresses of tunnel links that are there already.
    package var vtep: PerFamily<MACAddress>

    package init(
        node: NodeName,
        clusterCIDRs: PerFamily<IPPrefix>,
        underlay: PerFamily<IPAddress>,
        publicAddresses: PerFamily<IPAddress>,
        externalAddresses: PerFamily<IPAddress> = PerFamily(),
        vni: UInt32,
        backendType: String = "vxlan",
        vtep: PerFamily<MACAddress> = PerFamily()
    ) {
        self.node = node
        self.clusterCIDRs = clusterCIDRs
        self.underlay = underlay
        self.publicAddresses = publicAddresses
        self.externalAddresses = externalAddresses
        self.vni = vni
        self.backendType = backendType
        self.vtep = vtep
    }
}

/// What goes with a lease under our own prefix.
package struct LeaseExtras: Hashable, Sendable {
    package var agentVersion: String
    /// The names of the capabilities that do their job; nil while some have not said yet, when what was last made known
    /// stays, of refused ports too.
    package var readyCapabilities: [String]?
    /// The ports that something else on the node holds, so that no service is reached by them there: `ipv4/tcp/80`.
    package var refusedPorts: [String]

    package init(agentVersion: String, readyCapabilities: [String]?, refusedPorts: [String] = []) {
        self.agentVersion = agentVersion
        self.readyCapabilities = readyCapabilities
        self.refusedPorts = refusedPorts
    }
}

/// Why there is no lease.
package enum LeaseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The source has not said yet which nodes there are.
    case nodesUnknown
    /// There are Nodes, but none of this name.
    case nodeMissing(NodeName, others: [NodeName])
    /// There is a Node that would say it, but it cannot be read.
    case nodeUnreadable(SourceProblem)
    case noPodCIDR(NodeName)
    case outsideCluster(IPPrefix, cluster: IPPrefix)
    case familyNotInCluster(IPPrefix)
    case overlaps(IPPrefix, IPPrefix, of: NodeName)
    case clusterTooNarrow(IPPrefix)
    case notPersisted(path: String, reason: String)
    /// The registry cannot be asked, or refuses.
    case registry(String)
    /// Its rules differ from those that this node was composed with, which is being mended.
    case rulesChanged(String)
    case outOfSubnets(network: IPPrefix, length: Int)
    /// Others were faster each time.
    case lostRaces(Int)

    package var description: String {
        switch self {
        case .nodesUnknown:
            "the nodes of the cluster are not known yet"
        case .nodeMissing(let name, let others):
            "no Node is named '\(name)', only \(others.map { "'\($0)'" }.joined(separator: ", ")): "
                + "add it, or set --node-name to the name of this node"
        case .nodeUnreadable(let problem):
            "which subnets this node has is not known: \(problem)"
        case .noPodCIDR(let name):
            "Node '\(name)' has no spec.podCIDRs: give it a subnet of the cluster CIDR"
        case .outsideCluster(let subnet, let cluster):
            "podCIDR \(subnet) of this node is not inside the cluster CIDR \(cluster)"
        case .familyNotInCluster(let subnet):
            "podCIDR \(subnet) of this node is \(subnet.family), of which --cluster-cidr names no network"
        case .overlaps(let subnet, let other, let node):
            "podCIDR \(subnet) of this node overlaps \(other) of Node '\(node)'"
        case .clusterTooNarrow(let cluster):
            "cluster CIDR \(cluster) is too narrow for a node's subnet"
        case .registry(let reason): reason
        case .rulesChanged(let reason): reason
        case .outOfSubnets(let network, let length):
            "out of subnets: every /\(length) of \(network) is leased; it is tried again until one is free"
        case .lostRaces(let count):
            "other nodes were faster \(count) times in a row; it is tried again"
        case .notPersisted(let path, let reason):
            "the lease cannot be kept in \(path): \(reason)"
        }
    }
}
