import ClusterState
import NetworkTypes

extension Upstream {
    /// The port of DNS over UDP and TCP.
    static let plainPort: UInt16 = 53
    /// The port of DNS over TLS (RFC 7858 section 3.1).
    static let tlsPort: UInt16 = 853

    /// Parses `IP`, `IP:port`, `[IPv6]:port`, `tls://IP`, `tls://IP#name` and, as CoreDNS has it, `tls://IP%name`. Zones of
    /// link-local addresses stand behind a `%`, too.
    package init(parsing text: some StringProtocol) throws(UpstreamSyntaxError) {
        let whole = String(text)
        let isTLS = whole.hasPrefix("tls://")
        var place = whole.dropFirst(isTLS ? 6 : 0)
        var name: Substring?
        if let mark = place.firstIndex(of: "#") {
            guard isTLS else { throw UpstreamSyntaxError(whole, .nameWithoutTLS) }
            name = place[place.index(after: mark)...]
            place = place[..<mark]
        }
        if !isTLS, place.contains("://") { throw UpstreamSyntaxError(whole, .unknownScheme) }
        var (host, port) = try Self.split(place, of: whole)
        if isTLS, name == nil, let (bare, other) = Self.splitName(host) { (host, name) = (bare, other) }
        let (address, zone) = try Self.address(host, of: whole)
        if let name, !Self.isHostName(name) { throw UpstreamSyntaxError(whole, .malformedName) }
        self.init(
            address,
            zone: zone,
            port: port ?? (isTLS ? Self.tlsPort : Self.plainPort),
            security: isTLS ? .tls(name: name.map(String.init)) : .none
        )
    }

    /// What stands behind `%`, unless it is a zone.
    private static func splitName(_ host: Substring) -> (host: Substring, name: Substring)? {
        guard let mark = host.firstIndex(of: "%"), let address = try? IPAddress(parsing: host[..<mark]),
            address.family == .ipv4 || !address.isLinkLocal
        else { return nil }
        return (host[..<mark], host[host.index(after: mark)...])
    }

    /// Whether a certificate can have this name: a host's (RFC 1123 section 2.1), and no address.
    private static func isHostName(_ text: Substring) -> Bool {
        guard text.utf8.allSatisfy({ $0 < 0x80 }), (try? IPAddress(parsing: text)) == nil else { return false }
        return NodeName.isSubdomain(text.lowercased())
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
