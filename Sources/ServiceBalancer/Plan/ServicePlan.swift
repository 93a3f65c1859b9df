package import ClusterState
package import NetworkTypes

/// What one service wants on this node: a pure function of the service, its slices and the place of the node.
package struct ServicePlan: Hashable, Sendable {
    package var ports: [PortPlan]
    package var healthCheck: HealthCheckPlan?
    /// Ports of the node that it has by another proxy beside us, which no load balancer is to take.
    var portsElsewhere: [FrontendClaims.Wish] = []
    /// When the service was created, in seconds since 1970: of two that want the same frontend the older one has it.
    var createdAt: Int64

    /// Nil if the service is none that a proxy serves.
    init?(_ service: Service, _ slices: [SliceIndex.Slice], _ context: PlanContext) {
        guard service.isProxied, !context.scope.isEmpty else { return nil }
        ports = []
        createdAt = service.metadata.createdAt ?? .max
        let frontends = FrontendList(service, context)
        var localEndpoints = 0
        for family in context.families where service.serves(family) {
            let slicePorts = SlicePorts(slices, family)
            var localReady: Set<IPAddress> = []
            for port in service.ports where port.port > 0 {
                let choice = EndpointChoice(slicePorts, port, family, on: context.place)
                localReady.formUnion(choice.readyLocal)
                let plan = PortPlan(service, port, family, choice, frontends)
                if !plan.frontends.isEmpty { ports.append(plan) }
            }
            // A pod with addresses of both families is one.
            localEndpoints = max(localEndpoints, localReady.count)
        }
        if context.scope.services {
            healthCheck = service.healthCheckPort.map { HealthCheckPlan(port: $0, localEndpoints: localEndpoints) }
        } else {
            portsElsewhere = service.nodePortWishes(in: context.families.filter(service.serves))
        }
    }
}

/// What a cloud's load balancer asks of this node about a service whose traffic must stay here.
package struct HealthCheckPlan: Hashable, Sendable {
    /// `spec.healthCheckNodePort`
    package var port: UInt16
    /// How many pods of the service here are ready.
    package var localEndpoints: Int

    /// Where it is asked.
    var frontends: [FrontendKey] { AddressFamily.allCases.map { FrontendKey(.node($0), .tcp, port) } }

    /// What the port is claimed as: no port of a service has capital letters.
    func name(of service: NamespacedName) -> ServicePortName {
        ServicePortName(service: service, port: "healthCheckNodePort", transport: .tcp)
    }
}

/// What a service's port wants in one family.
package struct PortPlan: Hashable, Sendable {
    package let name: ServicePortName
    package let family: AddressFamily
    /// Endpoints for traffic that may go anywhere; sorted.
    package var cluster: [Backend]
    /// Endpoints for traffic that stays on this node; sorted.
    package var local: [Backend]
    /// For how many seconds a client keeps its endpoint; nil for no time.
    package var affinitySeconds: Int?
    package var frontends: [Frontend]

    init(
        _ service: Service,
        _ port: ServicePort,
        _ family: AddressFamily,
        _ choice: EndpointChoice,
        _ list: FrontendList
    ) {
        name = ServicePortName(
            service: service.metadata.namespacedName,
            port: port.name,
            transport: port.transport.number
        )
        self.family = family
        affinitySeconds = service.affinitySeconds
        frontends = list.frontends(port, family, choice)
        cluster = frontends.contains { $0.inside == .cluster || $0.outside == .cluster } ? choice.cluster : []
        local = frontends.contains { $0.inside == .local || $0.outside == .local } ? choice.local : []
    }

    /// Where a connection of this fate may go.
    package func backends(_ fate: Frontend.Fate) -> [Backend] {
        switch fate {
        case .cluster: cluster
        case .local: local
        case .drop, .reject: []
        }
    }
}

/// What plans of services depend on beside the service.
struct PlanContext: Hashable, Sendable {
    var families: [AddressFamily]
    var scope: BalancerScope
    var place: NodePlace
    /// The node's addresses as its kernel has them.
    var nodeAddresses: Set<IPAddress>
}

extension PlanContext {
    func isOnNode(_ key: FrontendKey) -> Bool {
        switch key.place {
        case .node: true
        case .address(let address): nodeAddresses.contains(address) || place.addresses.contains(address)
        }
    }

    /// The port of this node that a load balancer's frontend takes; nil if it takes none. Node ports are the cluster's to
    /// give: programs keep out of their range.
    func nodePort(of frontend: Frontend) -> HeldPort? {
        guard frontend.kind == .loadBalancer, isOnNode(frontend.key) else { return nil }
        let port = HeldPort(frontend.key)
        return port.isReserved ? nil : port
    }

    func nodePorts(_ plan: ServicePlan?) -> [HeldPort] {
        var ports: [HeldPort] = []
        for port in plan?.ports ?? [] {
            for frontend in port.frontends { if let port = nodePort(of: frontend) { ports.append(port) } }
        }
        return ports
    }
}

extension Service {
    /// Whether it is one that a proxy serves.
    var isProxied: Bool { type != .externalName && !isHeadless && !ServiceLabel.leaveOut(metadata.labels) }

    /// What it wants of all nodes, whoever serves it there: node ports, and the port of its health check.
    func nodePortWishes(in families: [AddressFamily]) -> [FrontendClaims.Wish] {
        guard type == .nodePort || type == .loadBalancer else { return [] }
        let name = metadata.namespacedName
        func wish(_ key: FrontendKey, _ name: ServicePortName) -> FrontendClaims.Wish {
            let claim = FrontendClaims.Claim(createdAt: metadata.createdAt ?? .max, name: name)
            return FrontendClaims.Wish(key: key, claim: claim)
        }
        var wishes: [FrontendClaims.Wish] = []
        for port in ports {
            guard let number = port.nodePort, number > 0 else { continue }
            let owner = ServicePortName(service: name, port: port.name, transport: port.transport.number)
            wishes += families.map { wish(FrontendKey(.node($0), owner.transport, number), owner) }
        }
        if let port = healthCheckPort {
            let check = HealthCheckPlan(port: port, localEndpoints: 0)
            wishes += check.frontends.map { wish($0, check.name(of: name)) }
        }
        return wishes
    }

    /// Where clouds ask whether this node should have its traffic; nil if nowhere.
    var healthCheckPort: UInt16? {
        guard type == .loadBalancer, externalTrafficPolicy == .local else { return nil }
        return healthCheckNodePort.flatMap { $0 > 0 ? $0 : nil }
    }
}

extension ClusterState.TransportProtocol {
    /// The protocol by its number.
    package var number: NetworkTypes.TransportProtocol {
        switch self {
        case .tcp: .tcp
        case .udp: .udp
        case .sctp: .sctp
        }
    }
}
