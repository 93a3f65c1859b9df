package import NetworkTypes

/// The peers whose X-Forwarded fields and PROXY headers are believed.
package struct TrustedPeers: Hashable, Sendable {
    package var networks: [IPPrefix]
    /// Everybody: for networks in which nobody but proxies can connect.
    package var trustsAll: Bool

    package init(networks: [IPPrefix] = [], trustsAll: Bool = false) {
        self.networks = networks
        self.trustsAll = trustsAll
    }

    package func contains(_ peer: IPAddress) -> Bool {
        guard !trustsAll, !networks.isEmpty else { return trustsAll }
        let address = peer.withoutMapping
        return networks.contains { $0.contains(address) }
    }
}
