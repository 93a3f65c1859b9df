package import NetworkTypes

/// A service (v1 Service).
package struct Service: Hashable, Sendable {
    package enum Exposure: String, Hashable, Sendable, CaseIterable {
        case clusterIP = "ClusterIP"
        case nodePort = "NodePort"
        case loadBalancer = "LoadBalancer"
        case externalName = "ExternalName"
    }

    /// Which endpoints traffic may go to.
    package enum TrafficPolicy: String, Hashable, Sendable, CaseIterable {
        case cluster = "Cluster"
        case local = "Local"
    }

    package var metadata: ObjectMetadata
    package var type: Exposure = .clusterIP
    /// `spec.clusterIPs`, else `spec.clusterIP`; empty if headless or not allocated.
    package var clusterIPs: [IPAddress] = []
    /// `clusterIP: None`.
    package var isHeadless = false
    package var selector: [String: String] = [:]
    package var ports: [ServicePort] = []
    package var externalIPs: [IPAddress] = []
    package var externalName: String?
    package var loadBalancerClass: String?
    package var loadBalancerIP: IPAddress?
    package var loadBalancerSourceRanges: [IPPrefix] = []
    package var allocatesNodePorts = true
    package var externalTrafficPolicy = TrafficPolicy.cluster
    package var internalTrafficPolicy = TrafficPolicy.cluster
    /// `sessionAffinity: ClientIP`: for how many seconds, 1…86400; nil without affinity.
    package var affinitySeconds: Int?
    package var healthCheckNodePort: UInt16?
    package var publishesNotReadyAddresses = false
    package var ipFamilies: [AddressFamily] = []
    package var trafficDistribution: String?
    /// `status.loadBalancer.ingress`.
    package var loadBalancerIngress: [LoadBalancerIngress] = []

    package init(metadata: ObjectMetadata) { self.metadata = metadata }
}

/// A port of a service.
package struct ServicePort: Hashable, Sendable {
    /// Empty if the port has no name.
    package var name: String
    package var transport: TransportProtocol
    /// 1…65535.
    package var port: UInt16
    /// Nil stands for `port`.
    package var targetPort: PortReference?
    package var nodePort: UInt16?
    package var appProtocol: String?

    package init(
        name: String = "",
        transport: TransportProtocol = .tcp,
        port: UInt16,
        targetPort: PortReference? = nil,
        nodePort: UInt16? = nil,
        appProtocol: String? = nil
    ) {
        self.name = name
        self.transport = transport
        self.port = port
        self.targetPort = targetPort
        self.nodePort = nodePort
        self.appProtocol = appProtocol
    }
}

/// A point at which a load balancer takes traffic.
package struct LoadBalancerIngress: Hashable, Sendable {
    package var address: IPAddress?
    package var hostname: String?
    /// `ipMode: Proxy`: traffic must really pass the balancer.
    package var isProxy: Bool

    package init(address: IPAddress? = nil, hostname: String? = nil, isProxy: Bool = false) {
        self.address = address
        self.hostname = hostname
        self.isProxy = isProxy
    }
}
