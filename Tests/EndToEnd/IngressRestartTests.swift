import Foundation
import HTTPPeers
import LinuxSystem
import Testing

extension Nodes {
    /// The ingress while its agent changes under load.
    @Suite struct IngressRestartTests {
        @Test func `a restart under load loses no request where the sockets are kept`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(IngressManifests.route, to: "route.yaml")
                try cluster.write(IngressManifests.slice([ScriptedIngress.backend]), to: "slice.yaml")
                let lan = try NetworkNamespace.open(path: "/run/netns/\(cluster.lanNamespace)")
                let place = try ScriptedIngress.place(ScriptedIngress.backend)
                let backend = try EchoBackend("one", on: place, in: lan)
                defer { backend.stop() }
                let kept = try KeptDescriptors()
                defer { kept.close() }
                let node = nodes[0]
                let agent = try cluster.launch(node, ScriptedIngress.flags, environment: kept.environment)
                try await node.servesHTTP()
                try await eventually("its sockets are kept") { kept.names.contains { $0.hasPrefix("http.web.v4") } }
                let load = SteadyLoad(to: ScriptedIngress.front, host: "web.test", clients: 8, in: lan)
                try await eventually("it answers") { load.answers(of: "one") > 100 }
                #expect(try await agent.stop() == 0)
                let before = load.answers(of: "one")
                _ = try cluster.launch(
                    node,
                    ScriptedIngress.flags,
                    environment: kept.environment,
                    through: kept.wrapper
                )
                try await eventually("the next one answers") { load.answers(of: "one") > before + 1_000 }
                load.stop()
                try await eventually("the load ends") { load.isOver }
                #expect(load.failures == [])
                print("restart under load: \(load.answers(of: "one")) answered, \(load.repeated) sent again")
            }
        }
    }
}
