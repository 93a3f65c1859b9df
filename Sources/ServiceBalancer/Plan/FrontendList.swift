import ClusterState
import NetworkTypes

/// The frontends of a service's ports.
struct FrontendList {
    private let service: Service
    private let context: PlanContext

    init(_ service: Service, _ context: PlanContext) {
        self.service = service
        self.context = context
    }

    /// Each key once; of two kinds that make the same one the first counts.
    func frontends(_ port: ServicePort, _ family: AddressFamily, _ choice: EndpointChoice) -> [Frontend] {
        let transport = port.transport.number
        let inside = internalFate(choice)
        let external = externalFates(choice)
        var frontends: [Frontend] = []
        func add(_ frontend: Frontend) {
            if !frontends.contains(where: { $0.key == frontend.key }) { frontends.append(frontend) }
        }
        func addExternal(_ place: FrontendKey.Place, _ number: UInt16, _ kind: Frontend.Kind, _ sources: [IPPrefix]?) {
            let key = FrontendKey(place, transport, number)
            add(Frontend(key, kind, outside: external.outside, inside: external.inside, sources: sources))
        }
        if context.scope.services {
            for address in service.clusterIPs where address.family == family {
                let key = FrontendKey(.address(address), transport, port.port)
                add(Frontend(key, .clusterIP, outside: inside, inside: inside))
            }
        }
        let sources = SourceRanges.allowed(service, family)
        for address in balancerAddresses(family) {
            addExternal(.address(address), port.port, .loadBalancer, sources.map { allow(address, in: $0) })
        }
        if hasNodeAddresses { addExternal(.node(family), port.port, .loadBalancer, sources) }
        if context.scope.services {
            for address in service.externalIPs where address.family == family {
                addExternal(.address(address), port.port, .externalIP, nil)
            }
            if let nodePort = port.nodePort, nodePort > 0, service.type == .nodePort || service.type == .loadBalancer {
                addExternal(.node(family), nodePort, .nodePort, nil)
            }
        }
        return frontends
    }

    /// Whether the service is a load balancer of our own, which has its ports on the addresses of this node.
    private var hasNodeAddresses: Bool {
        context.scope.loadBalancers && service.isOwnLoadBalancer && context.place.choice.includes(service)
    }

    /// The published addresses that traffic may be sent from straight to the endpoints (`ipMode: VIP`).
    ///
    /// Those of other load balancers are the business of whoever serves all of services.
    private func balancerAddresses(_ family: AddressFamily) -> [IPAddress] {
        guard service.type == .loadBalancer else { return [] }
        let isOurs = context.scope.loadBalancers && service.isOwnLoadBalancer
        guard context.scope.services || isOurs else { return [] }
        return service.loadBalancerIngress.compactMap { $0.isProxy ? nil : $0.address }.filter { $0.family == family }
    }

    /// A node that may use a load balancer reaches it from the balancer's own address, where it has that.
    private func allow(_ address: IPAddress, in sources: [IPPrefix]) -> [IPPrefix] {
        let isNodeAllowed = context.place.addresses.contains { own in sources.contains { $0.contains(own) } }
        guard isNodeAllowed, !sources.contains(where: { $0.contains(address) }) else { return sources }
        return (sources + [IPPrefix(host: address)]).sorted()
    }

    private func internalFate(_ choice: EndpointChoice) -> Frontend.Fate {
        switch service.internalTrafficPolicy {
        case .cluster: choice.cluster.isEmpty ? .reject : .cluster
        case .local: choice.local.isEmpty ? (choice.cluster.isEmpty ? .reject : .drop) : .local
        }
    }

    private func externalFates(_ choice: EndpointChoice) -> (outside: Frontend.Fate, inside: Frontend.Fate) {
        let anywhere: Frontend.Fate = choice.cluster.isEmpty ? .reject : .cluster
        guard service.externalTrafficPolicy == .local else { return (anywhere, anywhere) }
        if choice.local.isEmpty { return (choice.cluster.isEmpty ? .reject : .drop, anywhere) }
        return (.local, anywhere)
    }
}

extension Service {
    /// Whether it is a load balancer that names no other implementation.
    package var isOwnLoadBalancer: Bool { type == .loadBalancer && loadBalancerClass == nil }

    /// Whether it is of this family.
    ///
    /// Without an API server nobody gives a service a cluster address: then its node ports and load balancer serve all
    /// families that it does not exclude.
    func serves(_ family: AddressFamily) -> Bool {
        if !clusterIPs.isEmpty { return clusterIPs.contains { $0.family == family } }
        return ipFamilies.isEmpty || ipFamilies.contains(family)
    }
}
