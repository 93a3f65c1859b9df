import Foundation
import HTTPPeers
import LinuxSystem
import Testing

extension Nodes {
    /// Others who want the ingress's ports, or take what comes to them.
    @Suite struct IngressRivalTests {
        @Test func `a load balancer never takes the ingress's port, and status names its Service`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(IngressManifests.route, to: "route.yaml")
                try cluster.write(IngressManifests.slice([ScriptedIngress.backend]), to: "slice.yaml")
                let service = """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: traefik, namespace: kube-system}
                    spec:
                      type: LoadBalancer
                      clusterIPs: [10.43.0.81]
                      ports: [{name: web, port: 80}, {name: other, port: 8081}]
                    """
                try cluster.write(service, to: "traefik.yaml")
                try node.rememberNoKubeProxy()
                _ = try await cluster.start(node, ["--disable", "coredns"])
                let lan = try NetworkNamespace.open(path: "/run/netns/\(cluster.lanNamespace)")
                try await eventually("the other port is the Service's") {
                    try await node.text("nft list map inet linnet node-refusals-v4").contains("tcp . 8081 ")
                }
                #expect(try await !node.text("nft list map inet linnet node-refusals-v4").contains("tcp . 80 "))
                let backend = try EchoBackend("one", on: ScriptedIngress.place(ScriptedIngress.backend), in: lan)
                defer { backend.stop() }
                try await eventually("the ingress answers") {
                    guard let client = try? PeerConnection(to: ScriptedIngress.front, in: lan) else { return false }
                    client.send(IngressTests.get)
                    return (try? client.readMessage().status) == 200
                }
                let status = try await node.linnet("status").output
                #expect(status.contains("that kube-system/traefik:web wants is held by Linnet's ingress"))
            }
        }

        @Test func `rules of others that take a port are named, and no more when they are gone`() async throws {
            try await ScriptedIngress.with { ingress in
                let node = ingress.node
                let script = """
                    nft 'add table ip other' && \
                    nft 'add chain ip other entrance { type nat hook prerouting priority -100; }' && \
                    nft 'add rule ip other entrance tcp dport 80 dnat to 192.168.77.254:8080'
                    """
                #expect(try await node.shell(script).output == "")
                try await eventually("the rule is named", within: .seconds(60)) {
                    let status = try await node.linnet("status").output
                    return status.contains("port 80 is taken by chain entrance of table ip other before the ingress")
                }
                #expect(try await node.state(of: "traefik") == "degraded")
                _ = try await node.shell("nft delete table ip other")
                try await eventually("it is gone", within: .seconds(60)) {
                    try await node.state(of: "traefik") == "ready"
                }
            }
        }
    }
}
