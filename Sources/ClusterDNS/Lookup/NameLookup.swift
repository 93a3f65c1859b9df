package import DNSWire
package import NetworkTypes

/// Finds the addresses of names as a stub resolver of the node does: on its own, whether cluster DNS runs here or not.
package struct NameLookup: Sendable {
    private let file: ResolverFile
    private let clusterDomain: DNSName
    private let clusterServers: [IPAddress]

    /// - Parameters:
    ///   - nameServers: those that are asked for names outside the cluster, as they are when somebody asks.
    ///   - clusterServers: where names in the cluster's domain are asked, and no others.
    package init(nameServers: NameServerChoice, clusterDomain: DNSName, clusterServers: [IPAddress]) {
        file = ResolverFile(choice: nameServers, own: Set(clusterServers))
        self.clusterDomain = clusterDomain
        self.clusterServers = clusterServers
    }

    /// Asks for both kinds of addresses. A task that is cancelled soon gets `failed`.
    ///
    /// - Parameter name: absolute, with a final dot or without; an address is no name.
    package func addresses(of name: String) async -> LookupAnswer {
        .failed(reason: "nobody is asked for \(name) yet")
    }
}
