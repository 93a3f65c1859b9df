import Foundation
import HTTPPeers
import LinuxSystem
import NetworkTypes

/// Objects of one host that leads to one service.
enum IngressManifests {
    static let host = "web.test"

    /// The Service, and the Ingress of the host with it.
    static let route = """
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {clusterIPs: [10.43.0.80], ports: [{name: http, port: 80, targetPort: 8080}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: shop}
        spec:
          ingressClassName: linnet
          rules:
          - host: \(host)
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}
        """

    /// Its endpoints, of port 8080.
    static func slice(_ addresses: [String]) -> String {
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-a, namespace: shop, labels: {kubernetes.io/service-name: web}}
        addressType: IPv4
        ports: [{name: http, port: 8080}]
        endpoints: [\(addresses.map { "{addresses: [\($0)]}" }.joined(separator: ", "))]
        """
    }
}

/// One node whose ingress leads to a backend on the LAN's machine, where the clients are, too. The test decides every octet
/// of both.
struct ScriptedIngress {
    let cluster: Cluster
    let node: Node
    let agent: Agent
    /// The LAN's machine.
    let lan: NetworkNamespace

    /// The address of the backend: the LAN's machine.
    static let backend = "192.168.77.254"
    /// The node's port for HTTP.
    static let front = ListenAddress(address: .v4(.init(192, 168, 77, 1)), port: 80)
    static let flags = ["--disable", "coredns", "--disable", "servicelb", "--disable", "kube-proxy"]

    /// - Parameter extra: further flags of the agent's.
    static func with(_ extra: [String] = [], _ body: (ScriptedIngress) async throws -> Void) async throws {
        try await Cluster.with([.north]) { cluster, nodes in
            try cluster.write(IngressManifests.route, to: "route.yaml")
            try cluster.write(IngressManifests.slice([backend]), to: "slice.yaml")
            let agent = try await cluster.start(nodes[0], flags + extra)
            try await nodes[0].servesHTTP()
            let lan = try NetworkNamespace.open(path: "/run/netns/\(cluster.lanNamespace)")
            try await body(ScriptedIngress(cluster: cluster, node: nodes[0], agent: agent, lan: lan))
        }
    }

    /// With one client and a backend of which the test takes every connection.
    ///
    /// - Parameter extra: further flags of the agent's.
    static func between(
        _ extra: [String] = [],
        _ body: (ScriptedIngress, PeerConnection, PeerListener) async throws -> Void
    ) async throws {
        try await with(extra) { ingress in
            let backend = try ingress.listen()
            try await body(ingress, try ingress.client(), backend)
        }
    }

    /// With a backend named `one` that tells what it sees.
    ///
    /// - Parameter extra: further flags of the agent's.
    static func withEcho(_ extra: [String] = [], _ body: (ScriptedIngress) async throws -> Void) async throws {
        try await with(extra) { ingress in
            let backend = try ingress.echo()
            defer { backend.stop() }
            try await body(ingress)
        }
    }

    /// Has the Service say what its port speaks.
    func declare(appProtocol: String) throws {
        let route = IngressManifests.route.replacing("port: 80,", with: "appProtocol: \(appProtocol), port: 80,")
        try cluster.write(route, to: "route.yaml")
    }

    /// A client on the LAN's machine.
    func client() throws -> PeerConnection { try PeerConnection(to: Self.front, in: lan) }

    /// A backend of which the test takes every connection.
    func listen() throws -> PeerListener { try PeerListener(on: Self.place(Self.backend), in: lan) }

    /// A backend named `one` that tells what it sees.
    func echo() throws -> EchoBackend { try EchoBackend("one", on: Self.place(Self.backend), in: lan) }

    static func place(_ address: String) throws -> ListenAddress {
        ListenAddress(address: try IPAddress(parsing: address), port: 8080)
    }

    /// Runs a program on the LAN's machine.
    func run(_ command: [String]) async throws -> ToolResult {
        try await Tool.run(["ip", "netns", "exec", cluster.lanNamespace] + command)
    }

    /// Asks for URLs of the host, with any certificate.
    func curl(_ words: [String]) async throws -> ToolResult {
        let places = [80, 443].flatMap { ["--resolve", "\(IngressManifests.host):\($0):192.168.77.1"] }
        return try await run(["curl", "-sk", "-m", "20"] + places + words)
    }

    /// Sends a request, lets the backend answer it on the connection on which it comes, and returns what both have seen.
    ///
    /// - Parameter upstream: on which it is to come, if that is a connection that there is already.
    func exchange(
        _ request: String,
        answer: String,
        on client: PeerConnection,
        by backend: PeerListener,
        upstream: PeerConnection? = nil
    ) throws -> (upstream: PeerConnection, request: PeerMessage, answer: PeerMessage) {
        client.send(request)
        let upstream = try upstream ?? backend.accept()
        let seen = try upstream.readMessage()
        upstream.send(answer)
        return (upstream, seen, try client.readMessage(isBodiless: request.hasPrefix("HEAD ")))
    }
}

extension Node {
    /// Waits until the ingress has its first table, and listens.
    func servesHTTP() async throws {
        try await eventually("the ingress of \(name) is ready") { try await state(of: "traefik") == "ready" }
        try await eventually("\(name) listens") { try await text("ss -Hltn sport = 80").contains(":80") }
    }
}
