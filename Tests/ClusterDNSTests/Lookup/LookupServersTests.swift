import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Who is asked for names of the cluster and who for others, and who over TLS.
@Suite struct LookupServersTests {
    private static let name = "s.n.svc.cluster.local"

    /// Knows names of the cluster as the cluster does.
    private static func cluster(_ manner: FakeServer.Manner = .honest) -> FakeServer {
        var server = FakeServer(manner: manner)
        for record in [
            ResourceRecord.address(name, 7, ttl: 5), .alias("out.n.svc.cluster.local", "a.test", ttl: 5),
        ] {
            server.records[record.name] = [record]
        }
        return server
    }

    private static func other(_ manner: FakeServer.Manner = .honest) -> (Upstream, FakeServer) {
        (ForwarderBench.upstream(0), FakeServer(manner: manner, records: LookupBench.records))
    }

    private static func secure(_ manner: FakeServer.Manner) -> (Upstream, FakeServer) {
        let address = ForwarderBench.upstream(1).address
        let upstream = Upstream(address, port: 853, security: .tls(name: "dns.test"))
        return (upstream, FakeServer(manner: manner, records: LookupBench.records))
    }

    private static func found(_ last: UInt8..., seconds: Int) -> LookupAnswer {
        .addresses(last.map { .v4(IPv4Address(192, 0, 2, $0)) }, lifetime: .seconds(seconds))
    }

    @Test(arguments: [
        // Name, what is asked, what is found.
        (name, ["0 10"], found(7, seconds: 5)),
        ("S.N.SVC.CLUSTER.LOCAL.", ["0 10"], found(7, seconds: 5)),
        ("x.cluster.local", ["0 10"], .nothing(reason: "x.cluster.local. does not exist", lifetime: .seconds(30))),
        ("a.test", ["0 53"], found(1, 2, seconds: 50)),
        // What others say of the cluster's names does not count.
        ("home.test", ["0 53", "20 10"], found(7, seconds: 5)),
    ])
    func `names of the cluster are asked of its servers alone`(name: String, log: [String], answer: LookupAnswer) {
        let bench = LookupBench(name, [Self.other()], cluster: Self.cluster())
        #expect(bench.run() == answer)
        #expect(bench.log() == log)
    }

    @Test func `an alias that leads out of the cluster is asked on outside`() {
        let bench = LookupBench("out.n.svc.cluster.local", [Self.other()], cluster: Self.cluster(.leaving))
        #expect(bench.run() == Self.found(1, 2, seconds: 5))
        #expect(bench.log() == ["0 10", "20 53"])
    }

    @Test func `when the cluster's servers fail nobody else is asked`() {
        let bench = LookupBench(Self.name, [Self.other()], cluster: Self.cluster(.failing(.refused)))
        #expect(bench.run() == .failed(reason: "10.43.0.10: it answers REFUSED"))
        #expect(bench.log() == ["0 10", "20 10"])
    }

    @Test(arguments: [
        (name, nil, "there is no server for names of the cluster"),
        ("a.test", nil, "there is no server for names outside the cluster"),
        ("a.test", "/etc/resolv.conf is empty", "/etc/resolv.conf is empty"),
    ])
    func `without a server it is said why there is none`(name: String, complaint: String?, reason: String) {
        #expect(LookupBench(name, [], complaint: complaint).run() == .failed(reason: reason))
    }

    @Test(arguments: [
        (FakeServer.Manner.honest, ["0 54 tls"]),
        (.dead, ["0 54 tls", "2000 53"]),
        (.unreachable, ["0 54 tls", "20 53"]),
        (.cutting, ["0 54 tls"]),
        (.forged, ["0 54 tls"]),
        (.old(.formatError), ["0 54 tls", "20 54 tls plain"]),
        (.failing(.refused), ["0 54 tls", "20 53"]),
    ])
    func `a server over TLS is asked over TLS alone, whatever it does`(manner: FakeServer.Manner, log: [String]) {
        let bench = LookupBench("a.test", [Self.secure(manner), Self.other()])
        #expect(bench.run() == Self.found(1, 2, seconds: 50))
        #expect(bench.log() == log)
    }

    @Test func `what is asked over TLS is padded`() {
        let bench = LookupBench("a.test", [Self.secure(.honest)])
        _ = bench.run()
        #expect(bench.sent.allSatisfy { $0.attempt.packet.count % 128 == 0 })
    }
}
