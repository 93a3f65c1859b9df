package import ClusterState
import NetworkTypes

/// One object of each kind with no field at its default, so that one which is forgotten somewhere is missed.
package func fullObjects() -> [ClusterObject] {
    [
        .node(fullNode()), .namespace(Namespace(metadata: metadata("Namespace", in: nil))), .service(fullService()),
        .endpointSlice(fullEndpointSlice()), .secret(fullSecret()),
        .configMap(
            ConfigMap(metadata: metadata("ConfigMap"), data: ["text": "ä\n"], binaryData: ["bytes": [0, 255, 10]])
        ),
        .ingress(fullIngress()),
        .ingressClass(IngressClass(metadata: metadata("IngressClass", in: nil), controller: "traefik.io/ingress")),
        .middleware(fullMiddleware()),
    ]
}

private func metadata(_ name: String, in namespace: String? = "space") -> ObjectMetadata {
    ObjectMetadata(
        name: name,
        namespace: namespace,
        labels: ["app": name, EndpointSlice.serviceNameLabel: "web"],
        annotations: ["note": "ünïcode, \"quoted\"\n"],
        createdAt: 1_800_000_000
    )
}

private func fullNode() -> Node {
    var node = fixtureNode(9, name: "node-9.example.org")
    node.labels = ["zone": "a"]
    node.annotations = ["flannel.alpha.coreos.com/backend-type": "vxlan"]
    node.externalAddresses = PerFamily(v4: address("203.0.113.9"), v6: address("2001:db8:1::9"))
    node.publicAddresses = node.externalAddresses
    node.vtep = PerFamily(v4: hardwareAddress("12:c6:65:89:b4:e3"), v6: hardwareAddress("fe:ff:ff:ff:ff:fe"))
    node.backendType = "vxlan"
    node.vni = 4_096
    node.extras = LeaseExtras(agentVersion: "0.1.0", readyCapabilities: ["overlay"], refusedPorts: ["ipv4/tcp/80"])
    return node
}

private func fullService() -> Service {
    var service = Service(metadata: metadata("web"))
    service.type = .loadBalancer
    service.clusterIPs = [address("10.43.0.7"), address("fd00:43::7")]
    service.isHeadless = true
    service.selector = ["app": "web"]
    service.ports = [
        ServicePort(
            name: "http",
            transport: .udp,
            port: 80,
            targetPort: .name("web"),
            nodePort: 30_080,
            appProtocol: "h2c"
        ),
        ServicePort(port: 65_535, targetPort: .number(1)),
    ]
    service.externalIPs = [address("203.0.113.1")]
    service.externalName = "example.org"
    service.loadBalancerClass = "linnet"
    service.loadBalancerIP = address("203.0.113.2")
    service.loadBalancerSourceRanges = [network("192.0.2.0/24"), network("::/0")]
    service.allocatesNodePorts = false
    service.externalTrafficPolicy = .local
    service.internalTrafficPolicy = .local
    service.affinitySeconds = 10_800
    service.healthCheckNodePort = 32_000
    service.publishesNotReadyAddresses = true
    service.ipFamilies = [.ipv6, .ipv4]
    service.trafficDistribution = "PreferClose"
    service.loadBalancerIngress = [
        LoadBalancerIngress(address: address("203.0.113.3"), hostname: "lb.example.org", isProxy: true)
    ]
    return service
}

private func fullEndpointSlice() -> EndpointSlice {
    var endpoint = Endpoint(addresses: [address("10.42.1.7"), address("fd00:42:0:1::7")])
    endpoint.isReady = false
    endpoint.isServing = false
    endpoint.isTerminating = true
    endpoint.hostname = "web-0"
    endpoint.nodeName = "node-1"
    endpoint.zone = "a"
    endpoint.zoneHints = ["a", "b"]
    endpoint.nodeHints = ["node-1"]
    endpoint.target = .uid(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)
    var other = Endpoint(addresses: [address("10.42.1.8")])
    other.target = .named("space/web-1")
    return EndpointSlice(
        metadata: metadata("web-x7"),
        family: .ipv6,
        endpoints: [endpoint, other],
        ports: [
            EndpointPort(name: "http", transport: .sctp, port: 8_080, appProtocol: "http"), EndpointPort(port: nil),
        ]
    )
}

private func fullSecret() -> Secret {
    Secret(metadata: metadata("Secret"), type: "kubernetes.io/tls", data: ["tls.key": [0, 1, 255], "empty": []])
}

private func fullIngress() -> Ingress {
    var ingress = Ingress(metadata: metadata("Ingress"))
    ingress.className = "linnet"
    ingress.defaultBackend = .resource(kind: "Bucket", name: "files")
    ingress.rules = [
        IngressRule(
            host: "*.example.org",
            paths: [
                IngressPath(path: "/", match: .prefix, backend: .service(name: "web", port: .number(80))),
                IngressPath(path: "/a", match: .exact, backend: .service(name: "api", port: .name("http"))),
            ]
        ),
        IngressRule(host: nil, paths: []),
    ]
    ingress.tls = [IngressTLS(hosts: ["a.example.org"], secretName: "Secret"), IngressTLS(hosts: [], secretName: nil)]
    ingress.loadBalancerIngress = [LoadBalancerIngress(address: address("192.0.2.1"))]
    return ingress
}

private func fullMiddleware() -> Middleware {
    let spec: [String: StructuredValue] = [
        "null": .null, "yes": .boolean(true), "integer": .integer(.min), "number": .number(0.1),
        "list": .array([.string("a"), .array([]), .object([:])]),
    ]
    return Middleware(metadata: metadata("Middleware"), spec: .object(spec))
}
