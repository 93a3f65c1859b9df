package import ClusterState
package import NetworkTypes

/// Decides which subnets a node asks for: pure, by flannel's order of taking.
///
/// 1. the lease that names this node, of several the one it had before, else the newest; 2. one of flanneld's with a public
/// address of this node; 3. the subnets the node had before, if they are free; 4. free ones, drawn by lot.
package struct SubnetChoice: Sendable {
    package enum Decision: Hashable, Sendable {
        /// A lease that is there: this node's own, or one that flanneld left on it.
        case take(RegisteredLease)
        /// A new one.
        case create(SubnetKey)
    }

    /// As many free subnets are drawn from, like flannel.
    static let candidateLimit = 100

    package let network: NetworkConfiguration
    package let node: NodeName
    /// Which machine this is: another one of the same name has another.
    package let instance: String
    package let publicAddresses: PerFamily<IPAddress>
    /// What the node had before, newest first.
    package let previous: [PerFamily<IPPrefix>]

    package init(
        network: NetworkConfiguration,
        node: NodeName,
        instance: String = "",
        publicAddresses: PerFamily<IPAddress>,
        previous: [PerFamily<IPPrefix>] = []
    ) {
        self.network = network
        self.node = node
        self.instance = instance
        self.publicAddresses = publicAddresses
        self.previous = previous
    }

    package func decide(
        among leases: [RegisteredLease],
        using random: inout some RandomNumberGenerator
    ) throws(OutOfSubnets) -> Decision {
        let own = leases.filter { isOwn($0) && fits($0.key) }
        if let lease = held(among: own) ?? own.max(by: { $0.revision < $1.revision }) { return .take(lease) }
        let inherited = leases.filter { isInherited($0) && fits($0.key) }
        if let lease = held(among: inherited) ?? inherited.min(by: { $0.key < $1.key }) { return .take(lease) }
        // What is given up does not stand in the way.
        let others = leases.filter { !isGivenUp($0, keeping: nil) && !coversAll($0.key) }.map(\.key)
        for subnets in previous {
            guard let key = SubnetKey(subnets), fits(key), !others.contains(where: key.overlaps) else { continue }
            return .create(key)
        }
        var subnets = PerFamily<IPPrefix>()
        for family in network.pools.families {
            guard let pool = network.pools[family] else { continue }
            let candidates = free(in: pool, besides: others.compactMap { $0.subnets[family] })
            guard let subnet = candidates.randomElement(using: &random) else { throw OutOfSubnets(pool) }
            subnets[family] = subnet
        }
        guard let key = SubnetKey(subnets) else { preconditionFailure("a configuration without families") }
        return .create(key)
    }

    /// Leases that this node has beside the one it keeps: it has no use for them.
    package func surplus(among leases: [RegisteredLease], keeping key: SubnetKey) -> [RegisteredLease] {
        leases.filter { isGivenUp($0, keeping: key) }
    }

    /// Other Linnet nodes that are known by an address of this one.
    package func rivals(among leases: [RegisteredLease]) -> [RegisteredLease] {
        leases.filter { lease in
            guard let extras = lease.extras, extras.node != node else { return false }
            return sharesAddress(lease)
        }
    }

    /// The lease of another machine that has this node's name, if there is one.
    ///
    /// A machine that was set up anew has lost its instance, but keeps its address.
    package func namesake(among leases: [RegisteredLease]) -> RegisteredLease? {
        leases.first { isNamesake($0) }
    }

    private func isNamesake(_ lease: RegisteredLease) -> Bool {
        guard let extras = lease.extras, extras.node == node, !extras.instance.isEmpty else { return false }
        return extras.instance != instance && !sharesAddress(lease)
    }

    package func isOwn(_ lease: RegisteredLease) -> Bool { lease.extras?.node == node && !isNamesake(lease) }

    private func isInherited(_ lease: RegisteredLease) -> Bool { lease.extras == nil && sharesAddress(lease) }

    private func isGivenUp(_ lease: RegisteredLease, keeping key: SubnetKey?) -> Bool {
        guard lease.key != key, isOwn(lease) || isInherited(lease) else { return false }
        // A reservation is an administrator's: a node that does not fit it leaves it alone.
        return lease.leaseID != 0
    }

    private func sharesAddress(_ lease: RegisteredLease) -> Bool {
        publicAddresses.families.contains { family in
            lease.record.publicAddresses[family].map { $0 == publicAddresses[family] } ?? false
        }
    }

    /// The one whose subnets the node had last.
    private func held(among leases: [RegisteredLease]) -> RegisteredLease? {
        for subnets in previous {
            if let lease = leases.first(where: { $0.key.subnets == subnets }) { return lease }
        }
        return nil
    }

    /// Whether the key is as wide as the whole network, such as `0.0.0.0-0`: no lease, and nobody's subnet.
    private func coversAll(_ key: SubnetKey) -> Bool {
        network.pools.families.contains { family in
            guard let subnet = key.subnets[family], let pool = network.pools[family] else { return false }
            return subnet.contains(pool.network)
        }
    }

    private func fits(_ key: SubnetKey) -> Bool {
        key.subnets.families == network.pools.families
            && key.subnets.values.allSatisfy { network.pools[$0.family]?.allows($0) == true }
    }

    private func free(in pool: NetworkConfiguration.Pool, besides taken: [IPPrefix]) -> [IPPrefix] {
        let size = UInt128(1) << UInt128(pool.network.family.bitWidth - pool.length)
        let exact = Set(taken.filter { $0.length == pool.length }.map(\.base))
        let others = taken.filter { $0.length != pool.length }
        var found: [IPPrefix] = []
        var number = pool.first.number
        while number <= pool.last.number, found.count < Self.candidateLimit {
            let base = IPAddress(family: pool.network.family, number: number)
            let subnet = IPPrefix(containing: base, length: pool.length)
            if !exact.contains(base), !others.contains(where: subnet.overlaps) { found.append(subnet) }
            guard pool.last.number - number >= size else { break }
            number += size
        }
        return found
    }
}

/// Every subnet of a family is leased.
package struct OutOfSubnets: Error, Hashable {
    package let pool: NetworkConfiguration.Pool

    init(_ pool: NetworkConfiguration.Pool) {
        self.pool = pool
    }
}

extension SubnetChoice.Decision {
    /// The subnets that were decided on.
    var key: SubnetKey {
        switch self {
        case .take(let lease): lease.key
        case .create(let key): key
        }
    }
}
