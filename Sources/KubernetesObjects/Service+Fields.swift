import ClusterState
import NetworkTypes
import YAML

extension Service {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        self.init(metadata: metadata)
        let spec = try fields.required("spec", Fields.fields)
        type = try spec.optional("type", Fields.word(Exposure.self)) ?? .clusterIP
        selector = try spec.strings(of: "selector")
        ports = try spec.elements("ports").map { port throws(ObjectError) in try ServicePort(port) }
        externalName = try spec.optional("externalName", Fields.string)
        publishesNotReadyAddresses = try spec.optional("publishNotReadyAddresses", Fields.boolean) ?? false
        trafficDistribution = try spec.optional("trafficDistribution", Fields.string)
        ipFamilies = try spec.list("ipFamilies", Fields.family)
        try readAddresses(spec)
        try readPolicies(spec)
        loadBalancerIngress = try fields.loadBalancerIngress()
    }

    private mutating func readAddresses(_ spec: Fields) throws(ObjectError) {
        var written = try spec.list("clusterIPs", Fields.string)
        if written.isEmpty, let one = try spec.optional("clusterIP", Fields.string) { written = [one] }
        isHeadless = written.contains("None")
        for text in written where text != "None" && !text.isEmpty {
            guard let address = try? IPAddress(parsing: text) else {
                throw spec.error(
                    spec.node["clusterIPs"] == nil ? "clusterIP" : "clusterIPs",
                    "'\(text)' is not an IP address"
                )
            }
            clusterIPs.append(address)
        }
        externalIPs = try spec.list("externalIPs", Fields.address)
        loadBalancerClass = try spec.optional("loadBalancerClass", Fields.string)
        if let text = try spec.optional("loadBalancerIP", Fields.string), !text.isEmpty {
            loadBalancerIP = try spec.required("loadBalancerIP", Fields.address)
        }
        loadBalancerSourceRanges = try spec.list("loadBalancerSourceRanges", Fields.sourceRange)
    }

    private mutating func readPolicies(_ spec: Fields) throws(ObjectError) {
        externalTrafficPolicy = try spec.optional("externalTrafficPolicy", Fields.word(TrafficPolicy.self)) ?? .cluster
        internalTrafficPolicy = try spec.optional("internalTrafficPolicy", Fields.word(TrafficPolicy.self)) ?? .cluster
        allocatesNodePorts = try spec.optional("allocateLoadBalancerNodePorts", Fields.boolean) ?? true
        healthCheckNodePort = try spec.optional("healthCheckNodePort", Fields.optionalPort) ?? nil
        guard try spec.optional("sessionAffinity", Fields.string) == "ClientIP" else { return }
        let configuration = try spec.optional("sessionAffinityConfig", Fields.fields)
        let client = try configuration?.optional("clientIP", Fields.fields)
        affinitySeconds = Int(try client?.optional("timeoutSeconds", Fields.integer(in: 1...86_400)) ?? 10_800)
    }
}

extension ServicePort {
    init(_ fields: Fields) throws(ObjectError) {
        self.init(
            name: try fields.optional("name", Fields.portName) ?? "",
            transport: try fields.optional("protocol", Fields.word(TransportProtocol.self)) ?? .tcp,
            port: try fields.required("port", Fields.port),
            targetPort: try fields.optional("targetPort", Fields.portReference),
            nodePort: try fields.optional("nodePort", Fields.optionalPort) ?? nil,
            appProtocol: try fields.optional("appProtocol", Fields.string)
        )
    }
}

extension Fields {
    /// A DNS label, as an API server has it: names of ports become names of kernel objects.
    fileprivate static func portName(_ node: YAMLNode, _ path: String) throws(ObjectError) -> String {
        let text = try string(node, path)
        guard text.isEmpty || NodeName.isSubdomain(text) && !text.contains(".") else {
            let message = "'\(text)' is no name of a port: write a DNS label, such as 'http'"
            throw ObjectError(position: node.position, path: path, message: message)
        }
        return text
    }
}

