import NetworkTypes

extension NodeName: StateCodable {
    static var blank: NodeName {
        guard let name = NodeName(rawValue: "blank") else { preconditionFailure("a constant that is no node's name") }
        return name
    }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(choice: &self)
    }
}

extension Node: StateCodable {
    static var blank: Node { Node(name: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&name)
        try coder.code(&labels)
        try coder.code(&annotations)
        try coder.code(&podCIDRs)
        try coder.code(&internalAddresses)
        try coder.code(&externalAddresses)
        try coder.code(&hostName)
        try coder.code(&publicAddresses)
        try coder.code(&vtep)
        try coder.code(&backendType)
        try coder.code(&vni)
        try coder.code(&leaseCreation)
        try coder.code(&extras)
    }
}

extension LeaseExtras: StateCodable {
    static var blank: LeaseExtras { LeaseExtras(agentVersion: "", readyCapabilities: nil) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&agentVersion)
        try coder.code(&readyCapabilities)
        try coder.code(&refusedPorts)
    }
}

extension NodeLease: StateCodable {
    static var blank: NodeLease {
        NodeLease(
            node: .blank,
            podCIDRs: PerFamily(),
            underlay: PerFamily(),
            publicAddresses: PerFamily(),
            vtep: PerFamily()
        )
    }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&node)
        try coder.code(&podCIDRs)
        try coder.code(&underlay)
        try coder.code(&publicAddresses)
        try coder.code(&vtep)
        try coder.code(&backendType)
        try coder.code(&externalAddresses)
    }
}

extension Namespace: StateCodable {
    static var blank: Namespace { Namespace(metadata: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(&metadata) }
}

extension Secret: StateCodable {
    static var blank: Secret { Secret(metadata: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&metadata)
        try coder.code(&type)
        try coder.code(&data)
    }
}

extension ConfigMap: StateCodable {
    static var blank: ConfigMap { ConfigMap(metadata: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&metadata)
        try coder.code(&data)
        try coder.code(&binaryData)
    }
}
