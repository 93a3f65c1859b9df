import ClusterDNS
import ClusterState
import Ingress
import LinuxSystem
import Netlink
import NetworkTypes
import Nftables
import NodeRuleset
import Overlay
import PodNetwork
import PodNetworkAudit
import ServiceBalancer

extension ResetFacts {
    /// Looks at the host.
    static func gather(
        _ configuration: AgentConfiguration,
        _ netlink: NetlinkSocket,
        _ nftables: NftablesSocket
    ) throws -> ResetFacts {
        let paths = configuration.paths
        let addresses = "\(paths.cniState)/\(OverlayNames.network)"
        let links = try netlink.links()
        let use = try PluginUse.read(addresses: addresses, hostPorts: paths.hostPorts)
        let reservations = use.reservations
        var files = [
            "\(paths.cniConfiguration)/\(OverlayNames.networkListFile)", "\(paths.cniBinaries)/linnet-cni",
            paths.subnetFile, paths.statusSocket, paths.routeSocket, paths.answerGap,
        ]
        files += stateFiles(in: paths.state)
        files += ((try? Files.list(paths.hostPorts)) ?? []).map { "\(paths.hostPorts)/\($0)" }
        // Without an address in use the rest of the directory says nothing any more.
        if reservations.isEmpty {
            files += ["lock", "last_reserved_ip.0", "last_reserved_ip.1"].map { "\(addresses)/\($0)" }
        }
        return ResetFacts(
            links: links,
            routes: try AddressFamily.allCases.flatMap { family in
                try netlink.routes(RouteFilter(family: family)).filter { $0.routeProtocol == .linnet }
            },
            addresses: try LoopbackAddresses(network: netlink).held(),
            tables: try [Table.linnet, .linnetCNI].filter { try nftables.exists($0) }.map(\.name),
            files: files.filter(Files.exists),
            directories: ((reservations.isEmpty ? [addresses] : []) + [paths.hostPorts, paths.state, paths.run]).filter(
                Files.exists
            ),
            sysctls: sysctls(),
            reservations: reservations,
            hostPortHolders: use.holders.filter { holder in links.contains { $0.name == holder.link } }.map(\.name),
            localhostBridge: try LocalhostRouting.owned(in: paths.hostPorts).flatMap { bridge in
                links.contains { $0.name == bridge } ? bridge : nil
            }
        )
    }

    /// What the agent saved, and what a writer of it left that was killed half-way.
    private static func stateFiles(in directory: String) -> [String] {
        let snapshot = SnapshotFiles.files(in: directory)
        let addresses = GivenAddresses.file(in: directory)
        let files = [StateFile.lease(in: directory), snapshot.main, snapshot.secrets, addresses].map(\.path)
        let others = [
            CrashFile.path(in: directory), NetworkRulesFile.path(in: directory), NodeInstanceFile.path(in: directory),
            ProxyMemory.path(in: directory), DefaultCertificate.path(in: directory),
            ExternalNameMemory.path(in: directory),
        ]
        return (files + others).flatMap { path in
            [path] + ((try? Files.temporaries(of: path)) ?? [])
        }
    }

    /// The sysctls that the overlay may have set, other than those of its own links.
    private static func sysctls() -> [String] {
        let always = [
            "net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/bridge/bridge-nf-call-iptables",
            "net/bridge/bridge-nf-call-ip6tables",
        ]
        let settings = always.compactMap { name in
            (try? Sysctl.read(SysctlName(name))).map { "\(name) = \($0)" }
        }
        let links = (try? Files.list("/proc/sys/net/ipv6/conf")) ?? []
        let routers = links.sorted().map { "net/ipv6/conf/\($0)/accept_ra" }
            .filter { (try? Sysctl.read(SysctlName($0))) == "2" }
        return settings + routers.map { "\($0) = 2" }
    }
}
