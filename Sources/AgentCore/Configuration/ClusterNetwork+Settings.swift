import ClusterState
import NetworkTypes

extension SettingReader {
    /// The cluster's address plan. What flannel's file says of pod networks takes the place of `--cluster-cidr`.
    func network(_ file: FlannelFile?) throws(ConfigurationError) -> ClusterNetwork {
        let primary = try primaryFamily()
        var clusters = try prefixes("cluster-cidr")
        if let file {
            guard clusters.isEmpty || clusters == file.networks else {
                throw .configuration(
                    "\(origin(of: "cluster-cidr")): cluster-cidr \(Self.text(clusters)) differs from "
                        + "\(Self.text(file.networks)) in \(file.path)"
                )
            }
            clusters = file.networks
        }
        if clusters.isEmpty { clusters = ClusterNetwork.defaultClusterCIDRs(primary) }
        var services = try prefixes("service-cidr")
        if services.isEmpty { services = defaultServices(for: clusters) }
        try check(clusters, services)
        let domain = try domain()
        let network = ClusterNetwork(
            clusterCIDRs: clusters,
            serviceCIDRs: services,
            primaryFamily: clusters[primary] == nil ? clusters.families.first ?? primary : primary,
            dnsAddresses: given["cluster-dns"].isEmpty ? nil : try addresses("cluster-dns"),
            domain: domain,
            nodePorts: try nodePorts()
        )
        for family in services.families where given["cluster-dns"].isEmpty {
            guard network.dnsAddresses[family] == nil, let prefix = services[family] else { continue }
            throw .configuration(
                "\(origin(of: "service-cidr")): service-cidr \(prefix) has no 10th address for cluster DNS: set cluster-dns"
            )
        }
        try check(dns: network)
        return network
    }

    private static func text(_ networks: PerFamily<IPPrefix>) -> String {
        networks.values.map(\.description).joined(separator: ",")
    }

    /// The family of the pod network that is named first, or else of the node's first address.
    private func primaryFamily() throws(ConfigurationError) -> AddressFamily {
        if let first = given["cluster-cidr"].first {
            do throws(AddressSyntaxError) {
                return try IPPrefix(parsing: first.text).family
            } catch {
                throw .invalid("cluster-cidr", at: first.origin, "\(error)")
            }
        }
        guard let first = given["node-ip"].first, let address = try? IPAddress(parsing: first.text) else {
            return .ipv4
        }
        return address.family
    }

    private func defaultServices(for clusters: PerFamily<IPPrefix>) -> PerFamily<IPPrefix> {
        var services = PerFamily<IPPrefix>()
        for family in clusters.families { services[family] = ClusterNetwork.defaultServiceCIDRs(family)[family] }
        return services
    }

    private func check(
        _ clusters: PerFamily<IPPrefix>,
        _ services: PerFamily<IPPrefix>
    ) throws(ConfigurationError) {
        guard clusters.families == services.families else {
            throw .configuration(
                "cluster-cidr has \(Self.list(clusters.families)) and service-cidr \(Self.list(services.families)): "
                    + "both need the same families"
            )
        }
        for family in clusters.families {
            guard let cluster = clusters[family], let service = services[family] else { continue }
            guard !cluster.overlaps(service) else {
                throw .configuration(
                    "cluster-cidr \(cluster) (\(origin(of: "cluster-cidr"))) and service-cidr \(service) "
                        + "(\(origin(of: "service-cidr"))) overlap"
                )
            }
            guard cluster.length <= Self.narrowest(family) else {
                throw .configuration(
                    "cluster-cidr \(cluster) (\(origin(of: "cluster-cidr"))) is too narrow for a node's pods: /"
                        + "\(Self.narrowest(family)) at least"
                )
            }
            guard !cluster.base.isLoopback, !cluster.base.isMulticast, !cluster.base.isLinkLocal else {
                throw .configuration("cluster-cidr \(cluster) cannot be used for pods: it is reserved")
            }
        }
    }

    private func check(dns network: ClusterNetwork) throws(ConfigurationError) {
        for address in network.dnsAddresses.values {
            if network.clusterCIDRs[address.family]?.contains(address) == true {
                throw .configuration(
                    "\(origin(of: "cluster-dns")): cluster-dns \(address) is an address of pods: cluster-cidr contains it"
                )
            }
            guard let services = network.serviceCIDRs[address.family] else {
                throw .configuration(
                    "\(origin(of: "cluster-dns")): cluster-dns \(address) is \(address.family), of which service-cidr names"
                        + " no network"
                )
            }
            guard services.contains(address) else {
                throw .configuration(
                    "\(origin(of: "cluster-dns")): cluster-dns \(address) is outside service-cidr \(services): use one of"
                        + " its addresses, so that it is routed like a service"
                )
            }
        }
    }

    /// The longest prefix of a network that a lone node can take whole: room for the gateway and some pods.
    private static func narrowest(_ family: AddressFamily) -> Int { family == .ipv4 ? 29 : 125 }

    private static func list(_ families: [AddressFamily]) -> String {
        families.isEmpty ? "none" : families.map(\.description).joined(separator: " and ")
    }

    private func domain() throws(ConfigurationError) -> String {
        let domains = try given["cluster-domain"].map { value throws(ConfigurationError) in try Self.domain(value) }
        if let other = domains.first(where: { $0 != domains.last }), let last = domains.last {
            throw .invalid(
                "cluster-domain",
                at: origin(of: "cluster-domain"),
                "'\(other)' and '\(last)' are given: a cluster has one domain"
            )
        }
        return domains.last ?? "cluster.local"
    }

    /// In lower case, without a dot at its end.
    private static func domain(_ value: GivenValue) throws(ConfigurationError) -> String {
        let text = value.text
        let trimmed = (text.hasSuffix(".") ? String(text.dropLast()) : text).lowercased()
        guard NodeName.isSubdomain(trimmed) else {
            throw .invalid("cluster-domain", at: value.origin, "'\(text)' is no domain")
        }
        // Both have a meaning of their own to whoever resolves names (RFC 3172, RFC 6761 section 6.3), but for the name that
        // networks at home may use (RFC 8375).
        let reserved = ["arpa": "for names of addresses", "localhost": "for each host itself"]
        let isHome = trimmed == "home.arpa" || trimmed.hasSuffix(".home.arpa")
        if !isHome, let top = trimmed.split(separator: ".").last.map(String.init), let purpose = reserved[top] {
            let reason = "'\(text)' cannot be used: '\(top)' is reserved \(purpose)"
            throw .invalid("cluster-domain", at: value.origin, reason)
        }
        return trimmed
    }

    private func nodePorts() throws(ConfigurationError) -> ClosedRange<UInt16> {
        guard let value = single("service-node-port-range") else { return 30000...32767 }
        let ends = value.text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first > 0, first <= last else {
            throw .invalid("service-node-port-range", at: value.origin, "'\(value.text)' is no FIRST-LAST")
        }
        return first...last
    }
}
