import ClusterState
import NetworkTypes
import ServiceBalancer

extension IPAddress {
    /// fd00:4::/96, in which each IPv4 address has its twin: fd00:4::102:304 is that of 1.2.3.4.
    private static let twins: UInt128 = 0xfd00_0004 << 96

    /// The twin in IPv6; an address of IPv6 itself.
    var twin: IPAddress {
        family == .ipv6 ? self : IPAddress(family: .ipv6, number: Self.twins | number)
    }

    /// As it stands in a row: a twin as the IPv4 address that it is of.
    var rowText: String {
        guard family == .ipv6, number >> 32 == Self.twins >> 32 else { return "\(self)" }
        return "\(IPAddress(family: .ipv4, number: number & 0xffff_ffff))"
    }
}

extension IPPrefix {
    var twin: IPPrefix {
        guard family == .ipv4 else { return self }
        return length == 0
            ? IPPrefix(containing: IPAddress(family: .ipv6, number: 0), length: 0)
            : IPPrefix(containing: base.twin, length: 96 + length)
    }

    var rowText: String { "\(base.rowText)/\(base.rowText.contains(":") ? length : length % 96)" }
}

extension TestCluster {
    /// The same with the twin of each address in place of it.
    var inIPv6: TestCluster {
        var cluster = self
        cluster.web = web.twin
        cluster.others = others.map(\.twin)
        cluster.slices = slices.map(\.twin)
        cluster.nodes = nodes.map(\.twin)
        cluster.configuration.clusterCIDRs.v6 = configuration.clusterCIDRs.v4?.twin
        cluster.configuration.serviceCIDRs.v6 = configuration.serviceCIDRs.v4?.twin
        cluster.facts.heldAddresses = Set(facts.heldAddresses.map(\.twin))
        cluster.facts.nodeAddresses = Set(facts.nodeAddresses.map(\.twin))
        cluster.facts.unfilteredBridges = Set(facts.unfilteredBridges.map { _ in .ipv6 })
        cluster.heldPorts = Set(heldPorts.map { HeldPort(.ipv6, $0.transport, $0.port) })
        return cluster
    }
}

extension Service {
    fileprivate var twin: Service {
        var service = self
        service.clusterIPs = clusterIPs.map(\.twin)
        service.externalIPs = externalIPs.map(\.twin)
        service.loadBalancerSourceRanges = loadBalancerSourceRanges.map(\.twin)
        service.ipFamilies = ipFamilies.map { _ in .ipv6 }
        for index in loadBalancerIngress.indices {
            service.loadBalancerIngress[index].address = loadBalancerIngress[index].address?.twin
        }
        return service
    }
}

extension EndpointSlice {
    fileprivate var twin: EndpointSlice {
        var slice = self
        slice.family = family.map { _ in .ipv6 }
        for index in endpoints.indices { slice.endpoints[index].addresses = endpoints[index].addresses.map(\.twin) }
        return slice
    }
}

extension Node {
    fileprivate var twin: Node {
        var node = self
        node.podCIDRs.v6 = podCIDRs.v4?.twin
        node.internalAddresses.v6 = internalAddresses.v4?.twin
        node.externalAddresses.v6 = externalAddresses.v4?.twin
        return node
    }
}