extension EndpointSlice {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        let type = try fields.required("addressType", Fields.word(AddressType.self))
        self.init(metadata: metadata, family: type.family)
        guard let family = type.family else { return }
        endpoints = try fields.elements("endpoints").map { entry throws(ObjectError) in try Endpoint(entry, family) }
        ports = try fields.elements("ports").map { port throws(ObjectError) in
            EndpointPort(
                name: try port.optional("name", Fields.string) ?? "",
                transport: try port.optional("protocol", Fields.word(TransportProtocol.self)) ?? .tcp,
                port: try port.optional("port", Fields.optionalPort) ?? nil,
                appProtocol: try port.optional("appProtocol", Fields.string)
            )
        }
    }

    private enum AddressType: String, CaseIterable {
        case ipv4 = "IPv4"
        case ipv6 = "IPv6"
        case names = "FQDN"

        var family: AddressFamily? {
            switch self {
            case .ipv4: .ipv4
            case .ipv6: .ipv6
            case .names: nil
            }
        }
    }
}

extension Endpoint {
    init(_ fields: Fields, _ family: AddressFamily) throws(ObjectError) {
        self.init(addresses: try fields.list("addresses", Fields.address))
        if let address = addresses.first(where: { $0.family != family }) {
            throw fields.error("addresses", "\(address) is not an \(family) address, as the slice's addressType says")
        }
        if let conditions = try fields.optional("conditions", Fields.fields) {
            isReady = try conditions.optional("ready", Fields.boolean) ?? true
            isServing = try conditions.optional("serving", Fields.boolean) ?? true
            isTerminating = try conditions.optional("terminating", Fields.boolean) ?? false
        }
        hostname = try fields.optional("hostname", Fields.string)
        nodeName = try fields.optional("nodeName", Fields.string)
        zone = try fields.optional("zone", Fields.string)
        if let reference = try fields.optional("targetRef", Fields.fields) {
            target = EndpointTarget(
                uid: try reference.optional("uid", Fields.string),
                namespace: try reference.optional("namespace", Fields.string),
                name: try reference.optional("name", Fields.string)
            )
        }
        guard let hints = try fields.optional("hints", Fields.fields) else { return }
        let name: Fields.Reading<String> = { node, path throws(ObjectError) in
            try Fields(node, path: path).required("name", Fields.string)
        }
        zoneHints = try hints.list("forZones", name)
        nodeHints = try hints.list("forNodes", name)
    }
}

extension Fields {
    /// `status.loadBalancer.ingress` of an object.
    func loadBalancerIngress() throws(ObjectError) -> [LoadBalancerIngress] {
        let status = try optional("status", Fields.fields)
        let balancer = try status?.optional("loadBalancer", Fields.fields)
        var points: [LoadBalancerIngress] = []
        for entry in try balancer?.elements("ingress") ?? [] {
            points.append(
                LoadBalancerIngress(
                    address: try entry.optional("ip", Fields.address),
                    hostname: try entry.optional("hostname", Fields.string),
                    isProxy: try entry.optional("ipMode", Fields.string) == "Proxy"
                )
            )
        }
        return points
    }

    static func family(_ node: YAMLNode, _ path: String) throws(ObjectError) -> AddressFamily {
        let text = try string(node, path)
        guard let family = AddressFamily.allCases.first(where: { "\($0)" == text }) else {
            throw ObjectError(position: node.position, path: path, message: "'\(text)' is none of IPv4, IPv6")
        }
        return family
    }

    /// A port, or 0 where Kubernetes takes that for none.
    static func optionalPort(_ node: YAMLNode, _ path: String) throws(ObjectError) -> UInt16? {
        let number = try integer(in: 0...65535)(node, path)
        return number == 0 ? nil : UInt16(truncatingIfNeeded: number)
    }

    /// A network around whose text Kubernetes allows blanks, and bits beyond the prefix length.
    static func sourceRange(_ node: YAMLNode, _ path: String) throws(ObjectError) -> IPPrefix {
        let text = try string(node, path)
        let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        do throws(AddressSyntaxError) {
            return try InterfaceAddress(parsing: String(trimmed)).network
        } catch {
            throw ObjectError(position: node.position, path: path, message: "\(error)")
        }
    }
}
