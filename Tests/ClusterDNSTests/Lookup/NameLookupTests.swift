import ClusterFixtures
import DNSWire
import LinuxSystem
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Lookups over sockets: what they are asked is answered by servers on the loopback.
@Suite(.timeLimit(.minutes(1)))
struct NameLookupTests {
    private static let found = LookupAnswer.addresses(
        [address("192.0.2.1"), address("192.0.2.2")],
        lifetime: .seconds(50)
    )

    private static func lookup(_ servers: [Upstream], cluster: [IPAddress] = []) -> NameLookup {
        let settings = NameServerSettings(file: "/nowhere/resolv.conf", servers: servers)
        return NameLookup(
            nameServers: NameServerChoice(settings),
            clusterDomain: named("cluster.local"),
            clusterServers: cluster
        )
    }

    @Test(arguments: [FakeServer.Manner.honest, .cutting, .forged, .old(.formatError), .leaving])
    func `addresses are found over UDP, and over TCP if need be`(manner: FakeServer.Manner) async throws {
        let server = try LoopbackServer(FakeServer(manner: manner, records: LookupBench.records))
        #expect(await Self.lookup([server.upstream]).addresses(of: "a.test") == Self.found)
        await server.stop()
    }

    @Test func `servers that fail hand on to the next`() async throws {
        let refusing = try LoopbackServer(FakeServer(manner: .failing(.refused)))
        let honest = try LoopbackServer(FakeServer(records: LookupBench.records))
        let absent = Upstream(honest.upstream.address, port: 9)
        let secure = Upstream(honest.upstream.address, port: 9, security: .tls(name: nil))
        let lookup = Self.lookup([secure, absent, refusing.upstream, honest.upstream])
        #expect(await lookup.addresses(of: "a.test") == Self.found)
        for server in [refusing, honest] { await server.stop() }
    }

    @Test func `servers that cannot be reached are named with the reason`() async {
        let upstream = Upstream(LoopbackServer.address(), port: 9)
        let reason = "\(upstream): it cannot be reached: ECONNREFUSED (Connection refused)"
        #expect(await Self.lookup([upstream]).addresses(of: "a.test") == .failed(reason: reason))
    }

    @Test func `who gives up waits no longer`() async throws {
        let silent = try LoopbackServer(FakeServer(manner: .dead))
        let lookup = Self.lookup([silent.upstream])
        let task = Task { await lookup.addresses(of: "a.test") }
        await silent.hasBeenAsked()
        task.cancel()
        #expect(await task.value == .failed(reason: "nobody waits for the answer any more"))
        await silent.stop()
    }

    @Test(arguments: [
        ("192.0.2.1", "'192.0.2.1' is an address, not a name"),
        ("fd00::1", "'fd00::1' is an address, not a name"),
        ("", "'' is not a domain name: it is empty"),
        ("a..test", "'a..test' is not a domain name: it has an empty label"),
        ("a.test", "ENOENT"),
        ("a.cluster.local", "there is no server for names of the cluster"),
    ])
    func `what nobody can be asked fails with the reason`(name: String, reason: String) async {
        guard case .failed(let given) = await Self.lookup([]).addresses(of: name) else {
            Issue.record("it did not fail")
            return
        }
        #expect(given.contains(reason))
    }
}
