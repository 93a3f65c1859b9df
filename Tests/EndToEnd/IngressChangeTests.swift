import Foundation
import HTTPPeers
import LinuxSystem
import Testing

extension Nodes {
    /// The ingress while its endpoints change under load.
    @Suite struct IngressChangeTests {
        @Test func `endpoints change under load without a request that fails`() async throws {
            try await ScriptedIngress.with { ingress in
                let addresses = [ScriptedIngress.backend, "192.168.77.253"]
                let lan = ingress.cluster.lanNamespace
                try await Tool.output(["ip", "-n", lan, "address", "add", "192.168.77.253/24", "dev", "lan0"])
                func start(_ address: String) throws -> EchoBackend {
                    try EchoBackend(address, on: ScriptedIngress.place(address), in: ingress.lan)
                }
                var backends = try addresses.map(start)
                let load = SteadyLoad(to: ScriptedIngress.front, host: "web.test", clients: 8, in: ingress.lan)
                for number in 1...20 {
                    let (new, old) = (number % 2, (number + 1) % 2)
                    try ingress.cluster.write(IngressManifests.slice([addresses[new]]), to: "slice.yaml")
                    var (others, since) = (-1, 0)
                    try await eventually("\(addresses[new]) answers all") {
                        let answers = (load.answers(of: addresses[new]), load.answers(of: addresses[old]))
                        if answers.1 != others { (since, others) = answers }
                        return answers.0 > since + 100
                    }
                    // The pod is gone, and another comes up in its place.
                    backends[old].stop()
                    backends[old] = try start(addresses[old])
                }
                load.stop()
                try await eventually("the load ends") { load.isOver }
                for backend in backends { backend.stop() }
                #expect(load.failures == [])
                let answers = addresses.map { load.answers(of: $0) }
                #expect(answers.allSatisfy { $0 > 100 })
                print("endpoints changed 20 times under load; answered: \(answers)")
            }
        }
    }
}
