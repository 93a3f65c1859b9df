import ClusterState
import LinuxSystem
import Logging
import NetworkTypes

extension AgentConfiguration {
    /// The configuration that the settings stand for.
    init(_ given: GivenSettings) throws(ConfigurationError) {
        let reader = SettingReader(given: given)
        let flannel = try FlannelSettings(reader)
        let network = try reader.network(flannel.file)
        let node = try reader.node(network)
        var notices: [String] = []
        let disabled = try reader.disabled(&notices)
        self.init(
            node: node,
            source: try reader.source(),
            network: network,
            flannel: try flannel.configuration(reader, node),
            disabled: disabled,
            resolverFile: try reader.path("resolv-conf", or: "/etc/resolv.conf"),
            ingress: try reader.ingress(),
            persistsSecrets: try reader.boolean("persist-secrets", or: true),
            paths: try reader.paths(),
            metricsAddresses: try reader.metricsAddresses(),
            auditInterval: try reader.duration(
                "audit-interval",
                or: .seconds(300),
                in: .seconds(1) ... .seconds(86_400)
            ),
            log: LogConfiguration(
                level: try reader.choice("log-level", or: Logger.Level.info),
                format: try reader.choice("log-format", or: LogFormat.auto)
            ),
            notices: notices
        )
    }
}

extension SettingReader {
    fileprivate func node(_ network: ClusterNetwork) throws(ConfigurationError) -> NodeIdentity {
        let origin = single("node-name")?.origin ?? .builtIn
        let name = try text("node-name", or: ProcessFacts.hostName()).lowercased()
        guard NodeName(rawValue: name) != nil else {
            throw .invalid("node-name", at: origin, "'\(name)' is not a DNS subdomain (RFC 1123)")
        }
        let node = NodeIdentity(
            name: name,
            addresses: try addresses("node-ip"),
            externalAddresses: try addresses("node-external-ip")
        )
        for family in node.addresses.families where network.clusterCIDRs[family] == nil {
            throw .configuration(
                "node-ip has an \(family) address, but cluster-cidr no \(family) network: add one, or leave it out"
            )
        }
        return node
    }

    fileprivate func source() throws(ConfigurationError) -> ClusterSourceConfiguration {
        let chosen = ["manifests", "kubeconfig", "etcd-endpoints"].filter { !given[$0].isEmpty }
        guard chosen.count <= 1 else {
            throw .configuration("\(chosen.joined(separator: " and ")) exclude each other: state comes from one source")
        }
        if let value = single("kubeconfig") {
            throw .notBuilt("the Kubernetes source", chosenBy: "kubeconfig", at: value.origin)
        }
        if let value = single("etcd-endpoints") {
            throw .notBuilt("the etcd source", chosenBy: "etcd-endpoints", at: value.origin)
        }
        let orphans = given.values.keys.filter { $0.hasPrefix("etcd-") }.sorted()
        if let orphan = orphans.first { throw .configuration("\(orphan) is given without etcd-endpoints") }
        return .manifests(try path("manifests", or: "/etc/linnet/manifests"))
    }

    fileprivate func disabled(_ notices: inout [String]) throws(ConfigurationError) -> Set<DisabledCapability> {
        let others = ["local-storage", "metrics-server", "runtimes"]
        var disabled: Set<DisabledCapability> = []
        for value in given["disable"] {
            if let capability = DisabledCapability(rawValue: value.text) {
                disabled.insert(capability)
            } else if others.contains(value.text) {
                notices.append("disable: '\(value.text)' is no part of Linnet: nothing to switch off")
            } else {
                let names = DisabledCapability.allCases.map(\.rawValue)
                throw .invalid("disable", at: value.origin, Self.unknown(value.text, among: names))
            }
        }
        return disabled
    }

    fileprivate func ingress() throws(ConfigurationError) -> IngressSettings {
        let settings = IngressSettings(
            classes: texts("ingress-class", or: ["linnet", "traefik"]),
            statusClasses: texts("ingress-status", or: ["linnet"]),
            httpPort: try port("ingress-http-port", or: 80),
            httpsPort: try port("ingress-https-port", or: 443)
        )
        guard settings.httpPort != settings.httpsPort else {
            throw .configuration("ingress-http-port and ingress-https-port are both \(settings.httpPort)")
        }
        return settings
    }

    fileprivate func paths() throws(ConfigurationError) -> AgentPaths {
        AgentPaths(
            state: try path("state-dir", or: "/var/lib/linnet"),
            run: try path("run-dir", or: "/run/linnet"),
            subnetFile: try path("subnet-file", or: "/run/flannel/subnet.env"),
            cniConfiguration: try path("cni-conf-dir", or: "/etc/cni/net.d"),
            cniBinaries: try path("cni-bin-dir", or: "/opt/cni/bin"),
            cniState: try path("cni-state-dir", or: "/var/lib/cni/networks")
        )
    }

    fileprivate func metricsAddresses() throws(ConfigurationError) -> [ListenAddress] {
        let values = given["metrics-address"]
        guard !values.isEmpty else { return [ListenAddress(address: .v4(IPv4Address(127, 0, 0, 1)), port: 9477)] }
        var addresses: [ListenAddress] = []
        for value in values {
            do throws(AddressSyntaxError) {
                addresses.append(try ListenAddress(parsing: value.text))
            } catch {
                throw .invalid("metrics-address", at: value.origin, "\(error)")
            }
        }
        return addresses
    }
}
