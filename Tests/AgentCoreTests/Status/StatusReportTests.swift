import AgentCore
import Testing

@Suite struct StatusReportTests {
    private let report = StatusReport(
        version: "0.1.0",
        node: "n1",
        processID: 4711,
        uptimeSeconds: 7_530,
        source: .init(
            description: "manifests in /etc/linnet/manifests",
            generation: 7,
            ageSeconds: 12.4,
            completeKinds: ["Node"],
            problems: ["/etc/linnet/manifests/a.yaml:3: a Node needs metadata.name"]
        ),
        lease: .init(
            podCIDRs: ["10.42.1.0/24", "fd00:42:0:1::/64"],
            publicAddresses: ["192.0.2.1"],
            vtepAddresses: ["02:00:00:00:00:01"]
        ),
        capabilities: [
            .init(name: "overlay", state: "ready", detail: "1 peer", lastError: nil, restarts: 0),
            .init(name: "coredns", state: "disabled", detail: nil, lastError: nil, restarts: 0),
            .init(name: "source", state: "degraded", detail: "1 problem", lastError: "boom", restarts: 2),
            .init(
                name: "lease",
                state: "ready",
                detail: nil,
                lastError: "bang",
                lastErrorAgeSeconds: 7_500,
                restarts: 0
            ),
        ],
        peers: [
            .init(
                node: "n2",
                podCIDRs: ["10.42.2.0/24"],
                publicAddresses: ["192.0.2.2"],
                ways: ["tunnel"],
                problem: nil
            ),
            .init(node: "node-three", podCIDRs: [], publicAddresses: [], ways: [], problem: "it has no podCIDR"),
        ],
        overlay: .init(lastAgeSeconds: 3, lastDurationSeconds: 0.0041, generation: 7, passes: 9, repaired: 2),
        rulesetRepairs: 1,
        notices: ["00-other.conflist sorts before 10-linnet.conflist"]
    )

