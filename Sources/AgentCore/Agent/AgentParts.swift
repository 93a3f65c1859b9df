import ClusterDNS
import ClusterState
import DNSWire
import EtcdSource
import Ingress
import LinuxSystem
import Logging
import ManifestSource
import Netlink
import NetworkTypes
import Nftables
import NodeRuleset
import Overlay
import ServiceBalancer
import Supervision

/// What one agent is made of: built once from its configuration, then only run.
struct AgentParts: Sendable {
    let configuration: AgentConfiguration
    let node: NodeName
    let store: SnapshotStore
    let source: any ClusterSource
    let registry: any LeaseRegistry
    /// Nil with another source.
    private let etcd: EtcdParts?
    /// How this composition of the agent ends before it is told to stop.
    let recomposition = Recomposition()
    /// Where the snapshot outlives the process.
    let snapshotFiles: SnapshotFiles
    let savingOutcome = SavingOutcome()
    let ruleset: NodeRuleset
    /// The netlink port that the ruleset commits on.
    let rulesetPort: UInt32
    let overlayStatus = OverlayStatus()
    let clusterDNSStatus = ClusterDNSStatus(version: Agent.version)
    let balancerStatus = BalancerStatus()
    let hostStatus = HostStatus()
    let ingressStatus = IngressStatus()
    /// None of the sources that are built has a place to write to: what is said stays here, for status to show.
    let outbox = LocalOutbox()
    /// SIGHUP may change it.
    let nameServers: NameServerChoice
    /// The same.
    let ingressClasses: IngressClassChoice
    let board: HealthBoard
    let descriptors: any DescriptorStore
    let started = ContinuousClock.now

    /// - Parameters:
    ///   - descriptors: where sockets outlive the process.
    ///   - read: reads the configuration again, by the rules that the cluster's nodes share.
    init(
        _ configuration: AgentConfiguration,
        keeping descriptors: any DescriptorStore,
        reading read: @escaping @Sendable (NetworkRules?) throws -> AgentConfiguration
    ) throws {
        self.configuration = configuration
        self.descriptors = descriptors
        guard let node = NodeName(rawValue: configuration.node.name) else {
            throw ConfigurationError.configuration("node-name '\(configuration.node.name)' is not a DNS subdomain")
        }
        self.node = node
        nameServers = NameServerChoice(configuration.nameServers)
        ingressClasses = IngressClassChoice(Set(configuration.ingress.classes))
        etcd =
            if case .etcd(let settings) = configuration.source {
                EtcdParts(settings, configuration, node: node, ending: recomposition, reading: read)
            } else {
                nil
            }
        source = try etcd?.source ?? Self.source(configuration)
        store = SnapshotStore(sourceDescription: source.description, ownName: node)
        snapshotFiles = SnapshotFiles(
            stateDirectory: configuration.paths.state,
            identity: SnapshotIdentity(source: source.identity, node: node),
            keepsSecrets: configuration.persistsSecrets
        )
        registry =
            etcd?.registry
            ?? LocalLeaseRegistry(stateDirectory: configuration.paths.state) { warning in
                Logger(label: "linnet.lease").log(
                    .warning,
                    "a state file is not believed",
                    [.file: warning.path, .error: warning.reason],
                    event: .stateFileIgnored
                )
            }
        let socket = try NftablesSocket.open()
        rulesetPort = socket.portID
        ruleset = NodeRuleset(kernel: socket)
        let start = started
        board = HealthBoard { start.duration(to: .now) }
    }

    /// Writes again which machine this is, if anybody is told and the file was removed.
    func keepInstance() throws(SystemCallError) { try etcd?.keepInstance() }

    /// Ends connections.
    func close() async { await etcd?.client.close() }

    private static func source(_ configuration: AgentConfiguration) throws -> any ClusterSource {
        switch configuration.source {
        case .manifests(let directory): ManifestSource(directory: directory, auditInterval: configuration.auditInterval)
        case .etcd, .kubernetes:
            throw ConfigurationError.configuration("kubeconfig: the Kubernetes source is not built yet")
        }
    }

