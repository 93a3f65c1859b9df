package import NetworkTypes

/// A server that questions are forwarded to.
package struct Upstream: Hashable, Sendable {
    /// How it is spoken to.
    package enum Security: Hashable, Sendable {
        /// UDP, and TCP for what UDP has no room for.
        case none
        /// DNS over TLS (RFC 7858). The name is the one that its certificate must have; nil for its address.
        case tls(name: String?)
    }

    package let address: IPAddress
    /// The interface that a link-local IPv6 address belongs to (RFC 4007 section 11), by name or number.
    package let zone: String?
    package let port: UInt16
    package let security: Security

    package init(_ address: IPAddress, zone: String? = nil, port: UInt16 = 53, security: Security = .none) {
        self.address = address
        self.zone = zone
        self.port = port
        self.security = security
    }
}

extension Upstream {
    /// How it is asked first. Over TLS there is no other way: never is a question sent in the open instead.
    var transport: ForwarderAttempt.Transport { security == .none ? .datagram : .tls }
}

extension Upstream: CustomStringConvertible {
    /// As it is parsed; ports that go without saying are left out.
    package var description: String {
        let address = "\(address)" + (zone.map { "%\($0)" } ?? "")
        let defaultPort = security == .none ? Self.plainPort : Self.tlsPort
        let isBare = port == defaultPort
        let place = isBare ? address : self.address.family == .ipv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
        switch security {
        case .none: return place
        case .tls(let name): return "tls://\(place)" + (name.map { "#\($0)" } ?? "")
        }
    }
}
