package import Netlink
package import NetworkTypes

/// What the kernel says about this host that bears on the choice of tunnel endpoints.
package struct HostFacts: Sendable, Equatable {
    package var links: [Link]
    package var addresses: [Address]
    /// The routes of both families with prefix length 0 in the main table.
    package var defaultRoutes: [Route]

    package init(links: [Link], addresses: [Address], defaultRoutes: [Route]) {
        self.links = links
        self.addresses = addresses
        self.defaultRoutes = defaultRoutes
    }
}

/// Chooses this node's tunnel endpoints, one address a family.
///
/// In order: the addresses that `--node-ip` names; the best one of the interface that `--flannel-iface` names; those that
/// the node's own Node object names, if the host has them; the best one of the interface with the default route.
package struct UnderlaySelection: Sendable {
    /// The families that the cluster's pod networks have: a tunnel is built for each.
    package var families: [AddressFamily]
    /// `--node-ip`.
    package var nodeAddresses: PerFamily<IPAddress>
    /// `--flannel-iface`.
    package var interface: LinkName?
    /// The addresses of the own Node object, if the source has one.
    package var declaredAddresses: PerFamily<IPAddress>
    /// The pod networks: an address inside one is ours to give, and never an endpoint.
    package var clusterNetworks: PerFamily<IPPrefix>

    package init(
        families: [AddressFamily],
        nodeAddresses: PerFamily<IPAddress>,
        interface: LinkName?,
        declaredAddresses: PerFamily<IPAddress>,
        clusterNetworks: PerFamily<IPPrefix>
    ) {
        self.families = families
        self.nodeAddresses = nodeAddresses
        self.interface = interface
        self.declaredAddresses = declaredAddresses
        self.clusterNetworks = clusterNetworks
    }

    /// The endpoints that were found, and for each family without one the reason.
    package struct Choice: Sendable, Equatable {
        package var addresses = PerFamily<IPAddress>()
        package var problems: [UnderlayProblem] = []

        /// The choice with what was chosen before where there is none now: an address may be away for a moment, as when
        /// it is renewed, and until another takes its place nothing better is known. The problems stay.
        package func keeping(_ held: PerFamily<IPAddress>?) -> Choice {
            var choice = self
            for family in held?.families ?? [] where choice.addresses[family] == nil {
                choice.addresses[family] = held?[family]
            }
            return choice
        }
    }

    package func choose(from facts: HostFacts) -> Choice {
        var choice = Choice()
        for family in families {
            do throws(UnderlayProblem) {
                choice.addresses[family] = try address(of: family, facts)
            } catch {
                choice.problems.append(error)
            }
        }
        return choice
    }

    private func address(of family: AddressFamily, _ facts: HostFacts) throws(UnderlayProblem) -> IPAddress {
        if let wanted = nodeAddresses[family] {
            guard facts.addresses.contains(where: { $0.address.address == wanted }) else {
                throw .notOnHost(wanted, candidates: candidates(family, facts))
            }
            return wanted
        }
        if let interface {
            guard let link = facts.links.first(where: { $0.name == interface }) else {
                throw .noSuchInterface(interface)
            }
            return try best(family, on: link, facts)
        }
        if let declared = declaredAddresses[family],
            facts.addresses.contains(where: { $0.address.address == declared })
        {
            return declared
        }
        return try best(family, on: defaultRouteLink(family, facts), facts)
    }

    private func defaultRouteLink(_ family: AddressFamily, _ facts: HostFacts) throws(UnderlayProblem) -> Link {
        let routes = facts.defaultRoutes.filter { $0.destination.family == family }
            .sorted { ($0.metric ?? 0) < ($1.metric ?? 0) }
        guard let route = routes.first else {
            throw .noDefaultRoute(family, candidates: candidates(family, facts))
        }
        guard let index = route.interface, let link = facts.links.first(where: { $0.index == index }) else {
            throw .defaultRouteIsMultipath(family)
        }
        return link
    }

    private func best(
        _ family: AddressFamily,
        on link: Link,
        _ facts: HostFacts
    ) throws(UnderlayProblem) -> IPAddress {
        let usable = facts.addresses.filter { $0.interface == link.index && isCandidate($0, family) }
        guard let first = usable.min(by: Self.isPreferred) else { throw .noAddress(family, on: link.name) }
        return first.address.address
    }

    private func candidates(_ family: AddressFamily, _ facts: HostFacts) -> [UnderlayCandidate] {
        facts.addresses.filter { isCandidate($0, family) }.sorted(by: Self.isPreferred).compactMap { address in
            guard let link = facts.links.first(where: { $0.index == address.interface }) else { return nil }
            // A tunnel carries no tunnel.
            if case .vxlan = link.kind { return nil }
            return UnderlayCandidate(address: address.address.address, interface: link.name)
        }
    }

    private func isCandidate(_ address: Address, _ family: AddressFamily) -> Bool {
        let value = address.address.address
        if value.family != family || value.isLoopback
            || !address.flags.isDisjoint(with: [.deprecated, .tentative, .duplicate])
        {
            return false
        }
        return clusterNetworks[family].map { !$0.contains(value) } ?? true
    }

    /// Global before link-local, permanent before dynamic, stable before temporary, then the lower address, so that the
    /// choice does not depend on the order in which the kernel lists them.
    private static func isPreferred(_ left: Address, _ right: Address) -> Bool {
        let (l, r) = (rank(left), rank(right))
        return l == r ? left.address < right.address : l < r
    }

    private static func rank(_ address: Address) -> Int {
        (address.address.address.isLinkLocal ? 4 : 0) + (address.flags.contains(.permanent) ? 0 : 2)
            + (address.address.family == .ipv6 && address.flags.contains(.temporary) ? 1 : 0)
    }
}

/// An address that `--node-ip` could name.
package struct UnderlayCandidate: Sendable, Hashable, CustomStringConvertible {
    package let address: IPAddress
    package let interface: LinkName

    package var description: String { "\(address) on \(interface)" }
}

/// Why a family has no tunnel endpoint.
package enum UnderlayProblem: Error, Sendable, Hashable, CustomStringConvertible {
    case notOnHost(IPAddress, candidates: [UnderlayCandidate])
    case noSuchInterface(LinkName)
    case noAddress(AddressFamily, on: LinkName)
    case noDefaultRoute(AddressFamily, candidates: [UnderlayCandidate])
    case defaultRouteIsMultipath(AddressFamily)

    package var description: String {
        switch self {
        case .notOnHost(let address, let candidates):
            "--node-ip \(address) is not an address of this host; \(Self.list(candidates))"
        case .noSuchInterface(let name):
            "--flannel-iface \(name): there is no such interface"
        case .noAddress(let family, let name):
            "interface \(name) has no usable \(family) address; add one or name another by --flannel-iface or --node-ip"
        case .noDefaultRoute(let family, let candidates):
            "no \(family) default route tells which interface to use; set --node-ip or --flannel-iface; "
                + Self.list(candidates)
        case .defaultRouteIsMultipath(let family):
            "the \(family) default route has several next hops; set --flannel-iface or --node-ip"
        }
    }

    private static func list(_ candidates: [UnderlayCandidate]) -> String {
        candidates.isEmpty
            ? "the host has no address of that family"
            : "the host has \(candidates.map(\.description).joined(separator: ", "))"
    }
}
