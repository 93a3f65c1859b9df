import ClusterDNS
import Ingress
import LinuxSystem
import Logging
import MetricsServer
import Netlink
import NetworkTypes
import Nftables
import NodeRuleset
import Overlay
import PodNetworkAudit
import ServiceBalancer
import Supervision

extension AgentParts {
    /// The capabilities that run, in the order in which they start; they stop in reverse.
    ///
    /// This is the only place that knows all of them.
    ///
    /// - Parameter restored: the generation that is on disk already.
    func capabilities(restored: UInt64) throws -> [any Capability] {
        let audit = configuration.auditInterval
        // It starts first and stops last: queries wait for nothing else, and are answered as long as possible.
        var capabilities = try clusterDNS().map { [$0 as any Capability] } ?? []
        capabilities += [
            // It stops after those whose work it saves.
            SnapshotCapability(
                store: store,
                files: snapshotFiles,
                restored: restored,
                auditInterval: audit,
                outcome: savingOutcome,
                logger: Logger(label: "linnet.snapshot")
            ),
            // Early, so that it tells what the others wait for.
            MetricsCapability(
                addresses: configuration.metricsAddresses,
                routes: routes(),
                logger: Logger(label: "linnet.metrics")
            ),
            SourceCapability(source: source, store: store, logger: Logger(label: "linnet.source")),
            LeaseCapability(
                settings: leaseSettings,
                store: store,
                registry: registry,
                board: board,
                auditInterval: audit,
                refusedPorts: { [balancerStatus] in balancerStatus.report.refusedPorts },
                logger: Logger(label: "linnet.lease")
            ),
            NodeRulesetCapability(ruleset, hearing: try NftablesMonitor.open(), ownPort: rulesetPort, audit: audit),
            // Without a backend its plan is empty, and what an earlier run made goes.
            OverlayCapability(
                configuration: configuration.overlay(on: node),
                snapshots: store,
                ruleset: ruleset,
                status: overlayStatus
            ),
        ]
        if configuration.flannel.backend != .none {
            capabilities.append(
                PodNetworkAudit(
                    pluginDirectory: configuration.paths.cniBinaries,
                    bridge: OverlayNames.bridge,
                    addresses: configuration.paths.cniState,
                    podNetwork: OverlayNames.network,
                    stateDirectory: configuration.paths.state,
                    auditInterval: audit,
                    logger: Logger(label: "linnet.pod-network")
                )
            )
        }
        capabilities.append(
            // Without a backend it takes the table away as soon as no pod needs it.
            HostPortCapability(
                directory: configuration.paths.hostPorts,
                bridge: OverlayNames.bridge,
                isOverlayOn: configuration.flannel.backend != .none,
                auditInterval: audit,
                logger: Logger(label: "linnet.host-ports")
            )
        )
        if !configuration.proxyChoice.isEmpty { capabilities.append(try balancer()) }
        if let ingress = configuration.ingressPart {
            capabilities.append(
                IngressCapability(
                    configuration: ingress,
                    classes: ingressClasses,
                    node: node,
                    snapshots: store,
                    descriptors: descriptors,
                    outbox: outbox,
                    resolver: try externalNames(),
                    status: ingressStatus,
                    auditInterval: audit,
                    logger: Logger(label: "linnet.traefik")
                )
            )
            capabilities.append(
                StatusServer(
                    routesAt: configuration.paths.routeSocket,
                    descriptors: descriptors,
                    table: { [ingressStatus] in ingressStatus.table },
                    logger: Logger(label: "linnet.status")
                )
            )
        }
        capabilities.append(
            StatusServer(
                path: configuration.paths.statusSocket,
                descriptors: descriptors,
                report: { await report() },
                logger: Logger(label: "linnet.status")
            )
        )
        return capabilities
    }

    private func externalNames() throws -> ExternalNames {
        let clusterDNS = try configuration.clusterDNS()
        return ExternalNames(
            lookup: NameLookup(
                nameServers: nameServers,
                clusterDomain: clusterDNS.clusterDomain,
                clusterServers: clusterDNS.addresses.values
            )
        )
    }

