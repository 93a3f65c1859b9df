package import NetworkTypes

/// Lets in clients of some addresses only (Traefik's IPAllowList).
package struct AddressAllowance: Hashable, Sendable {
    package var networks: [IPPrefix]
    package var source: AddressSource
    /// What all others are answered.
    package var rejection: UInt16

    package init(networks: [IPPrefix], source: AddressSource = .peer(), rejection: UInt16 = 403) {
        self.networks = networks
        self.source = source
        self.rejection = rejection
    }
}

/// Which address a client is known by (Traefik's ipStrategy). X-Forwarded-For counts only as a trusted peer sent it.
package enum AddressSource: Hashable, Sendable {
    /// The client's own, for IPv6 the network of so many bits that it is in.
    case peer(subnetBits: Int? = nil)
    /// The one at this place of X-Forwarded-For, 1 being the last; none if the list is shorter.
    case depth(Int, subnetBits: Int? = nil)
    /// The last one of X-Forwarded-For that is in none of these networks.
    case excluding([IPPrefix])
}
