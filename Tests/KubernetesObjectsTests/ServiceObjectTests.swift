import ClusterFixtures
import ClusterState
import KubernetesObjects
import NetworkTypes
import Testing

@Suite struct ServiceObjectTests {
    @Test func `a service with everything`() throws {
        var wanted = Service(metadata: ObjectMetadata(name: "web", namespace: "shop", createdAt: 1_767_225_600))
        wanted.type = .loadBalancer
        wanted.clusterIPs = [address("10.43.0.7"), address("fd00:43::7")]
        wanted.selector = ["app": "web"]
        wanted.ports = [
            ServicePort(name: "http", port: 80, targetPort: .name("http"), nodePort: 30080, appProtocol: "http"),
            ServicePort(name: "dns", transport: .udp, port: 53, targetPort: .number(5353)),
        ]
        wanted.externalIPs = [address("198.51.100.1")]
        wanted.loadBalancerSourceRanges = [network("203.0.113.0/24")]
        wanted.externalTrafficPolicy = .local
        wanted.affinitySeconds = 10_800
        wanted.healthCheckNodePort = 31000
        wanted.ipFamilies = [.ipv4, .ipv6]
        wanted.loadBalancerIngress = [
            LoadBalancerIngress(address: address("192.0.2.1")),
            LoadBalancerIngress(hostname: "lb.example.org", isProxy: true),
        ]
        let text = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z"}
            spec:
              type: LoadBalancer
              clusterIP: 10.43.0.7
              clusterIPs: [10.43.0.7, "fd00:43::7"]
              selector: {app: web}
              ports:
              - {name: http, port: 80, targetPort: http, nodePort: 30080, appProtocol: http}
              - {name: dns, protocol: UDP, port: 53, targetPort: 5353, nodePort: 0}
              externalIPs: [198.51.100.1]
              loadBalancerSourceRanges: [" 203.0.113.9/24 "]
              externalTrafficPolicy: Local
              sessionAffinity: ClientIP
              healthCheckNodePort: 31000
              ipFamilies: [IPv4, IPv6]
            status:
              loadBalancer:
                ingress:
                - {ip: 192.0.2.1, ipMode: VIP}
                - {hostname: lb.example.org, ipMode: Proxy}
            """
        #expect(try object(text) == .service(wanted))
    }

    @Test func `a headless service`() throws {
        let text = "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None, clusterIPs: [None]}}"
        guard case .service(let service) = try object(text) else { throw Unexpected() }
        #expect(service.isHeadless && service.clusterIPs.isEmpty && service.type == .clusterIP)
    }

    @Test func `an endpoint slice, its defaults and hints`() throws {
        var first = Endpoint(addresses: [address("10.42.1.5")])
        first.nodeName = "north"
        first.zoneHints = ["a"]
        first.target = .uid(0x0123_4567_89ab_cdef, 0x0123_4567_89ab_cdef)
        var second = Endpoint(addresses: [address("10.42.2.5")])
        second.isReady = false
        second.isTerminating = true
        second.hostname = "db-0"
        second.target = .named("shop/db-0")
        let metadata = ObjectMetadata(name: "web-x", namespace: "shop", labels: [EndpointSlice.serviceNameLabel: "web"])
        let wanted = EndpointSlice(
            metadata: metadata,
            family: .ipv4,
            endpoints: [first, second],
            ports: [EndpointPort(name: "http", port: 8080), EndpointPort(port: nil)]
        )
        let text = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            endpoints:
            - addresses: [10.42.1.5]
              nodeName: north
              hints: {forZones: [{name: a}]}
              conditions: {ready: ~}
              targetRef: {kind: Pod, namespace: shop, name: web-0, uid: 01234567-89ab-cdef-0123-456789abcdef}
            - addresses: [10.42.2.5]
              hostname: db-0
              conditions: {ready: false, serving: true, terminating: true}
              targetRef: {kind: Pod, namespace: shop, name: db-0}
            ports:
            - {name: http, port: 8080, protocol: TCP}
            - {}
            """
        #expect(try object(text) == .endpointSlice(wanted))
        #expect(wanted.service == NamespacedName(namespace: "shop", name: "web"))
    }

    @Test func `secrets and config maps`() throws {
        let secret =
            "{apiVersion: v1, kind: Secret, metadata: {name: a}, type: kubernetes.io/tls, "
            + "data: {k: aGVsbG8=, e: ''}, stringData: {t: x, k: '1'}}"
        let metadata = ObjectMetadata(name: "a", namespace: "default")
        #expect(
            try object(secret)
                == .secret(
                    Secret(metadata: metadata, type: "kubernetes.io/tls", data: ["k": [49], "e": [], "t": [120]])
                )
        )
        let map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}, binaryData: {b: /+8=}}"
        #expect(
            try object(map)
                == .configMap(ConfigMap(metadata: metadata, data: ["k": "v"], binaryData: ["b": [0xff, 0xef]]))
        )
    }

    @Test func `an ingress, its class and a middleware`() throws {
        var wanted = Ingress(metadata: ObjectMetadata(name: "web", namespace: "default"))
        wanted.className = "linnet"
        wanted.defaultBackend = .resource(kind: "Bucket", name: "static")
        wanted.rules = [
            IngressRule(
                host: "*.example.org",
                paths: [
                    IngressPath(path: "/a", match: .prefix, backend: .service(name: "web", port: .number(80))),
                    IngressPath(
                        path: "",
                        match: .implementationSpecific,
                        backend: .service(name: "web", port: .name("http"))
                    ),
                ]
            ),
            IngressRule(host: nil, paths: []),
        ]
        wanted.tls = [IngressTLS(hosts: ["example.org"], secretName: "cert")]
        let text = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              ingressClassName: linnet
              defaultBackend: {resource: {kind: Bucket, name: static}}
              rules:
              - host: "*.example.org"
                http:
                  paths:
                  - {path: /a, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                  - {pathType: ImplementationSpecific, backend: {service: {name: web, port: {name: http}}}}
              - {}
              tls: [{hosts: [example.org], secretName: cert}]
            """
        #expect(try object(text) == .ingress(wanted))
        let kind =
            "{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: c, annotations: "
            + "{ingressclass.kubernetes.io/is-default-class: 'true'}}, spec: {controller: example.org/c}}"
        guard case .ingressClass(let ingressClass) = try object(kind) else { throw Unexpected() }
        #expect(ingressClass.isDefault && ingressClass.controller == "example.org/c")
        let middleware =
            "{apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: {name: m}, "
            + "spec: {stripPrefix: {prefixes: [/a], forceSlash: false}}}"
        guard case .middleware(let strip) = try object(middleware) else { throw Unexpected() }
        #expect(
            strip.spec
                == .object([
                    "stripPrefix": .object(["prefixes": .array([.string("/a")]), "forceSlash": .boolean(false)])
                ])
        )
    }
}
