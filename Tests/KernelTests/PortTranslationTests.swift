import ClusterFixtures
import NetworkTypes
import Nftables
import Testing

/// Rules that take connections for ports 80 and 443 of a host with the addresses 192.0.2.1 and 2001:db8::1.
@Suite(.timeLimit(.minutes(2))) struct PortTranslationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Of a chain for destinations in a table of this family.
        let rules: String
        let found: [String]
    }

    private static func inet(_ rules: String, before: String = "", hook: String = "prerouting") -> String {
        """
        table inet other {
            \(before)
            chain entrance {
                type nat hook \(hook) priority -100; policy accept;
                \(rules)
            }
        }
        """
    }

    static let rows: [Row] = [
        row("a port", inet("tcp dport 80 dnat ip to 10.42.0.5:8080"), ["inet other entrance 80"]),
        row("a redirection", inet("tcp dport 443 redirect to :8443"), ["inet other entrance 443"]),
        row(
            "no port at all",
            inet("meta l4proto tcp redirect to :1"),
            ["inet other entrance 80", "inet other entrance 443"]
        ),
        row("a range", inet("tcp dport 1-80 redirect to :1"), ["inet other entrance 80"]),
        row("some ports", inet("tcp dport { 443, 8443 } redirect to :1"), ["inet other entrance 443"]),
        row("our address", inet("ip daddr 192.0.2.1 tcp dport 80 redirect to :1"), ["inet other entrance 80"]),
        row("a network with it", inet("ip daddr 192.0.2.0/24 tcp dport 80 redirect to :1"), ["inet other entrance 80"]),
        row(
            "addresses of this host",
            inet("fib daddr type local tcp dport 80 redirect to :1"),
            ["inet other entrance 80"]
        ),
        row("another port", inet("tcp dport 8080 redirect to :1"), []),
        row("another protocol", inet("udp dport 80 redirect to :1"), []),
        row("a cluster address", inet("ip daddr 10.43.0.1 tcp dport 80 redirect to :1"), []),
        row("other ports", inet("tcp dport { 81, 8443 } redirect to :1"), []),
        row("what the host itself sends", inet("tcp dport 80 redirect to :1", hook: "output"), []),
        row("behind a rule that lets all pass", inet("tcp dport 80 accept; tcp dport 80 redirect to :1"), []),
        row("no translation", inet("tcp dport 80 counter"), []),
        row(
            "another chain, by a map, with a comment",
            inet(
                "ip daddr . meta l4proto . th dport vmap @services",
                before: """
                    map services {
                        type ipv4_addr . inet_proto . inet_service : verdict
                        elements = { 192.0.2.1 . tcp . 80 comment "shop/web" : goto web, 10.43.0.1 . tcp . 443 : goto web }
                    }
                    chain web { meta l4proto tcp dnat ip to 10.42.0.5:80; }
                    """
            ),
            ["inet other web 80 shop/web"]
        ),
        row(
            "a map of ports to places",
            inet(
                "dnat ip addr . port to tcp dport map @ports",
                before: "map ports { type inet_service : ipv4_addr . inet_service; elements = { 80 : 10.42.0.5 . 80 } }"
            ),
            ["inet other entrance 80"]
        ),
        row(
            "a chain behind another",
            inet("jump a", before: "chain b { tcp dport 80 redirect to :1; }; chain a { jump b; }"),
            ["inet other b 80"]
        ),
    ]

    private static func row(_ name: String, _ rules: String, _ found: [String]) -> Row {
        Row(testDescription: name, rules: rules, found: found)
    }

    @Test(arguments: rows) func `what takes a port is found`(row: Row) throws {
        let namespace = try FilterNamespace()
        #expect(try namespace.load(row.rules) == "")
        #expect(try Self.found(namespace) == row.found)
        let disabled = row.rules.replacing("table inet other {", with: "table inet other { flags dormant;")
        #expect(try namespace.load("delete table inet other\n\(disabled)") == "")
        #expect(try Self.found(namespace) == [], "a table that is switched off takes nothing")
    }

    static let commands: [Row] = [
        row(
            "a host port by CNI's plugin",
            """
            iptables-nft -t nat -N CNI-HOSTPORT-DNAT
            iptables-nft -t nat -N CNI-DN-0123
            iptables-nft -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
            iptables-nft -t nat -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: cbr0" \
                -m multiport --destination-ports 80,8443 -j CNI-DN-0123
            iptables-nft -t nat -A CNI-DN-0123 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.42.0.5:80
            """,
            ["ip nat CNI-DN-0123 80 dnat name: cbr0"]
        ),
        row(
            "a load balancer's address by kube-proxy, and a cluster address",
            """
            for name in KUBE-SERVICES KUBE-EXT-A KUBE-SVC-A; do iptables-nft -t nat -N $name; done
            iptables-nft -t nat -A PREROUTING -m comment --comment "service portals" -j KUBE-SERVICES
            iptables-nft -t nat -A KUBE-SERVICES -d 10.43.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-A
            iptables-nft -t nat -A KUBE-SERVICES -d 192.0.2.1/32 -p tcp -m comment --comment "shop/web" \
                -m tcp --dport 80 -j KUBE-EXT-A
            iptables-nft -t nat -A KUBE-EXT-A -j KUBE-SVC-A
            iptables-nft -t nat -A KUBE-SVC-A -p tcp -j DNAT --to-destination 10.42.0.5:80
            """,
            ["ip nat KUBE-SVC-A 80 shop/web"]
        ),
        row(
            "other ports of CNI's plugin",
            """
            iptables-nft -t nat -N CNI-HOSTPORT-DNAT
            iptables-nft -t nat -A PREROUTING -j CNI-HOSTPORT-DNAT
            iptables-nft -t nat -A CNI-HOSTPORT-DNAT -p tcp -m multiport --destination-ports 81:90,8443 \
                -j DNAT --to-destination 10.42.0.5:80
            """,
            []
        ),
    ]

    @Test(arguments: commands) func `what iptables has written is read`(row: Row) throws {
        let namespace = try FilterNamespace()
        #expect(try namespace.run("set -e\n\(row.rules)") == "")
        #expect(try Self.found(namespace) == row.found)
    }

    /// `inet other entrance 80 comment`
    private static func found(_ namespace: FilterNamespace) throws -> [String] {
        let socket = try NftablesSocket.open(in: namespace.namespace)
        let own: Set<IPAddress> = [address("192.0.2.1"), address("2001:db8::1")]
        return try socket.translations(of: [80, 443], at: own, except: [.linnet]).map { found in
            "\(found.table) \(found.chain) \(found.port)" + (found.comment.map { " \($0)" } ?? "")
        }
    }
}
