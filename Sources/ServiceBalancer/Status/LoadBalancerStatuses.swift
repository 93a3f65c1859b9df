package import ClusterState
import NetworkTypes

/// The addresses that load balancers of ours are to be published with: a pure function of the snapshot, so that every node
/// comes to the same, and of what this node refuses where nodes are not told that of one another.
///
/// `update` plans again only what changed, and equals a plan from scratch.
package struct LoadBalancerStatuses: Sendable {
    package let configuration: BalancerConfiguration
    /// In order of families, within a family as texts, as k3s has them; empty if no node has the service's ports.
    package private(set) var addresses: [NamespacedName: [String]] = [:]
    private var nodes = BalancerNodes()
    private var claims = NodePortClaims()
    /// Nil until a load balancer is published by where its endpoints are.
    private var slices: SliceIndex?
    private var refusals: Set<HeldPort> = []
    private var isOn = false

    /// Before anything is known.
    package init(_ configuration: BalancerConfiguration) {
        self.configuration = configuration
    }

    /// Who publishes them.
    package var publisher: AddressSpeaker { nodes.publisher }

    /// Plans again what changed since the snapshot that was taken before. Returns the services that are to be published
    /// otherwise, in order.
    ///
    /// - Parameters:
    ///   - ownRefusals: the ports of this node that are held by others.
    ///   - isOn: whether load balancers are ours at all.
    package mutating func update(
        _ snapshot: ClusterSnapshot,
        changed: ChangedKeys,
        ownRefusals: Set<HeldPort>,
        isOn: Bool = true
    ) -> [AddressChange] {
        let changed = isOn == self.isOn ? changed : .everything
        self.isOn = isOn
        var dirty = note(changed, in: snapshot)
        if ownRefusals != refusals || changed.concernsNodes {
            refusals = ownRefusals
            let former = nodes
            nodes = BalancerNodes(snapshot, own: configuration.node, ownRefusals: ownRefusals)
            if nodes != former { dirty.formUnion(addresses.keys) }
        }
        var ports: Set<HeldPort> = []
        for name in dirty {
            let service = isOn ? snapshot.services[name] : nil
            ports.formUnion(claims.set(service.map(claimed) ?? [:], of: name))
        }
        let affected = ports.reduce(into: dirty) { $0.formUnion(claims.claimants(of: $1)) }
        return affected.sorted().compactMap { name in
            let old = addresses[name]
            let new = ownService(name, in: snapshot).map { addresses(of: $0, in: snapshot) }
            addresses[name] = new
            return old == new ? nil : AddressChange(ObjectKey(.service, name), old: old, new: new)
        }
    }

    private func ownService(_ name: NamespacedName, in snapshot: ClusterSnapshot) -> Service? {
        guard isOn, let service = snapshot.services[name], service.isPublishedByUs else { return nil }
        return service
    }

    /// Returns the services that the change may concern.
    private mutating func note(_ changed: ChangedKeys, in snapshot: ClusterSnapshot) -> Set<NamespacedName> {
        switch changed {
        case .everything:
            slices = nil
            var dirty = claims.services.union(addresses.keys)
            snapshot.services.forEach { name, service in if service.object.claimsNodePorts { dirty.insert(name) } }
            return dirty
        case .keys(let keys):
            var dirty: Set<NamespacedName> = []
            for key in keys {
                let name = key.namespacedName
                if key.kind == .service { dirty.insert(name) }
                if key.kind == .endpointSlice {
                    dirty.formUnion(slices?.note(name, in: snapshot) ?? [])
                }
            }
            return dirty
        }
    }

    /// The ports of nodes that a service claims, for its load balancer or otherwise.
    private func claimed(by service: Service) -> [HeldPort: NodePortClaims.Claim] {
        guard service.claimsNodePorts else { return [:] }
        var claimed = service.isPublishedByUs ? balancerPorts(of: service) : [:]
        for wish in service.nodePortWishes(in: families(of: service)) {
            let key = HeldPort(wish.key)
            guard claimed[key].map({ wish.claim < $0.port }) ?? true else { continue }
            claimed[key] = NodePortClaims.Claim(port: wish.claim, pool: nil)
        }
        return claimed
    }

    /// The ports of nodes that a load balancer must have where it is to be published.
    private func balancerPorts(of service: Service) -> [HeldPort: NodePortClaims.Claim] {
        var wanted: [HeldPort: NodePortClaims.Claim] = [:]
        let pool = service.metadata.labels[BalancerNodeChoice.pool]
        for port in service.ports where port.port > 0 {
            let claim = NodePortClaims.Claim(service, port, pool: pool)
            for family in families(of: service) {
                let key = HeldPort(family, port.transport.number, port.port)
                if wanted[key].map({ claim.port < $0.port }) ?? true { wanted[key] = claim }
            }
        }
        return wanted
    }

    private mutating func addresses(of service: Service, in snapshot: ClusterSnapshot) -> [String] {
        let name = service.metadata.namespacedName
        let wanted = balancerPorts(of: service)
        let slices = service.externalTrafficPolicy == .local ? slices(of: name, in: snapshot) : nil
        return families(of: service).flatMap { family in
            let answering = slices.map { Self.readyNodes($0, family) }
            let ports = wanted.filter { $0.key.family == family }
            let candidates = nodes.nodes.filter { node in
                guard node.choice.includes(service), answering?.contains(node.name.rawValue) ?? true else {
                    return false
                }
                return ports.allSatisfy {
                    !node.refused.contains($0.key) && !claims.isTaken($0.key, from: $0.value, on: node)
                }
            }
            let external = candidates.compactMap { $0.externalAddresses[family] }
            let published = external.isEmpty ? candidates.compactMap { $0.internalAddresses[family] } : external
            return Set(published.map(\.description)).sorted()
        }
    }

    private mutating func slices(of service: NamespacedName, in snapshot: ClusterSnapshot) -> [EndpointSlice] {
        let index = slices ?? SliceIndex(snapshot)
        slices = index
        return index.slices(of: service).map(\.object)
    }

    /// The families that the service is of, in its own order.
    private func families(of service: Service) -> [AddressFamily] {
        var order = service.ipFamilies
        for address in service.clusterIPs where !order.contains(address.family) { order.append(address.family) }
        if order.isEmpty { order = configuration.families }
        return order.filter { configuration.families.contains($0) && service.serves($0) }
    }

    /// The nodes with an endpoint of the family that is ready.
    private static func readyNodes(_ slices: [EndpointSlice], _ family: AddressFamily) -> Set<String> {
        let own = slices.filter { $0.family == family && !$0.isLeftOut }
        return Set(own.flatMap(\.endpoints).filter(\.isReady).compactMap(\.nodeName))
    }
}

extension NodePortClaims.Claim {
    fileprivate init(_ service: Service, _ port: ServicePort, pool: String?) {
        let name = ServicePortName(
            service: service.metadata.namespacedName,
            port: port.name,
            transport: port.transport.number
        )
        self.port = FrontendClaims.Claim(createdAt: service.metadata.createdAt ?? .max, name: name)
        self.pool = pool
    }
}

extension Service {
    /// Whether its status is ours to write: a load balancer of no other class, and no other proxy's business.
    var isPublishedByUs: Bool { isOwnLoadBalancer && isProxied }

    /// Whether it is of a type that has ports on the nodes' addresses.
    fileprivate var claimsNodePorts: Bool { (type == .nodePort || type == .loadBalancer) && isProxied }
}

extension ChangedKeys {
    fileprivate var concernsNodes: Bool {
        switch self {
        case .everything: true
        case .keys(let keys): keys.contains { $0.kind == .node }
        }
    }
}
