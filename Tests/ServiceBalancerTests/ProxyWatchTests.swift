import ServiceBalancer
import Testing

@Suite struct ProxyWatchTests {
    /// A look, so many seconds after the first: what is seen, and whether all of services is served then.
    struct Look: Sendable {
        let at: Int
        var signs = ProxySigns()
        let serves: Bool
        var leftBehind: [ProxyTrace] = []
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        var wasServing = false
        var choice = ProxyChoice()
        let looks: [Look]

        var testDescription: String { situation }
    }

    private static let live = ProxySigns(listeners: ["process 7 (kube-proxy) on port 10256"])
    private static let table = ProxySigns(traces: [.tableIPv4])

    static let rows: [Row] = [
        Row(
            situation: "a first start without kube-proxy",
            looks: [Look(at: 0, serves: false), Look(at: 29, serves: false), Look(at: 30, serves: true)]
        ),
        Row(
            situation: "a first start beside kube-proxy",
            looks: [Look(at: 0, signs: live, serves: false), Look(at: 600, signs: live, serves: false)]
        ),
        Row(
            situation: "kube-proxy that starts a little later",
            looks: [
                Look(at: 0, serves: false), Look(at: 20, signs: live, serves: false), Look(at: 40, serves: false),
                Look(at: 50, serves: true),
            ]
        ),
        Row(
            situation: "a restart of an agent that served everything",
            wasServing: true,
            looks: [Look(at: 0, serves: true), Look(at: 10, serves: true)]
        ),
        Row(
            situation: "a restart of an agent that served everything, and kube-proxy is back",
            wasServing: true,
            looks: [Look(at: 0, signs: live, serves: false), Look(at: 10, serves: false), Look(at: 30, serves: true)]
        ),
        Row(
            situation: "a later sign",
            wasServing: true,
            looks: [Look(at: 0, serves: true), Look(at: 10, signs: live, serves: false)]
        ),
        Row(
            situation: "a sign that comes and goes",
            wasServing: true,
            looks: [
                Look(at: 0, signs: live, serves: false), Look(at: 20, serves: false),
                Look(at: 25, signs: live, serves: false), Look(at: 54, serves: false), Look(at: 55, serves: true),
            ]
        ),
        Row(
            situation: "traces without a kube-proxy that runs",
            looks: [
                Look(at: 0, signs: table, serves: false),
                Look(at: 29, signs: table, serves: false),
                Look(at: 30, signs: table, serves: false, leftBehind: [.tableIPv4]),
                Look(at: 40, serves: false),
                Look(at: 60, serves: true),
            ]
        ),
        Row(
            situation: "traces of a kube-proxy that ended",
            looks: [
                Look(at: 0, signs: ProxySigns(listeners: live.listeners, traces: [.canaryIPv4, .link]), serves: false),
                Look(at: 20, signs: ProxySigns(traces: [.canaryIPv4, .link]), serves: false),
                Look(
                    at: 30,
                    signs: ProxySigns(traces: [.canaryIPv4, .link]),
                    serves: false,
                    leftBehind: [.canaryIPv4, .link]
                ),
            ]
        ),
        Row(
            situation: "tables of iptables-legacy alone",
            wasServing: true,
            looks: [Look(at: 0, signs: ProxySigns(legacyTables: ["ip nat"]), serves: true)]
        ),
        Row(
            situation: "services switched off",
            wasServing: true,
            choice: ProxyChoice(allowsServices: false),
            looks: [Look(at: 0, serves: false), Look(at: 60, signs: table, serves: false)]
        ),
    ]

    @Test(arguments: rows) func `all of services is served while no sign of kube-proxy is near`(row: Row) {
        let start = ContinuousClock.now
        var watch = ProxyWatch(row.choice, wasServing: row.wasServing)
        #expect(watch.scope == .none)
        for look in row.looks {
            watch.look(look.signs, now: start + .seconds(look.at))
            #expect(watch.scope == BalancerScope(loadBalancers: true, services: look.serves), "after \(look.at) s")
            #expect(watch.leftBehind == look.leftBehind, "after \(look.at) s")
        }
    }

    @Test func `load balancers can be switched off`() {
        var watch = ProxyWatch(ProxyChoice(allowsLoadBalancers: false), wasServing: true)
        watch.look(ProxySigns(), now: .now)
        #expect(watch.scope == BalancerScope(loadBalancers: false, services: true))
    }

    @Test func `the next look is due when the wait is over`() {
        let start = ContinuousClock.now
        var watch = ProxyWatch(ProxyChoice(), wasServing: false)
        #expect(watch.nextLook == nil)
        watch.look(ProxySigns(), now: start)
        #expect(watch.nextLook == start + .seconds(10))
        watch.look(ProxySigns(), now: start + .seconds(24))
        #expect(watch.nextLook == start + .seconds(30))
    }

    @Test(arguments: [
        (ProxyTrace.tableIPv4, "nft delete table ip kube-proxy"),
        (.tableIPv6, "nft delete table ip6 kube-proxy"),
        (.canaryIPv4, "iptables-save | grep -v KUBE- | iptables-restore"),
        (.canaryIPv6, "ip6tables-save | grep -v KUBE- | ip6tables-restore"),
        (.link, "ip link delete kube-ipvs0"),
    ]) func `what was left behind is told with the command that removes it`(trace: ProxyTrace, command: String) {
        var watch = ProxyWatch(ProxyChoice(), wasServing: false)
        let start = ContinuousClock.now
        for second in [0, 30] { watch.look(ProxySigns(traces: [trace]), now: start + .seconds(second)) }
        #expect(watch.complaints.count == 1)
        #expect(watch.complaints.first?.contains("`\(command)`") == true)
        #expect(watch.reason.contains("\(trace)"))
    }
}