    @Test func `the table shows every part with its columns aligned`() {
        #expect(
            report.text == """
                linnet 0.1.0 on n1, process 4711, up 2h 5m
                source      manifests in /etc/linnet/manifests, generation 7, confirmed 12s ago
                lease       10.42.1.0/24, fd00:42:0:1::/64
                endpoint    192.0.2.1  VTEP 02:00:00:00:00:01
                reconcile   3s ago in 4 ms, 9 passes, 2 objects repaired, table linnet repaired 1

                CAPABILITY  STATE     RESTARTS  DETAIL
                overlay     ready     0         1 peer
                coredns     disabled  0         \("")
                source      degraded  2         1 problem; last error: boom
                lease       ready     0         last error 2h 5m ago: bang

                PEER        PODS          ENDPOINT   WAY     PROBLEM
                n2          10.42.2.0/24  192.0.2.2  tunnel  -
                node-three                                   it has no podCIDR

                problems of the source:
                  /etc/linnet/manifests/a.yaml:3: a Node needs metadata.name

                notices:
                  00-other.conflist sorts before 10-linnet.conflist

                """
        )
    }

    @Test func `a node without lease and reconciliation says so`() {
        var early = report
        early.lease = nil
        early.overlay = nil
        early.source.ageSeconds = nil
        #expect(early.text.contains("\nlease       none\n"))
        #expect(early.text.contains("generation 7, nothing read yet"))
        #expect(!early.text.contains("reconcile"))
    }

    private static let services = StatusReport.Services(
        loadBalancers: [
            .init(service: "shop/web", addresses: ["192.0.2.1", "2001:db8::1"]),
            .init(service: "default/mail", addresses: []),
        ],
        publisher: "n1",
        knowsOwnRefusalsOnly: false,
        refusals: ["node:25/tcp that default/mail wants is held by process 7 (exim)"],
        events: ["UnAvailableLoadBalancer default/mail: There are no available nodes for LoadBalancer"]
    )

    @Test func `load balancers are shown with their addresses, and what is refused`() throws {
        var full = report
        full.services = Self.services
        #expect(
            full.text.contains(
                """

                LOAD BALANCER  ADDRESSES
                shop/web       192.0.2.1, 2001:db8::1
                default/mail   none
                  published by node n1

                refused here:
                  node:25/tcp that default/mail wants is held by process 7 (exim)

                events of services:
                  UnAvailableLoadBalancer default/mail: There are no available nodes for LoadBalancer

                """
            )
        )
        full.services?.publisher = nil
        #expect(full.text.contains("published by nobody: no node says that its services do their job\n"))
        full.services?.knowsOwnRefusalsOnly = true
        #expect(full.text.contains("of ports that are refused only this node's are known\n"))
        #expect(try StatusReport(json: full.json.utf8) == full)
    }

    @Test func `of thousands of load balancers that clash the first few are shown, and all are in the JSON`() throws {
        var full = report
        var services = Self.services
        services.loadBalancers = (100..<1100).map { number in
            .init(service: "shop/s\(number)", addresses: number < 130 ? ["192.0.2.1"] : [])
        }
        services.refusals = (100..<1100).map { "node:80/tcp that shop/s\($0) wants is held by shop/web" }
        full.services = services
        let lines = full.text.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("shop/s") } == 20)
        #expect(lines.count { $0.hasPrefix("  node:80/tcp that") } == 20)
        let rest = "  and 980 more, which `linnet status --json` has"
        #expect(lines.filter { $0.hasPrefix(rest) } == ["\(rest), 970 of them without an address", "\(rest)"])
        #expect(try StatusReport(json: full.json.utf8) == full)
    }

    @Test func `of Ingresses the first problems are shown, and which certificates expire when`() throws {
        var full = report
        full.ingress = .init(
            routes: 12,
            problems: (100..<130).map { "Ingress shop/i\($0): create the Service" },
            remarks: ["Ingress shop/web: Traefik would do otherwise"],
            certificates: [
                .init(secret: nil, hosts: ["a.traefik.default"], validForSeconds: 86_400 * 365),
                .init(secret: "shop/tls", hosts: ["shop.example", "www.shop.example"], validForSeconds: -3_600),
            ]
        )
        let lines = full.text.split(separator: "\n")
        #expect(lines.contains("ingress     12 routes"))
        #expect(lines.contains("(default)    365d 0h            a.traefik.default"))
        #expect(lines.contains("shop/tls     expired 1h 0m ago  shop.example, www.shop.example"))
        #expect(lines.count { $0.hasPrefix("  Ingress shop/i") } == 20)
        #expect(lines.contains("  and 10 more, which `linnet status --json` has"))
        #expect(lines.contains("  Ingress shop/web: Traefik would do otherwise"))
        #expect(try StatusReport(json: full.json.utf8) == full)
        #expect(try StatusReport(json: report.json.utf8).ingress == nil)
    }

    @Test func `what Ingresses are published with is shown, and by whom`() throws {
        var full = report
        full.ingress = .init(
            routes: 1,
            problems: [],
            remarks: [],
            certificates: [],
            published: [.init(ingress: "shop/web", addresses: ["192.0.2.1", "2001:db8::1"])],
            publisher: "n1"
        )
        let rows = ["INGRESS   ADDRESSES", "shop/web  192.0.2.1, 2001:db8::1", "  published by node n1", ""]
        #expect(full.text.contains(rows.joined(separator: "\n")))
        full.ingress?.publisher = nil
        #expect(full.text.contains("published by nobody: no node says that its ingress does its job\n"))
        full.ingress?.isPublishedByEach = true
        #expect(full.text.contains("  published by each node for itself\n"))
        #expect(try StatusReport(json: full.json.utf8) == full)
    }

    @Test func `what was dropped is told by reason, once there is something`() throws {
        var full = report
        full.drops = [
            .init(reason: "tunnel packets from no known node", packets: 0, bytes: 0),
            .init(reason: "tagged frames in the tunnel", packets: 2, bytes: 164),
        ]
        #expect(full.text.contains("\ndropped     2 tagged frames in the tunnel\n"), "\(full.text)")
        #expect(try StatusReport(json: full.json.utf8) == full)
        full.drops?[1].packets = 0
        #expect(!full.text.contains("dropped"))
    }

    @Test(arguments: [
        (["Node"], 7_530.0, "generation 7, from disk, 2h 5m old\n"),
        (["Service", "Secret"], 60, "generation 7, partly from disk, 1m 0s old: Service, Secret\n"),
        (["Node"], nil, "generation 7, from disk, age unknown (clock went back)\n"),
    ])
    func `state from disk says so, and how old it is`(kinds: [String], age: Double?, text: String) {
        var restored = report
        restored.source.restoredKinds = kinds
        restored.source.restoredAgeSeconds = age
        #expect(restored.text.contains(text), "\(restored.text)")
    }

    @Test func `the snapshot on disk is shown with what keeps it from being written`() {
        var full = report
        full.saved = .init(path: "/s/snapshot", ageSeconds: 61, lastError: "write /s/snapshot: ENOSPC")
        let line = "\nsnapshot    /s/snapshot, saved 1m 1s ago; cannot be saved now: write /s/snapshot: ENOSPC\n"
        #expect(full.text.contains(line), "\(full.text)")
    }

    @Test(arguments: [
        (100.0, 107.5, DataAge.seconds(7.5), "7s old"), (100, 99, .seconds(0), "0s old"),
        (100, 97, .unknown, "age unknown (clock went back)"), (0, 90_061, .seconds(90_061), "1d 1h old"),
    ])
    func `an age is never negative`(time: Double, now: Double, age: DataAge, text: String) {
        #expect(DataAge(of: time, at: now) == age)
        #expect("\(DataAge(of: time, at: now))" == text)
    }

    @Test func `the report survives its own JSON`() throws {
        #expect(try StatusReport(json: report.json.utf8) == report)
    }

    @Test func `what others wrote stays on its line and in its column, and harms no terminal`() throws {
        var foul = report
        foul.source.problems = ["a.yaml:1: '\u{1b}[2Jx\nnotices:\n  all is well' is no name"]
        foul.capabilities[2].detail = "\u{202e}1 problem\u{9b}"
        foul.peers[0].node = "n\u{7f}"
        let lines = foul.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == report.text.split(separator: "\n", omittingEmptySubsequences: false).count)
        #expect(lines.contains("  a.yaml:1: '\\u{1b}[2Jx\\u{a}notices:\\u{a}  all is well' is no name"), "\(foul.text)")
        #expect(lines.contains("source      degraded  2         \\u{202e}1 problem\\u{9b}; last error: boom"))
        #expect(lines.contains("n\\u{7f}     10.42.2.0/24  192.0.2.2  tunnel  -"))
        let json = try foul.json
        #expect(!json.unicodeScalars.contains { ["\u{1b}", "\u{7f}", "\u{9b}", "\u{202e}"].contains($0) })
        #expect(try StatusReport(json: json.utf8) == foul)
    }

    @Test func `bytes that are no report are refused`() {
        #expect(throws: (any Error).self) { try StatusReport(json: Array("{\"version\": 1}".utf8)) }
    }
}
