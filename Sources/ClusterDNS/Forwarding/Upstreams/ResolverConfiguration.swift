package import NetworkTypes

/// What a resolv.conf says about servers, of which those are left out that would lead back here or nowhere.
///
/// Search lists and `ndots` are for stub resolvers. `timeout` and `attempts` are passed over: how long to wait is
/// learned.
package struct ResolverConfiguration: Hashable, Sendable {
    /// A server that is not asked.
    package struct LeftOut: Hashable, Sendable {
        /// As the file has it.
        package let text: String
        package let reason: Reason
    }

    /// Why a server is not asked.
    package enum Reason: Hashable, Sendable {
        case malformed
        /// A resolver of the host, which asks the servers that it has in a file of its own.
        case loopback
        /// We answer there ourselves.
        case own
        /// No single host has this address.
        case unspecifiedOrMulticast
        /// A link-local IPv6 address that does not say on which interface.
        case withoutZone
        case repeated
        /// There are `most` before it.
        case excess
    }

    /// More servers than these cannot be tried before clients give up.
    package static let most = 6

    package let upstreams: [Upstream]
    package let leftOut: [LeftOut]
    /// Servers are to be asked in turn.
    package let rotates: Bool

    /// Whether the servers are hidden behind a resolver of the host: then they stand in `hiddenServersPath`.
    package var isHidden: Bool { upstreams.isEmpty && leftOut.contains { $0.reason == .loopback } }
    /// Where systemd-resolved writes the servers that it asks.
    package static let hiddenServersPath = "/run/systemd/resolve/resolv.conf"

    /// - Parameters:
    ///   - text: the file. What is not understood is passed over, as by libc.
    ///   - own: the addresses at which we answer.
    package init(parsing text: some StringProtocol, own: Set<IPAddress> = []) {
        var reading = Reading(own: own)
        for line in text.split(whereSeparator: \.isNewline) { reading.read(String(line)) }
        upstreams = reading.upstreams
        leftOut = reading.leftOut
        rotates = reading.rotates
    }

    /// Servers that were set one by one. A resolver of the host may be among them.
    package init(of servers: [Upstream], own: Set<IPAddress> = []) {
        var upstreams: [Upstream] = []
        leftOut = servers.compactMap { server in
            if let reason = Reason(for: server, own) { return LeftOut(text: "\(server)", reason: reason) }
            if !upstreams.contains(server) { upstreams.append(server) }
            return nil
        }
        self.upstreams = upstreams
        rotates = false
    }

    private struct Reading {
        let own: Set<IPAddress>
        var upstreams: [Upstream] = []
        var leftOut: [LeftOut] = []
        var rotates = false

        mutating func read(_ line: String) {
            // A keyword stands at the very beginning; comments are whole lines, or what no keyword looks at.
            guard let first = line.first, !"#; \t".contains(first) else { return }
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let keyword = words.first else { return }
            switch keyword {
            case "nameserver": if words.count > 1 { add(words[1]) }
            case "options": rotates = rotates || words.dropFirst().contains("rotate")
            default: break
            }
        }

        private mutating func add(_ text: Substring) {
            guard let (address, zone) = try? Upstream.address(text, of: String(text)) else {
                leftOut.append(LeftOut(text: String(text), reason: .malformed))
                return
            }
            let upstream = Upstream(address, zone: zone)
            if let reason = reason(against: upstream) {
                leftOut.append(LeftOut(text: String(text), reason: reason))
            } else {
                upstreams.append(upstream)
            }
        }

        private func reason(against upstream: Upstream) -> Reason? {
            let address = upstream.address
            if upstreams.contains(upstream) { return .repeated }
            if address.isLoopback { return .loopback }
            if let reason = Reason(for: upstream, own) { return reason }
            return upstreams.count < ResolverConfiguration.most ? nil : .excess
        }
    }
}

extension ResolverConfiguration.Reason {
    /// Why nobody can be asked there, wherever the server is named; nil if somebody may.
    ///
    /// - Parameter own: the addresses at which we answer.
    package init?(for upstream: Upstream, _ own: Set<IPAddress>) {
        let address = upstream.address
        if own.contains(address) {
            self = .own
        } else if address.isUnspecified || address.isMulticast || address.isBroadcast {
            self = .unspecifiedOrMulticast
        } else if address.family == .ipv6, address.isLinkLocal, upstream.zone == nil {
            self = .withoutZone
        } else {
            return nil
        }
    }
}

extension ResolverConfiguration.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "it is not an IP address"
        case .loopback: "it is a resolver of this host"
        case .own: "we answer at it ourselves"
        case .unspecifiedOrMulticast: "it is not the address of a host"
        case .withoutZone: "it is link-local and does not name an interface"
        case .repeated: "it stands there twice"
        case .excess: "there are \(ResolverConfiguration.most) servers before it"
        }
    }
}
