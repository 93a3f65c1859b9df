import ClusterState
import LinuxSystem
import NetworkTypes

/// Who may ask: pods, nodes, services and the host itself. To all others the server would be an open resolver, which can be
/// made to flood third parties.
struct AllowedSources: Sendable, Equatable {
    private var networks: [Network]
    private var hosts: Set<PacketAddress>

    private struct Network: Sendable, Equatable {
        let base: PacketAddress
        let mask: PacketAddress

        init(_ prefix: IPPrefix) {
            base = PacketAddress(prefix.base)
            let bits = prefix.length + (prefix.family == .ipv4 ? 96 : 0)
            let mask = bits == 0 ? 0 : UInt128.max << UInt128(128 - bits)
            self.mask = PacketAddress(number: mask, isIPv4: false)
        }

        @inline(__always)
        func contains(_ address: PacketAddress) -> Bool {
            address.high & mask.high == base.high && address.low & mask.low == base.low
        }
    }

    /// What is allowed whatever the cluster's nodes are.
    init(_ configuration: ClusterDNSConfiguration) {
        let prefixes =
            configuration.podCIDRs.values + configuration.serviceCIDRs.values
            + configuration.servedAddresses.map { IPPrefix(host: $0) }
        let loopback = [
            IPPrefix(containing: IPAddress(family: .ipv4, number: 0x7f00_0000), length: 8),
            IPPrefix(host: IPAddress(family: .ipv6, number: 1)),
        ]
        networks = (prefixes + loopback).map(Network.init)
        hosts = []
    }

    /// Takes the nodes' addresses. Returns whether they are others than before.
    mutating func update(_ snapshot: ClusterSnapshot) -> Bool {
        var hosts: Set<PacketAddress> = []
        for node in snapshot.nodes.values {
            for addresses in [node.internalAddresses, node.externalAddresses, node.publicAddresses] {
                for address in addresses.values { hosts.insert(PacketAddress(address)) }
            }
        }
        defer { self.hosts = hosts }
        return hosts != self.hosts
    }

    func contains(_ address: PacketAddress) -> Bool {
        for network in networks where network.contains(address) { return true }
        return hosts.contains(address)
    }
}

extension PacketAddress {
    init(_ address: IPAddress) {
        self.init(number: address.number, isIPv4: address.family == .ipv4)
    }
}
