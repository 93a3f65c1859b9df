import LinuxSystem
package import NetworkTypes

/// flannel's `subnet.env`, as far as it says which subnets a node has.
package enum SubnetFile {
    /// The subnets of `FLANNEL_SUBNET` and `FLANNEL_IPV6_SUBNET`, which carry the gateway's address; none of a file that
    /// is missing or damaged.
    package static func subnets(in path: String) -> PerFamily<IPPrefix> {
        var subnets = PerFamily<IPPrefix>()
        guard let text = try? Files.readText(path) else { return subnets }
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == "FLANNEL_SUBNET" || parts[0] == "FLANNEL_IPV6_SUBNET" else { continue }
            guard let gateway = try? InterfaceAddress(parsing: parts[1]) else { continue }
            subnets[gateway.address.family] = gateway.network
        }
        return subnets
    }
}
