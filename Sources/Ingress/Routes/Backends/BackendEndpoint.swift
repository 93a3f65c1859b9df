package import NetworkTypes

/// A place to which requests can be sent.
package struct BackendEndpoint: Sendable {
    package let address: IPAddress
    /// 1…65535.
    package let port: UInt16
    /// The UID of the pod, else its name, else address and port. An address that comes back with another identity is
    /// another pod, to which no connection of the former one may be used.
    package let identity: String
    /// It is on this node.
    package let isLocal: Bool
    /// A small number that no other endpoint of the table has, and that it keeps for as long as it is in the table. It
    /// does not tell endpoints of different tables apart, and is no part of equality.
    package let slot: Int
    /// The name outside the cluster that came to it; nil for what is found by an address. Connections that were made for
    /// one name are no use to another.
    package let name: String?
    /// How it is spoken to: a connection of the one kind is no use to who speaks another.
    package let scheme: BackendScheme

    package init(
        address: IPAddress,
        port: UInt16,
        identity: String,
        isLocal: Bool = false,
        name: String? = nil,
        slot: Int = 0,
        scheme: BackendScheme = .http
    ) {
        self.address = address
        self.port = port
        self.identity = identity
        self.isLocal = isLocal
        self.name = name
        self.slot = slot
        self.scheme = scheme
    }

    /// The same, in another place or spoken to otherwise.
    init(_ other: BackendEndpoint, slot: Int? = nil, scheme: BackendScheme? = nil) {
        self.init(
            address: other.address,
            port: other.port,
            identity: other.identity,
            isLocal: other.isLocal,
            name: other.name,
            slot: slot ?? other.slot,
            scheme: scheme ?? other.scheme
        )
    }
}

extension BackendEndpoint {
    /// One outside the cluster.
    init(address: IPAddress, port: UInt16, foundBy name: ExternalName?) {
        let place = BackendEndpoint(address: address, port: port, identity: "")
        self.init(address: address, port: port, identity: place.description, name: name?.text)
    }

    /// What it is called by in requests that do not keep the host that the client named: the name and, if that is not the
    /// scheme's own, the port; else address and port.
    package var authority: String {
        guard let name else { return description }
        return port == (scheme == .https ? 443 : 80) ? name : "\(name):\(port)"
    }
}

extension BackendEndpoint: Hashable {
    package static func == (left: BackendEndpoint, right: BackendEndpoint) -> Bool {
        left.address == right.address && left.port == right.port && left.identity == right.identity
            && left.isLocal == right.isLocal && left.name == right.name && left.scheme == right.scheme
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(address)
        hasher.combine(port)
        hasher.combine(identity)
        hasher.combine(name)
        hasher.combine(scheme)
    }
}

extension BackendEndpoint: CustomStringConvertible {
    /// `10.42.0.5:8080`, `[fd00::5]:8080`
    package var description: String {
        switch address {
        case .v4(let address): "\(address):\(port)"
        case .v6(let address): "[\(address)]:\(port)"
        }
    }
}
