import NetworkTypes

/// The names of what the balancer has in the table `linnet`.
enum BalancerNames {
    /// The fragment's.
    static let fragment = "services"

    // MARK: Chains that are always there

    static let prerouting = "services-prerouting"
    static let output = "services-output"
    static let postrouting = "services-postrouting"
    static let filterPrerouting = "services-filter-prerouting"
    static let filterOutput = "services-filter-output"
    static let forward = "services-forward"
    static let forwardOutput = "services-unused-output"
    static let dispatch = "services"
    static let filter = "services-filter"
    static let unused = "services-unused"
    static let refused = "services-refused"
    static func source(_ family: AddressFamily) -> String { "services-source-\(family.suffix)" }

    // MARK: Sets and maps

    /// Address, protocol, port → what happens.
    static func services(_ family: AddressFamily) -> String { "services-\(family.suffix)" }
    /// Protocol, port at an address of the node → what happens.
    static func nodeServices(_ family: AddressFamily) -> String { "node-services-\(family.suffix)" }
    /// Address, protocol, port, number → endpoint.
    static func endpoints(_ family: AddressFamily) -> String { "endpoints-\(family.suffix)" }
    /// Protocol, port, number → endpoint.
    static func nodeEndpoints(_ family: AddressFamily) -> String { "node-endpoints-\(family.suffix)" }
    /// Address, protocol, port → why a connection is looked at before it is translated.
    static func refusals(_ family: AddressFamily) -> String { "refusals-\(family.suffix)" }
    static func nodeRefusals(_ family: AddressFamily) -> String { "node-refusals-\(family.suffix)" }
    /// Address, protocol, port, source that may come.
    static func sources(_ family: AddressFamily) -> String { "sources-\(family.suffix)" }
    static func nodeSources(_ family: AddressFamily) -> String { "node-sources-\(family.suffix)" }
    /// Addresses of services that are outside of the service network.
    static func addresses(_ family: AddressFamily) -> String { "service-addresses-\(family.suffix)" }
    /// Of these, cluster addresses, which are refused at ports that they do not have.
    static func clusterAddresses(_ family: AddressFamily) -> String { "cluster-addresses-\(family.suffix)" }
    /// Ports that services have on the node's addresses.
    static func nodePorts(_ transport: TransportProtocol, _ family: AddressFamily) -> String {
        "node-ports-\(transport)-\(family.suffix)"
    }
    /// Endpoints on this node, twice: as client and as server.
    static func hairpins(_ family: AddressFamily) -> String { "hairpins-\(family.suffix)" }
    /// Endpoints on this node.
    static func localEndpoints(_ family: AddressFamily) -> String { "local-endpoints-\(family.suffix)" }
    /// Addresses of this node that serve nothing of this.
    static func heldAddresses(_ family: AddressFamily) -> String { "held-addresses-\(family.suffix)" }
}

extension AddressFamily {
    var suffix: String { self == .ipv4 ? "v4" : "v6" }
}
