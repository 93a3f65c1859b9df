import ClusterDNS
import ClusterState
import Ingress
import LinuxSystem
import Logging
import NetworkTypes

extension AgentConfiguration {
    /// The configuration that the settings stand for.
    ///
    /// - Parameter rules: what the cluster's nodes share; it stands in for flags that were not given.
    init(_ given: GivenSettings, rules: NetworkRules? = nil) throws(ConfigurationError) {
        let reader = SettingReader(given: given)
        let flannel = try FlannelSettings(reader, rules)
        let network = try reader.network(flannel.file)
        let node = try reader.node(network)
        var notices: [String] = []
        let disabled = try reader.disabled(&notices)
        self.init(
            node: node,
            source: try reader.source(&notices),
            network: network,
            flannel: try flannel.configuration(reader, node, &notices),
            disabled: disabled,
            nameServers: try reader.nameServers(),
            localDNSAddresses: try reader.localDNSAddresses(network),
            queryLog: try reader.queryLog(),
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
        let name = try text("node-name", or: ProcessFacts.hostName()).lowercased()
        guard NodeName(rawValue: name) != nil else {
            throw .invalid("node-name", at: origin(of: "node-name"), "'\(name)' is not a DNS subdomain (RFC 1123)")
        }
        let node = NodeIdentity(
            name: name,
            addresses: try hostAddresses("node-ip"),
            externalAddresses: try hostAddresses("node-external-ip")
        )
        for family in network.clusterCIDRs.families where !node.addresses.isEmpty && node.addresses[family] == nil {
            throw .configuration(
                "\(origin(of: "node-ip")): node-ip has no \(family) address, but cluster-cidr an \(family) network"
            )
        }
        try check(node.addresses, of: "node-ip", outside: network)
        try check(node.externalAddresses, of: "node-external-ip", outside: network)
        return node
    }

    /// Addresses that a host can have and others can reach.
    private func hostAddresses(_ name: String) throws(ConfigurationError) -> PerFamily<IPAddress> {
        let addresses = try addresses(name)
        for address in addresses.values where address.isUnspecified || address.isMulticast || address.isLoopback {
            throw .invalid(name, at: origin(of: name), "\(address) is no address by which others reach a host")
        }
        return addresses
    }

    /// A node inside the networks that the overlay routes could not be reached once the routes are there.
    private func check(
        _ addresses: PerFamily<IPAddress>,
        of name: String,
        outside network: ClusterNetwork
    ) throws(ConfigurationError) {
        for (owner, networks) in [("cluster-cidr", network.clusterCIDRs), ("service-cidr", network.serviceCIDRs)] {
            for address in addresses.values {
                guard let prefix = networks[address.family], prefix.contains(address) else { continue }
                throw .configuration("\(origin(of: name)): \(name) \(address) is inside \(owner) \(prefix)")
            }
        }
    }

    fileprivate func source(_ notices: inout [String]) throws(ConfigurationError) -> ClusterSourceConfiguration {
        let chosen = ["manifests", "kubeconfig", "etcd-endpoints"].filter { !given[$0].isEmpty }
        guard chosen.count <= 1 else {
            let places = chosen.map { "\($0) (\(origin(of: $0)))" }.joined(separator: " and ")
            throw .configuration("\(places) exclude each other: state comes from one source")
        }
        if let value = single("kubeconfig") {
            throw .notBuilt("the Kubernetes source", chosenBy: "kubeconfig", at: value.origin)
        }
        if let etcd = try etcd(&notices) { return .etcd(etcd) }
        let orphans = given.values.keys.filter { $0.hasPrefix("etcd-") }.sorted()
        if orphans.contains("etcd-endpoints") {
            throw .configuration(
                "\(origin(of: "etcd-endpoints")): etcd-endpoints is empty: name the servers' URLs, or leave it out"
            )
        }
        if let orphan = orphans.first {
            throw .configuration("\(origin(of: orphan)): \(orphan) is given without etcd-endpoints")
        }
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
                let names = DisabledCapability.allCases.map(\.rawValue) + others
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
            httpsPort: try port("ingress-https-port", or: 443),
            accessLog: try choice("ingress-access-log", or: .off),
            prefersSameNode: try boolean("ingress-prefer-same-node", or: false),
            allowsExternalNames: try boolean("ingress-allow-external-name-services", or: false),
            mergesSlashes: try boolean("ingress-merge-slashes", or: true),
            allowsNonASCIIPaths: try boolean("ingress-allow-non-ascii-paths", or: false),
            peers: PeerTrust(
                announcers: try trustedPeers("ingress-proxy-protocol-trusted-ips"),
                forwarders: try trustedPeers("ingress-forwarded-headers-trusted-ips")
            )
        )
        guard settings.httpPort != settings.httpsPort else {
            throw .configuration("ingress-http-port and ingress-https-port are both \(settings.httpPort)")
        }
        return settings
    }

    /// Networks, or single addresses.
    private func trustedPeers(_ name: String) throws(ConfigurationError) -> TrustedPeers {
        var networks: [IPPrefix] = []
        for value in given[name] {
            if let network = try? IPPrefix(parsing: value.text) {
                networks.append(network)
            } else if let address = try? IPAddress(parsing: value.text) {
                networks.append(IPPrefix(host: address))
            } else {
                let reason = "'\(value.text)' is neither a network such as 192.0.2.0/24 nor an address"
                throw .invalid(name, at: value.origin, reason)
            }
        }
        return TrustedPeers(networks: networks)
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

    fileprivate func queryLog() throws(ConfigurationError) -> QueryClasses {
        var classes: QueryClasses = []
        for value in given["dns-log"] {
            guard let named = QueryClasses.names.first(where: { $0.word == value.text }) else {
                let words = QueryClasses.names.map(\.word)
                throw .invalid("dns-log", at: value.origin, Self.unknown(value.text, among: words))
            }
            classes.formUnion(named.classes)
        }
        return classes
    }

    fileprivate func metricsAddresses() throws(ConfigurationError) -> [ListenAddress] {
        let values = given["metrics-address"]
        guard !values.isEmpty else { return [ListenAddress(address: .v4(IPv4Address(127, 0, 0, 1)), port: 9477)] }
        var addresses: [ListenAddress] = []
        for value in values {
            let address: ListenAddress
            do throws(AddressSyntaxError) {
                address = try ListenAddress(parsing: value.text)
            } catch {
                throw .invalid("metrics-address", at: value.origin, "\(error)")
            }
            guard !addresses.contains(address) else {
                throw .configuration("\(value.origin): metrics-address: \(address) is given twice")
            }
            addresses.append(address)
        }
        return addresses
    }
}
