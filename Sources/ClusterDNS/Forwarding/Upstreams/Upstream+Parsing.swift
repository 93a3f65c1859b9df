import NetworkTypes

extension Upstream {
    /// The port of DNS over UDP and TCP.
    static let plainPort: UInt16 = 53
    /// The port of DNS over TLS (RFC 7858 section 3.1).
    static let tlsPort: UInt16 = 853

    /// Parses `IP`, `IP:port`, `[IPv6]:port`, `tls://IP`, `tls://IP#name`. Zones of IPv6 addresses stand behind a `%`.
    package init(parsing text: some StringProtocol) throws(UpstreamSyntaxError) {
        let whole = String(text)
        let isTLS = whole.hasPrefix("tls://")
        var place = whole.dropFirst(isTLS ? 6 : 0)
        var name: String?
        if let mark = place.firstIndex(of: "#") {
            guard isTLS else { throw UpstreamSyntaxError(whole, .nameWithoutTLS) }
            name = String(place[place.index(after: mark)...])
            guard name?.isEmpty == false else { throw UpstreamSyntaxError(whole, .emptyName) }
            place = place[..<mark]
        }
        if !isTLS, place.contains("://") { throw UpstreamSyntaxError(whole, .unknownScheme) }
        let (host, port) = try Self.split(place, of: whole)
        let (address, zone) = try Self.address(host, of: whole)
        self.init(
            address,
            zone: zone,
            port: port ?? (isTLS ? Self.tlsPort : Self.plainPort),
            security: isTLS ? .tls(name: name) : .none
        )
    }

    /// The address and its zone, as resolv.conf has them.
    static func address(
        _ text: Substring,
        of whole: String
    ) throws(UpstreamSyntaxError) -> (IPAddress, zone: String?) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = try? IPAddress(parsing: first) else {
            throw UpstreamSyntaxError(whole, .malformedAddress)
        }
        guard parts.count == 2 else { return (address, nil) }
        guard address.family == .ipv6, !parts[1].isEmpty else { throw UpstreamSyntaxError(whole, .malformedZone) }
        return (address, String(parts[1]))
    }

    private static func split(
        _ place: Substring,
        of whole: String
    ) throws(UpstreamSyntaxError) -> (Substring, UInt16?) {
        if place.first == "[" {
            guard let end = place.firstIndex(of: "]") else { throw UpstreamSyntaxError(whole, .malformedAddress) }
            let host = place[place.index(after: place.startIndex)..<end]
            guard host.contains(":") else { throw UpstreamSyntaxError(whole, .malformedAddress) }
            let rest = place[place.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.first == ":" else { throw UpstreamSyntaxError(whole, .malformedPort) }
            return (host, try port(rest.dropFirst(), of: whole))
        }
        // Two colons are an IPv6 address without a port.
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return (place, nil) }
        return (parts[0], try port(parts[1], of: whole))
    }

    private static func port(_ text: Substring, of whole: String) throws(UpstreamSyntaxError) -> UInt16 {
        guard let port = UInt16(text), port > 0, text.first != "+" else {
            throw UpstreamSyntaxError(whole, .malformedPort)
        }
        return port
    }
}
