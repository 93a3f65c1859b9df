package import ClusterDNS
package import Ingress
package import NetworkTypes

/// Everything that can be set, parsed and free of contradictions. It does not change while the agent runs, except for
/// what SIGHUP applies.
package struct AgentConfiguration: Sendable, Equatable {
    package var node: NodeIdentity
    /// Where cluster state comes from.
    package var source: ClusterSourceConfiguration
    package var network: ClusterNetwork
    package var flannel: FlannelConfiguration
    /// The capabilities that are switched off.
    package var disabled: Set<DisabledCapability>
    /// The upstream name servers.
    package var nameServers: NameServerSettings
    /// Where cluster DNS answers on this node alone, beside its addresses in the cluster.
    package var localDNSAddresses: [IPAddress]
    /// Which DNS queries are logged, by what became of them.
    package var queryLog: QueryClasses
    package var ingress: IngressSettings
    /// Whether keys of certificates in use may be kept under the state directory.
    package var persistsSecrets: Bool
    package var paths: AgentPaths
    /// Where Prometheus and health checks are answered.
    package var metricsAddresses: [ListenAddress]
    /// How often everything is compared with the kernel although nothing was notified.
    package var auditInterval: Duration
    package var log: LogConfiguration
    /// What was accepted and has no effect, for status and log.
    package var notices: [String]

    package init(
        node: NodeIdentity,
        source: ClusterSourceConfiguration = .manifests("/etc/linnet/manifests"),
        network: ClusterNetwork = ClusterNetwork(),
        flannel: FlannelConfiguration = FlannelConfiguration(),
        disabled: Set<DisabledCapability> = [],
        nameServers: NameServerSettings = NameServerSettings(),
        localDNSAddresses: [IPAddress] = [],
        queryLog: QueryClasses = [],
        ingress: IngressSettings = IngressSettings(),
        persistsSecrets: Bool = true,
        paths: AgentPaths = AgentPaths(),
        metricsAddresses: [ListenAddress] = [ListenAddress(address: .v4(IPv4Address(127, 0, 0, 1)), port: 9477)],
        auditInterval: Duration = .seconds(300),
        log: LogConfiguration = LogConfiguration(),
        notices: [String] = []
    ) {
        self.node = node
        self.source = source
        self.network = network
        self.flannel = flannel
        self.disabled = disabled
        self.nameServers = nameServers
        self.localDNSAddresses = localDNSAddresses
        self.queryLog = queryLog
        self.ingress = ingress
        self.persistsSecrets = persistsSecrets
        self.paths = paths
        self.metricsAddresses = metricsAddresses
        self.auditInterval = auditInterval
        self.log = log
        self.notices = notices
    }
}

/// What this node is called and how others reach it.
package struct NodeIdentity: Sendable, Equatable {
    /// An RFC 1123 subdomain: the name of the Node object.
    package var name: String
    /// The addresses given for the node. A family without one is taken from the default route's interface.
    package var addresses: PerFamily<IPAddress>
    /// The addresses by which nodes outside the local network reach this one.
    package var externalAddresses: PerFamily<IPAddress>

    package init(
        name: String,
        addresses: PerFamily<IPAddress> = PerFamily(),
        externalAddresses: PerFamily<IPAddress> = PerFamily()
    ) {
        self.name = name
        self.addresses = addresses
        self.externalAddresses = externalAddresses
    }
}

/// The switches of `--disable`, by their names there.
package enum DisabledCapability: String, Sendable, Hashable, CaseIterable {
    /// Cluster DNS.
    case clusterDNS = "coredns"
    /// Ports of services of type LoadBalancer.
    case loadBalancer = "servicelb"
    /// Cluster addresses and node ports of services.
    case clusterAddresses = "kube-proxy"
    /// HTTP and HTTPS by host and path.
    case ingress = "traefik"
}

/// What the HTTP entry of a node serves.
package struct IngressSettings: Sendable, Equatable {
    /// Names of the ingress classes that are served.
    package var classes: [String]
    /// Names of the classes whose objects' status Linnet writes.
    package var statusClasses: [String]
    package var httpPort: UInt16
    package var httpsPort: UInt16
    /// How requests are logged.
    package var accessLog: AccessLogFormat
    /// Whether endpoints on this node go before others.
    package var prefersSameNode: Bool
    /// Whether services of type ExternalName are called.
    package var allowsExternalNames: Bool
    /// Whether several slashes in a row count as one in paths.
    package var mergesSlashes: Bool
    /// Whether requests may have octets that are not ASCII in their targets.
    package var allowsNonASCIIPaths: Bool
    /// Whose word about clients counts.
    package var peers: PeerTrust

    package init(
        classes: [String] = ["linnet", "traefik"],
        statusClasses: [String] = ["linnet"],
        httpPort: UInt16 = 80,
        httpsPort: UInt16 = 443,
        accessLog: AccessLogFormat = .off,
        prefersSameNode: Bool = false,
        allowsExternalNames: Bool = false,
        mergesSlashes: Bool = true,
        allowsNonASCIIPaths: Bool = false,
        peers: PeerTrust = PeerTrust()
    ) {
        self.classes = classes
        self.statusClasses = statusClasses
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.accessLog = accessLog
        self.prefersSameNode = prefersSameNode
        self.allowsExternalNames = allowsExternalNames
        self.mergesSlashes = mergesSlashes
        self.allowsNonASCIIPaths = allowsNonASCIIPaths
        self.peers = peers
    }
}

/// Directories and files of the host, all of them absolute paths.
package struct AgentPaths: Sendable, Equatable {
    /// What outlives a boot: the lease, the last snapshot.
    package var state: String
    /// What does not: the status socket.
    package var run: String
    /// Flannel's `subnet.env`.
    package var subnetFile: String
    /// Where container runtimes look for CNI configuration.
    package var cniConfiguration: String
    /// Where container runtimes look for CNI plugins.
    package var cniBinaries: String
    /// Where host-local and `linnet-cni` keep address reservations.
    package var cniState: String

    package init(
        state: String = "/var/lib/linnet",
        run: String = "/run/linnet",
        subnetFile: String = "/run/flannel/subnet.env",
        cniConfiguration: String = "/etc/cni/net.d",
        cniBinaries: String = "/opt/cni/bin",
        cniState: String = "/var/lib/cni/networks"
    ) {
        self.state = state
        self.run = run
        self.subnetFile = subnetFile
        self.cniConfiguration = cniConfiguration
        self.cniBinaries = cniBinaries
        self.cniState = cniState
    }

    /// When cluster DNS stopped answering.
    var answerGap: String { "\(run)/dns-ended" }
}
