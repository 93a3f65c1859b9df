package import NetworkTypes

/// What precedes the first message of a connection that a proxy passes on: who is at its other end (PROXY protocol).
///
/// Whether such a header is expected is for its reader to know, never to guess: anybody could send one.
package enum ProxyHeader: Hashable, Sendable {
    /// It goes on behind the octets that there are.
    case incomplete
    /// These octets begin with no such header.
    case none
    /// The connection was passed on. The header has `length` octets.
    case proxied(length: Int, source: ProxiedEndpoint, destination: ProxiedEndpoint)
    /// The proxy speaks for itself, or cannot say for whom: the real peer is the client. The header has `length` octets.
    case local(length: Int)
    /// It begins like a header and is none: close.
    case malformed

    /// Reads the header at the beginning of a connection.
    package init(_ octets: Span<UInt8>) {
        switch ProxyHeaderV2.read(octets) {
        case .none: self = ProxyHeaderV1.read(octets)
        case let header: self = header
        }
    }

    /// How much of `octets` begins with `signature`: all, none, or as much as is there.
    static func prefix(_ octets: Span<UInt8>, _ signature: some Sequence<UInt8>) -> PrefixMatch {
        var index = 0
        for octet in signature {
            guard index < octets.count else { return .incomplete }
            guard octets[index] == octet else { return .none }
            index += 1
        }
        return .whole
    }

    /// What came of looking for a signature.
    enum PrefixMatch {
        case none
        case incomplete
        case whole
    }
}

/// One end of a connection that was passed on.
package struct ProxiedEndpoint: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16

    package init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }
}
