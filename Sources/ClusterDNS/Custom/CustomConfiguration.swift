import DNSWire

/// What the ConfigMap `coredns-custom` wants done besides the agent's own.
package struct CustomConfiguration: Hashable, Sendable {
    /// What the `*.override` keys add to the main block, in the order of their names.
    var main = CustomChain(zones: [.root])
    /// The blocks of the `*.server` keys.
    var servers: [CustomChain] = []

    /// Nothing is to be done.
    package var isEmpty: Bool { main.isEmpty && servers.isEmpty }

    /// The chain for a name: that of the longest zone. A server block replaces the main one.
    func chain(for name: DNSName) -> CustomChain {
        var (longest, found) = (0, main)
        for server in servers {
            guard let zone = server.zones.longestZone(of: name), zone.wire.count > longest else { continue }
            (longest, found) = (zone.wire.count, server)
        }
        return found
    }

    /// All rules that have servers of their own.
    var forwards: [ForwardRule] {
        ([main] + servers).flatMap(\.forwards).filter { $0.servers != .standard }
    }
}
