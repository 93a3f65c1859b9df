import NetworkTypes

extension SettingReader {
    /// What `localip` names, without the cluster's own DNS addresses, which node-cache has there too.
    ///
    /// The host takes these addresses for itself: others may not have them.
    func localDNSAddresses(_ network: ClusterNetwork) throws(ConfigurationError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for value in given["localip"] {
            let address: IPAddress
            do throws(AddressSyntaxError) {
                address = try IPAddress(parsing: value.text)
            } catch {
                throw .invalid("localip", at: value.origin, "\(error)")
            }
            if network.dnsAddresses[address.family] == address || addresses.contains(address) { continue }
            let reason: String? =
                if !Self.isLocal(address) {
                    "is neither in 169.254.0.0/16 nor in fc00::/7: another host may have it"
                } else if network.clusterCIDRs[address.family]?.contains(address) == true {
                    "is an address of pods: cluster-cidr contains it"
                } else if network.serviceCIDRs[address.family]?.contains(address) == true {
                    "is an address of services: service-cidr contains it"
                } else {
                    nil
                }
            if let reason { throw .configuration("\(value.origin): localip \(address) \(reason)") }
            addresses.append(address)
        }
        return addresses
    }

    /// Whether a host may take the address without asking: link-local in IPv4 (RFC 3927), unique local in IPv6 (RFC 4193).
    private static func isLocal(_ address: IPAddress) -> Bool {
        address.family == .ipv4 ? address.isLinkLocal : address.number >> 121 == 0x7e
    }
}