    var leaseSettings: LeaseSettings {
        LeaseSettings(
            node: node,
            clusterNetworks: configuration.network.clusterCIDRs,
            vni: configuration.vxlan?.vni ?? 1,
            backendType: configuration.flannel.backend.flannelName,
            nodeAddresses: configuration.node.addresses,
            externalAddresses: configuration.node.externalAddresses,
            usesExternalAddresses: configuration.flannel.usesExternalAddresses,
            interface: configuration.flannel.interface.flatMap(LinkName.init(rawValue:))
        )
    }
}

extension AgentConfiguration {
    /// The settings of the vxlan backend, if that is the one in use.
    var vxlan: VXLANOptions? {
        if case .vxlan(let settings) = flannel.backend { settings } else { nil }
    }

    /// The part of cluster DNS.
    func clusterDNS() throws(ConfigurationError) -> ClusterDNSConfiguration {
        do throws(DNSNameError) {
            return ClusterDNSConfiguration(
                clusterDomain: try DNSName(parsing: network.domain),
                addresses: network.dnsAddresses,
                localAddresses: localDNSAddresses,
                podCIDRs: network.clusterCIDRs,
                serviceCIDRs: network.serviceCIDRs,
                queryLog: QueryLogRules(queryLog.isEmpty ? [] : [QueryLogRules.Rule(queryLog)])
            )
        } catch {
            throw ConfigurationError.configuration("cluster-domain: \(error)")
        }
    }

    /// Which traffic to services may be ours.
    var proxyChoice: ProxyChoice {
        ProxyChoice(
            allowsLoadBalancers: !disabled.contains(.loadBalancer),
            allowsServices: !disabled.contains(.clusterAddresses)
        )
    }

    /// How the service balancer sees the host.
    var balancerHost: HostConfiguration {
        HostConfiguration(
            choice: proxyChoice,
            ownAddresses: answeringAddresses,
            ingressPorts: ingressPart.map { [$0.httpPort, $0.httpsPort] } ?? []
        )
    }

    /// Where cluster DNS answers, if it does: addresses that the node has for it.
    private var answeringAddresses: Set<IPAddress> {
        disabled.contains(.clusterDNS) ? [] : Set(network.dnsAddresses.values + localDNSAddresses)
    }

    /// The service balancer's part.
    func balancer(on node: NodeName) -> BalancerConfiguration {
        BalancerConfiguration(
            node: node,
            clusterCIDRs: network.clusterCIDRs,
            serviceCIDRs: network.serviceCIDRs
        )
    }

    /// The part of the ingress; nil if it is off.
    var ingressPart: IngressConfiguration? {
        guard !disabled.contains(.ingress) else { return nil }
        return IngressConfiguration(
            statusClasses: Set(ingress.statusClasses),
            httpPort: ingress.httpPort,
            httpsPort: ingress.httpsPort,
            accessLog: ingress.accessLog,
            prefersSameNode: ingress.prefersSameNode,
            allowsExternalNames: ingress.allowsExternalNames,
            ownAddresses: answeringAddresses.union(node.addresses.values + node.externalAddresses.values),
            mergesSlashes: ingress.mergesSlashes,
            allowsNonASCIIPaths: ingress.allowsNonASCIIPaths,
            firstFamily: network.clusterCIDRs.families.first ?? .ipv4,
            peers: ingress.peers,
            stateDirectory: paths.state,
            keepsSecrets: persistsSecrets
        )
    }

    /// The overlay's part.
    func overlay(on node: NodeName) -> OverlayConfiguration {
        OverlayConfiguration(
            backend: flannel.backend,
            node: node,
            clusterCIDRs: network.clusterCIDRs,
            ipv6Masquerade: flannel.ipv6Masquerade,
            subnetFile: paths.subnetFile,
            cniConfigurationDirectory: paths.cniConfiguration,
            cniBinaryDirectory: paths.cniBinaries,
            cniStateDirectory: paths.cniState,
            hostPortDirectory: paths.hostPorts,
            clusterDomain: network.domain,
            clusterDNS: network.dnsAddresses.values,
            dnsEnabled: !disabled.contains(.clusterDNS),
            auditInterval: auditInterval
        )
    }
}

extension AgentPaths {
    /// Where the plugin keeps the records of pods' host ports.
    var hostPorts: String { "\(state)/host-ports" }
}
