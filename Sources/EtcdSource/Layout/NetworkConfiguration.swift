package import NetworkTypes
import YAML

/// Which subnets there are to lease: `<prefix>/config` by flannel's rules, the backend left to whoever runs it.
package struct NetworkConfiguration: Hashable, Sendable {
    /// The subnets of one family.
    package struct Pool: Hashable, Sendable {
        package let network: IPPrefix
        /// The prefix length of each subnet.
        package let length: Int
        /// The first addresses of the first and of the last subnet.
        package let first: IPAddress
        package let last: IPAddress

        /// Whether a subnet could have been taken from here.
        package func allows(_ subnet: IPPrefix) -> Bool {
            subnet.length == length && network.contains(subnet) && first <= subnet.base && subnet.base <= last
        }
    }

    /// A family without one is off.
    package let pools: PerFamily<Pool>

    /// - Parameter text: JSON whose keys are matched without regard to case.
    package init(parsing text: String) throws(NetworkConfigurationError) {
        guard let document = (try? YAMLReader.documents(in: text))?.first, document.members != nil else {
            throw NetworkConfigurationError("it is no JSON object")
        }
        var pools = PerFamily<Pool>()
        if try document.flag("EnableIPv4") ?? true { pools.v4 = try Pool(document, .ipv4) }
        if try document.flag("EnableIPv6") ?? false { pools.v6 = try Pool(document, .ipv6) }
        guard !pools.isEmpty else { throw NetworkConfigurationError("it enables neither IPv4 nor IPv6") }
        self.pools = pools
    }
}

/// What is wrong with the configuration, as a phrase that follows its key.
package struct NetworkConfigurationError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension NetworkConfiguration.Pool {
    fileprivate init(_ document: YAMLNode, _ family: AddressFamily) throws(NetworkConfigurationError) {
        let prefix = family == .ipv4 ? "" : "IPv6"
        guard let text = document.member("\(prefix)Network")?.scalar?.text else {
            throw NetworkConfigurationError("\(prefix)Network is missing")
        }
        guard let network = try? IPPrefix(parsing: text), network.family == family else {
            throw NetworkConfigurationError("\(prefix)Network '\(text)' is no \(family) network")
        }
        self.network = network
        length = try Self.length(document.member("\(prefix)SubnetLen"), named: "\(prefix)SubnetLen", of: network)
        let size = UInt128(1) << UInt128(family.bitWidth - length)
        // The first subnet begins with the network's own address, which causes trouble when something has it.
        first =
            try Self.limit(document, "\(prefix)SubnetMin", network, length)
            ?? IPAddress(family: family, number: network.base.number + size)
        last =
            try Self.limit(document, "\(prefix)SubnetMax", network, length)
            ?? IPAddress(family: family, number: network.last.number - (size - 1))
        guard first <= last else {
            throw NetworkConfigurationError("\(prefix)SubnetMin \(first) is after \(prefix)SubnetMax \(last)")
        }
    }

    private static func length(
        _ node: YAMLNode?,
        named name: String,
        of network: IPPrefix
    ) throws(NetworkConfigurationError) -> Int {
        let (usual, longest) = network.family == .ipv4 ? (24, 30) : (64, 126)
        guard let node, node.scalar?.integer != 0 else {
            guard network.length <= longest - 2 else {
                throw NetworkConfigurationError("network \(network) is too narrow: /\(longest - 2) is the least")
            }
            return network.length <= usual - 2 ? usual : network.length + 2
        }
        guard let length = node.scalar?.integer.flatMap({ Int(exactly: $0) }), length > 0 else {
            throw NetworkConfigurationError("\(name) is no prefix length")
        }
        guard length <= longest else {
            throw NetworkConfigurationError("\(name) \(length) leaves no room for pods: \(longest) is the most")
        }
        guard length >= network.length + 2 else {
            throw NetworkConfigurationError("\(name) \(length): \(network) has to hold at least four subnets")
        }
        return length
    }

    private static func limit(
        _ document: YAMLNode,
        _ name: String,
        _ network: IPPrefix,
        _ length: Int
    ) throws(NetworkConfigurationError) -> IPAddress? {
        guard let text = document.member(name)?.scalar?.text, !text.isEmpty else { return nil }
        guard let address = try? IPAddress(parsing: text), address.family == network.family else {
            throw NetworkConfigurationError("\(name) '\(text)' is no \(network.family) address")
        }
        guard !address.isUnspecified else { return nil }
        guard network.contains(address) else {
            throw NetworkConfigurationError("\(name) \(address) is not in \(network)")
        }
        guard IPPrefix(containing: address, length: length).base == address else {
            throw NetworkConfigurationError("\(name) \(address) is not the first address of a /\(length)")
        }
        return address
    }
}

extension YAMLNode {
    fileprivate func flag(_ name: String) throws(NetworkConfigurationError) -> Bool? {
        guard let value = member(name) else { return nil }
        guard let flag = value.scalar?.boolean else {
            throw NetworkConfigurationError("\(name) is neither true nor false")
        }
        return flag
    }
}
