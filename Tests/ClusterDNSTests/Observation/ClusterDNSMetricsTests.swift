import ClusterFixtures
import ClusterState
import Logging
import Metrics
import NetworkTypes
import Testing

@testable import ClusterDNS

/// What is exported besides queries and answers.
@Suite struct ClusterDNSMetricsTests {
    private func lines(_ families: [MetricFamily], _ word: String) -> [Substring] {
        Exposition(families).text.split(separator: "\n").filter { $0.first != "#" && $0.contains(word) }
    }

    private static func custom(_ data: [String: String]) -> ClusterObject {
        .configMap(ConfigMap(metadata: ObjectMetadata(name: "coredns-custom", namespace: "kube-system"), data: data))
    }

    private static func keeper() -> CustomKeeper {
        CustomKeeper(testConfiguration, own: [], logger: Logger(label: "test"))
    }

    @Test(
        arguments: [
            ("nothing", [:], [], []),
            ("the agent's own log", [:], [.init(.error)], [".log"]),
            ("a log of the main block", ["a.override": "log"], [], [".log"]),
            ("a log of a block", ["a.server": "x.test {\n log\n}"], [], ["x.test.log"]),
            (
                "all of it", ["a.override": "rewrite name a.test b.test", "b.server": "x.test y.test {\n log\n}"],
                [.init(.all)], [".log", ".rewrite", "x.test.log", "y.test.log"]
            ),
        ] as [(String, [String: String], [QueryLogRules.Rule], [String])]
    )
    func `plugins are those of each block`(
        _ situation: String,
        data: [String: String],
        own: [QueryLogRules.Rule],
        wanted: [String]
    ) {
        let keeper = Self.keeper()
        _ = keeper.take(TestCluster([Self.custom(data)]).store.current, changed: .everything)
        let family = CoreDNSLabels.plugins(of: keeper.configuration, logging: QueryLogRules(own))
        let optional = ["log", "rewrite", "template"]
        let found = family.samples.map(\.labels).filter { optional.contains($0[3].value) }
        #expect(found.map { $0[1].value + $0[3].value } == wanted, "\(situation)")
        #expect(Set(family.samples.map(\.labels)).count == family.samples.count)
        #expect(lines([family], "name=\"kubernetes\"").count == 1)
    }

    @Test func `the hash is of what counts, and what cannot be read is counted once`() {
        let cluster = TestCluster()
        let keeper = Self.keeper()
        var hashes: [UInt64] = []
        func take(_ data: [String: String]) -> ReloadFigures {
            cluster.apply(.set(Self.custom(data)))
            _ = keeper.take(cluster.store.current, changed: .everything)
            hashes.append(keeper.figures.hash)
            return keeper.figures
        }
        #expect(take(["a.override": "log"]).failures == 0)
        #expect(take(["a.override": "lgo"]).failures == 1)
        #expect(take(["a.override": "lgo", "file": "x"]).failures == 1)
        #expect(take(["a.override": "log"]).failures == 1)
        #expect(take(["a.override": "log # \n"]).failures == 1)
        #expect(hashes[0] == hashes[1] && hashes[0] == hashes[3])
        #expect(hashes[0] != hashes[2] && hashes[0] != hashes[4])
        #expect(
            lines(keeper.figures.families, "coredns_reload_failed_total") == ["coredns_reload_failed_total 1"]
        )
    }

    /// Published values of FNV-1a with 64 bits.
    @Test func `hashes are the same on all nodes`() {
        #expect(ReloadFigures.hash(of: [:]) == 0xcbf2_9ce4_8422_2325)
        #expect(ReloadFigures.hash(of: ["a": "b"]) != ReloadFigures.hash(of: ["ab": ""]))
        #expect(
            lines(ReloadFigures(hash: 10, failures: 0).families, "version_info")
                == ["coredns_reload_version_info{hash=\"fnv1a64\",value=\"000000000000000a\"} 1"]
        )
    }

    @Test func `NodeHosts is as old as its last change`() {
        let name = "coredns_hosts_reload_timestamp_seconds"
        let cluster = TestCluster()
        let keeper = ZoneKeeper(testConfiguration, serial: 1)
        _ = keeper.take(cluster.store.current, now: 100)
        #expect(lines(keeper.figures.families, name).isEmpty)
        cluster.apply(.set(.nodeHosts("192.0.2.1 one\n")))
        _ = keeper.take(cluster.store.current, now: 200)
        cluster.apply(.set(.service(fixtureService("n/s", ["10.43.0.1"]))))
        _ = keeper.take(cluster.store.current, now: 300)
        #expect(lines(keeper.figures.families, name) == ["\(name) 200"])
        #expect(lines(keeper.figures.families, "coredns_hosts_entries").first?.hasSuffix(" 1") == true)
    }

    @Test func `connections over TLS are told by upstream, and those over TCP are never shared`() {
        func upstream(_ last: UInt8, tls name: String) -> Upstream {
            Upstream(.v4(IPv4Address(192, 0, 2, last)), port: 853, security: .tls(name: name))
        }
        let uses = [
            upstream(1, tls: "a"): ConnectionUses(shared: 5, dialled: 1),
            upstream(1, tls: "b"): ConnectionUses(shared: 2, dialled: 1),
        ]
        let labels = #"{proxy_name="forward",to="192.0.2.1:853",proto="tcp-tls"}"#
        #expect(
            lines(UpstreamFamilies([], uses).families, "conn_cache") == [
                "coredns_proxy_conn_cache_hits_total\(labels) 7", "coredns_proxy_conn_cache_misses_total\(labels) 2",
            ]
        )
    }

    @Test func `a thread that is silent is a failed check`() {
        let checks = RoundChecks()
        checks.note(.microseconds(250), isPassed: true)
        checks.note(.seconds(3), isPassed: false)
        let name = "coredns_health_request_duration_seconds"
        #expect(
            lines(checks.families, "coredns_health") == [
                "\(name)_bucket{le=\"0.00025\"} 1", "\(name)_bucket{le=\"0.0025\"} 1",
                "\(name)_bucket{le=\"0.025\"} 1", "\(name)_bucket{le=\"0.25\"} 1", "\(name)_bucket{le=\"2.5\"} 1",
                "\(name)_bucket{le=\"+Inf\"} 2", "\(name)_sum 3.00025", "\(name)_count 2",
                "coredns_health_request_failures_total 1",
            ]
        )
    }
}
