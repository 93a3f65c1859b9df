import ClusterDNS
import Ingress
import NetworkTypes

extension AgentConfiguration {
    /// What each setting comes to, by its name, as text that differs when the setting does; empty if it is not set.
    ///
    /// Only `flannel-conf` has no value of its own: what its file says is that of others.
    var values: [String: String] {
        var values = sourceValues.merging(networkValues) { own, _ in own }
        values.merge(pathValues) { own, _ in own }
        values["node-name"] = node.name
        values["node-ip"] = Self.text(node.addresses.values)
        values["node-external-ip"] = Self.text(node.externalAddresses.values)
        values["disable"] = disabled.map(\.rawValue).sorted().joined(separator: ",")
        values["resolv-conf"] = nameServers.file
        values["dns-upstream"] = Self.text(nameServers.servers)
        values["dns-cafile"] = nameServers.authorityFile ?? ""
        values["localip"] = Self.text(localDNSAddresses)
        values["dns-log"] = "\(queryLog)"
        values["ingress-class"] = ingress.classes.joined(separator: ",")
        values["ingress-status"] = ingress.statusClasses.joined(separator: ",")
        values["ingress-http-port"] = "\(ingress.httpPort)"
        values["ingress-https-port"] = "\(ingress.httpsPort)"
        values["ingress-access-log"] = ingress.accessLog.rawValue
        values["ingress-allow-external-name-services"] = "\(ingress.allowsExternalNames)"
        values["ingress-merge-slashes"] = "\(ingress.mergesSlashes)"
        values["ingress-allow-non-ascii-paths"] = "\(ingress.allowsNonASCIIPaths)"
        values["ingress-prefer-same-node"] = "\(ingress.prefersSameNode)"
        values["ingress-forwarded-headers-trusted-ips"] = Self.text(ingress.peers.forwarders.networks)
        values["ingress-proxy-protocol-trusted-ips"] = Self.text(ingress.peers.announcers.networks)
        values["persist-secrets"] = "\(persistsSecrets)"
        values["metrics-address"] = Self.text(metricsAddresses)
        values["audit-interval"] = "\(auditInterval)"
        values["log-level"] = "\(log.level)"
        values["log-format"] = log.format.rawValue
        return values
    }

    private var sourceValues: [String: String] {
        var values: [String: String] = [:]
        for name in ["manifests", "kubeconfig", "etcd-endpoints", "etcd-prefix"] { values[name] = "" }
        for name in ["etcd-cafile", "etcd-certfile", "etcd-keyfile", "etcd-username", "etcd-password-file"] {
            values[name] = ""
        }
        switch source {
        case .manifests(let directory): values["manifests"] = directory
        case .kubernetes(let file): values["kubeconfig"] = file
        case .etcd(let etcd):
            values["etcd-endpoints"] = etcd.endpoints.joined(separator: ",")
            values["etcd-prefix"] = etcd.prefix
            values["etcd-cafile"] = etcd.authorityFile ?? ""
            values["etcd-certfile"] = etcd.certificate?.certificateFile ?? ""
            values["etcd-keyfile"] = etcd.certificate?.keyFile ?? ""
            values["etcd-username"] = etcd.account?.user ?? ""
            values["etcd-password-file"] = etcd.account?.passwordFile ?? ""
        }
        return values
    }

    private var networkValues: [String: String] {
        let families = network.primaryFamily == .ipv4 ? [AddressFamily.ipv4, .ipv6] : [.ipv6, .ipv4]
        return [
            // The family that is named first is the primary one.
            "cluster-cidr": Self.text(families.compactMap { network.clusterCIDRs[$0] }),
            "service-cidr": Self.text(network.serviceCIDRs.values),
            "cluster-dns": Self.text(network.dnsAddresses.values),
            "cluster-domain": network.domain,
            "service-node-port-range": "\(network.nodePorts.lowerBound)-\(network.nodePorts.upperBound)",
            // With the options of the backend.
            "flannel-backend": "\(flannel.backend)",
            "flannel-iface": flannel.interface ?? "",
            "flannel-external-ip": "\(flannel.usesExternalAddresses)",
            "flannel-ipv6-masq": "\(flannel.ipv6Masquerade)",
        ]
    }

    private var pathValues: [String: String] {
        [
            "state-dir": paths.state,
            "run-dir": paths.run,
            "subnet-file": paths.subnetFile,
            "cni-conf-dir": paths.cniConfiguration,
            "cni-bin-dir": paths.cniBinaries,
            "cni-state-dir": paths.cniState,
        ]
    }

    private static func text(_ values: [some CustomStringConvertible]) -> String {
        values.map(\.description).joined(separator: ",")
    }
}