    private func balancer() throws -> BalancerCapability {
        let host = HostFollower(
            configuration.balancerHost,
            probe: try KernelProbe(),
            ears: try HostEars(),
            memory: ProxyMemory(stateDirectory: configuration.paths.state),
            status: hostStatus
        )
        return BalancerCapability(
            configuration: configuration.balancer(on: node),
            snapshots: store,
            ruleset: ruleset,
            host: host,
            outbox: outbox,
            status: balancerStatus,
            auditInterval: configuration.auditInterval
        )
    }

    private func clusterDNS() throws -> ClusterDNSCapability? {
        guard !configuration.disabled.contains(.clusterDNS) else { return nil }
        return ClusterDNSCapability(
            configuration: try configuration.clusterDNS(),
            nameServers: nameServers,
            snapshots: store,
            status: clusterDNSStatus,
            ruleset: ruleset,
            descriptors: descriptors,
            absencePath: configuration.paths.answerGap,
            auditInterval: configuration.auditInterval,
            logger: Logger(label: "linnet.coredns")
        )
    }

    /// Installs the plugin before the overlay writes the configuration that names it; or takes it back where pod networking
    /// is off.
    func preparePodNetwork() {
        let logger = Logger(label: "linnet.pod-network")
        if configuration.flannel.backend == .none { return removePodNetwork(logger) }
        do throws(SystemCallError) {
            let plugin = try PluginInstallation.besideAgent(in: configuration.paths.cniBinaries)
            if try plugin.install() { logger.log(.notice, "plugin installed", [.file: plugin.target]) }
        } catch {
            // The capability tries again, and shows it in status.
            logger.log(.debug, "the plugin is not installed yet", [.error: "\(error)"])
        }
    }

    /// Takes the plugin back, unless a pod has still to be taken down by it.
    private func removePodNetwork(_ logger: Logger) {
        board.add(CapabilityName(rawValue: "pod-network"), .disabled)
        do throws(SystemCallError) {
            let plugin = try PluginInstallation.besideAgent(in: configuration.paths.cniBinaries)
            guard Files.exists(plugin.target) else { return }
            let use = try PluginUse.read(
                addresses: "\(configuration.paths.cniState)/\(OverlayNames.network)",
                hostPorts: configuration.paths.hostPorts
            )
            guard use.isEmpty else {
                logger.log(
                    .notice,
                    "the plugin stays, since pods have addresses or host ports that it must take back; restart when they are gone",
                    [
                        .file: plugin.target, .changes: "\(use.reservations.count)",
                        .pod: use.holders.map(\.name).joined(separator: ", "),
                    ]
                )
                return
            }
            if try plugin.uninstall() { logger.log(.notice, "plugin removed", [.file: plugin.target]) }
        } catch {
            logger.log(.warning, "the plugin cannot be removed", [.error: "\(error)"])
        }
    }

    /// Takes back where cluster DNS is off what it has on the host.
    func removeClusterDNS() async {
        guard configuration.disabled.contains(.clusterDNS) else { return }
        let logger = Logger(label: "linnet.coredns")
        do throws(NetlinkError) {
            let removed = try LoopbackAddresses(network: NetlinkSocket.open()).hold([]).removed
            for address in removed { logger.log(.notice, "address of cluster DNS removed", [.address: "\(address)"]) }
        } catch {
            logger.log(.warning, "the addresses of cluster DNS cannot be removed", [.error: "\(error)"])
        }
        do throws(NftablesError) {
            try await ruleset.apply(.empty(PresenceRuleset.fragment))
        } catch {
            logger.log(.warning, "the rules of cluster DNS cannot be removed", [.error: "\(error)"])
        }
    }

    /// Takes back where services are none of ours what an earlier run has in the table.
    func removeServices() async {
        guard configuration.proxyChoice.isEmpty else { return }
        do throws(NftablesError) {
            try await ruleset.apply(.empty(BalancerRuleset.fragmentName))
        } catch {
            let logger = Logger(label: "linnet.services")
            logger.log(.warning, "the rules of services cannot be removed", [.error: "\(error)"])
        }
    }

    /// Puts those on the board that do not run, so that status says why.
    func listAbsentCapabilities() {
        for capability in DisabledCapability.allCases {
            guard configuration.disabled.contains(capability) else { continue }
            board.add(CapabilityName(rawValue: capability.rawValue), .disabled)
        }
    }
}
