package import ClusterState
import Netlink
import NetworkTypes

/// A file with all that is to be in it.
package struct PlannedFile: Hashable, Sendable {
    package var path: String
    package var text: String
    /// Whether programs of any user are to read it. Of any other file the mode is for whoever hardens the host.
    package var isForAll: Bool

    package init(path: String, text: String, isForAll: Bool = false) {
        self.path = path
        self.text = text
        self.isForAll = isForAll
    }
}

extension PlannedFile {
    /// flannel's `subnet.env`, byte for byte as flannel writes it: others read it too.
    package static func subnetFile(
        _ lease: NodeLease,
        mtu: Int,
        _ configuration: OverlayConfiguration
    ) -> PlannedFile {
        var lines: [String] = []
        for (family, infix) in [(AddressFamily.ipv4, ""), (.ipv6, "IPV6_")] {
            guard let network = configuration.clusterCIDRs[family] else { continue }
            guard let gateway = lease.podCIDRs[family]?.gateway else { continue }
            lines.append("FLANNEL_\(infix)NETWORK=\(network)")
            lines.append("FLANNEL_\(infix)SUBNET=\(gateway)")
        }
        lines.append("FLANNEL_MTU=\(mtu)")
        lines.append("FLANNEL_IPMASQ=true")
        let text = lines.map { $0 + "\n" }.joined()
        return PlannedFile(path: configuration.subnetFile, text: text, isForAll: true)
    }

    /// The CNI configuration that makes runtimes call `linnet-cni`.
    package static func networkList(_ configuration: OverlayConfiguration) -> PlannedFile {
        var plugin: [(String, IndentedJSON)] = [
            ("type", .string("linnet-cni")),
            ("bridge", .string(OverlayNames.bridge.rawValue)),
            ("subnetFile", .string(configuration.subnetFile)),
            ("dataDir", .string(configuration.cniStateDirectory)),
            ("hostPortDir", .string(configuration.hostPortDirectory)),
            ("clusterDomain", .string(configuration.clusterDomain)),
            ("hairpinMode", .bool(true)),
            ("capabilities", .object([("ips", .bool(true)), ("portMappings", .bool(true))])),
        ]
        if configuration.dnsEnabled {
            let domain = configuration.clusterDomain
            plugin.append(
                (
                    "dns",
                    .object([
                        ("nameservers", .array(configuration.clusterDNS.map { .string($0.description) })),
                        ("domain", .string(domain)),
                        ("search", .array([.string("svc.\(domain)"), .string(domain)])),
                        ("options", .array([.string("ndots:5")])),
                    ])
                )
            )
        }
        let list = IndentedJSON.object([
            ("cniVersion", .string("1.0.0")),
            ("cniVersions", .array(["0.3.1", "0.4.0", "1.0.0", "1.1.0"].map { .string($0) })),
            ("name", .string(OverlayNames.network)),
            ("plugins", .array([.object(plugin)])),
        ])
        return PlannedFile(path: configuration.networkListFile, text: list.text() + "\n")
    }
}
