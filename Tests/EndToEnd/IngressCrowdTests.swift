import HTTPPeers
import LinuxSystem
import NetworkTypes
import Testing

extension Nodes {
    /// Many clients at once that do next to nothing: what they cost, and what others notice of them.
    @Suite struct IngressCrowdTests {
        private static let secureFront = ListenAddress(address: .v4(.init(192, 168, 77, 1)), port: 443)

        private static func withBackend(_ body: (ScriptedIngress) async throws -> Void) async throws {
            DescriptorLimit.raise()
            try await ScriptedIngress.withEcho { ingress in
                try await body(ingress)
            }
        }

        /// Those of HTTP/2 are left alone for longer than a test may last: `ClientLimitTests` has their ends.
        @Test func `clients that are slow on purpose are ended by the limits, and nobody else notices`() async throws {
            try await Self.withBackend { ingress in
                let others = SteadyLoad(to: ScriptedIngress.front, host: "web.test", clients: 2, in: ingress.lan)
                try await eventually("the others are answered") { others.answers(of: "one") > 100 }
                let (memory, answers) = (try ingress.agent.residentMemory(), others.answers(of: "one"))

                let heads = try (0..<300).map { _ in try ingress.client() }
                for head in heads { head.send("GET / HTTP/1.1\r\nHost: web.test\r\nX: ") }
                let handshakes = try (0..<100).map { _ in try PeerConnection(to: Self.secureFront, in: ingress.lan) }
                // The head of a record of 16,000 octets, of which one comes now and then.
                for handshake in handshakes { handshake.send([22, 3, 1, 0x3e, 0x80]) }
                let mute = try (0..<100).map { _ in try ingress.client() }
                for client in mute { client.send(PeerFrame.preface) }
                let untaking = try (0..<100).map { _ in try ingress.client() }
                for client in untaking {
                    client.send(PeerFrame.preface)
                    client.send(.settings(initialWindow: 0), .request("web.test", stream: 1))
                    try client.readFrame(.headers)
                }
                let with = try ingress.agent.residentMemory()

                let slow = heads + handshakes
                try await eventually("all of them are ended", within: .seconds(20)) {
                    let left = slow.filter(\.isSilent)
                    for client in left { client.send("x") }
                    return left.isEmpty
                }
                for head in heads {
                    #expect(try head.readMessage().status == 408)
                    #expect(try head.readToEnd().octets == [])
                }
                for handshake in handshakes { #expect(try handshake.readToEnd().octets == []) }
                let answered = others.answers(of: "one") - answers
                others.stop()
                try await eventually("the others stop") { others.isOver }
                #expect(others.failures == [])
                #expect(answered > 1_000)
                #expect(with - memory < 600 * 32)
                print("600 slow clients: \(with - memory) KiB more, \(answered) requests of others answered meanwhile")
                withExtendedLifetime((mute, untaking)) {}
            }
        }

        @Test func `kept connections cost some KiB each, and no processor time`() async throws {
            let count = 2_000
            try await Self.withBackend { ingress in
                func ask(_ client: PeerConnection) throws {
                    client.send(IngressTests.get)
                    #expect(try client.readMessage().status == 200)
                }
                try ask(ingress.client())
                let before = try ingress.agent.residentMemory()
                let clients = try (0..<count).map { _ in
                    let client = try ingress.client()
                    try ask(client)
                    return client
                }
                let memory = try ingress.agent.residentMemory() - before
                // Ten seconds by the ingress's own clock: the time for a head.
                let clock = try ingress.client()
                clock.send("GET")
                let start = try ingress.agent.processorTime()
                try await eventually("the time for a head is over", within: .seconds(20)) { !clock.isSilent }
                let time = try ingress.agent.processorTime() - start
                #expect(try clock.readMessage().status == 408)
                let kept = clients.filter(\.isSilent).count
                #expect(kept == count)
                try ask(clients[0])
                try ask(clients[count - 1])
                print("\(count) idle connections: \(memory) KiB more, \(time) hundredths of a second in ten seconds")
                #expect(memory < count * 12)
                #expect(time < 10)
            }
        }
    }
}
