import NetworkTypes

/// Whose word about clients counts.
package struct PeerTrust: Hashable, Sendable {
    /// Proxies that may say in a PROXY header for whom they connect. Of others such a header is passed over; if there are
    /// none here, nobody sends any.
    package var announcers: TrustedPeers
    /// Proxies whose X-Forwarded fields are believed.
    package var forwarders: TrustedPeers

    package init(announcers: TrustedPeers = TrustedPeers(), forwarders: TrustedPeers = TrustedPeers()) {
        self.announcers = announcers
        self.forwarders = forwarders
    }

    /// Whether connections may begin with a PROXY header.
    var areAnnounced: Bool { announcers.trustsAll || !announcers.networks.isEmpty }

    func mayAnnounce(_ peer: IPAddress) -> Bool { announcers.contains(peer) }

    /// Whether it connects for others in any way.
    func isProxy(_ peer: IPAddress) -> Bool { announcers.contains(peer) || forwarders.contains(peer) }

    /// - Parameter client: the peer, or for whom it connected.
    func believes(_ client: IPAddress) -> Bool { forwarders.contains(client) }
}
