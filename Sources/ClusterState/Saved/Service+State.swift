import NetworkTypes

extension PortReference: StateCodable {
    static var blank: PortReference { .number(0) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var number: UInt16? = if case .number(let number) = self { number } else { nil }
        var name = if case .name(let name) = self { name } else { "" }
        try coder.code(&number)
        if number == nil { try coder.code(&name) }
        self = number.map(PortReference.number) ?? .name(name)
    }
}

extension ServicePort: StateCodable {
    static var blank: ServicePort { ServicePort(port: 0) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&name)
        try coder.code(choice: &transport)
        try coder.code(&port)
        try coder.code(&targetPort)
        try coder.code(&nodePort)
        try coder.code(&appProtocol)
    }
}

extension LoadBalancerIngress: StateCodable {
    static var blank: LoadBalancerIngress { LoadBalancerIngress() }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&address)
        try coder.code(&hostname)
        try coder.code(&isProxy)
    }
}

extension Service: StateCodable {
    static var blank: Service { Service(metadata: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&metadata)
        try coder.code(choice: &type)
        try coder.code(&clusterIPs)
        try coder.code(&isHeadless)
        try coder.code(&selector)
        try coder.code(&ports)
        try coder.code(&externalIPs)
        try coder.code(&externalName)
        try coder.code(&loadBalancerClass)
        try coder.code(&loadBalancerIP)
        try coder.code(&loadBalancerSourceRanges)
        try coder.code(&allocatesNodePorts)
        try coder.code(choice: &externalTrafficPolicy)
        try coder.code(choice: &internalTrafficPolicy)
        try coder.code(&affinitySeconds)
        try coder.code(&healthCheckNodePort)
        try coder.code(&publishesNotReadyAddresses)
        try coder.code(&ipFamilies)
        try coder.code(&trafficDistribution)
        try coder.code(&loadBalancerIngress)
    }
}

extension Endpoint: StateCodable {
    static var blank: Endpoint { Endpoint(addresses: []) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&addresses)
        try coder.code(&isReady)
        try coder.code(&isServing)
        try coder.code(&isTerminating)
        try coder.code(&hostname)
        try coder.code(&nodeName)
        try coder.code(&zone)
        try coder.code(&zoneHints)
        try coder.code(&nodeHints)
        try coder.code(&target)
    }
}

extension EndpointTarget: StateCodable {
    static var blank: EndpointTarget { .named("") }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var isNumber = if case .uid = self { true } else { false }
        try coder.code(&isNumber)
        guard isNumber else {
            var name = description
            try coder.code(&name)
            self = .named(name)
            return
        }
        var (high, low) = if case .uid(let high, let low) = self { (high, low) } else { (UInt64(0), UInt64(0)) }
        try coder.code(&high)
        try coder.code(&low)
        self = .uid(high, low)
    }
}

extension EndpointPort: StateCodable {
    static var blank: EndpointPort { EndpointPort(port: nil) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&name)
        try coder.code(choice: &transport)
        try coder.code(&port)
        try coder.code(&appProtocol)
    }
}

extension EndpointSlice: StateCodable {
    static var blank: EndpointSlice { EndpointSlice(metadata: .blank, family: nil) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&metadata)
        try coder.code(&family)
        try coder.code(&endpoints)
        try coder.code(&ports)
    }
}
