import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes
import Testing

/// Names that come to where the ingress of a node answers: what would go there would go in a circle.
///
/// The own node has 192.168.7.1, as it is started, and is not known in the cluster. Node 2 has 192.0.2.2 and 2001:db8::2,
/// the pods 10.42.2.0/24 and fd00:42:0:2::/64, 203.0.113.2 from outside and 198.51.100.2 for its tunnel.
struct NodeAddressTests {
    /// Services `a` for 192.0.2.2, `b` for a name and `c` for pods.
    private static func cluster(_ change: (inout RouteCluster) -> Void = { _ in }) -> RouteCluster {
        RouteCluster {
            $0.add("web", ["Prefix a.example/ > a", "Prefix b.example/ > b", "Prefix c.example/ > c"])
            $0.services[0] = fixtureAlias("shop/a", of: "192.0.2.2")
            $0.services[1] = fixtureAlias("shop/b", of: "one.example")
            $0.configuration.allowsExternalNames = true
            $0.configuration.ownAddresses = [address("192.168.7.1")]
            change(&$0)
        }
    }

    private static var second: Node {
        var node = fixtureNode(2)
        node.externalAddresses.v4 = address("203.0.113.2")
        node.publicAddresses.v4 = address("198.51.100.2")
        return node
    }

    @Test(
        arguments: [
            ("192.168.7.1", 80, true), ("192.168.7.1", 443, true), ("192.168.7.1", 8080, false),
            ("192.0.2.2", 80, true), ("192.0.2.2", 443, true), ("192.0.2.2", 8443, false),
            ("2001:db8::2", 80, true), ("203.0.113.2", 443, true), ("198.51.100.2", 80, true),
            ("::ffff:192.0.2.2", 80, true), ("10.42.2.0", 80, true), ("10.42.2.1", 80, true), ("10.42.2.2", 80, false),
            ("fd00:42:0:2::", 443, true), ("fd00:42:0:2::1", 443, true), ("fd00:42:0:2::2", 443, false),
            ("192.0.2.3", 80, false), ("203.0.113.3", 443, false),
        ] as [(String, UInt16, Bool)]
    )
    func `a node's address is not called at the ports of its ingress`(text: String, port: UInt16, isRefused: Bool) {
        var cluster = RouteCluster("Prefix a.example/ > a:\(port)")
        cluster.services = [fixtureAlias("shop/a", of: text)]
        cluster.others = [.node(Self.second)]
        cluster.configuration.allowsExternalNames = true
        cluster.configuration.ownAddresses = [address("192.168.7.1")]
        #expect(Self.refusal(cluster.table) == (isRefused ? .ingress : nil))
    }

    @Test(arguments: [(80, false), (443, false), (8080, true), (8443, true)] as [(UInt16, Bool)])
    func `which ports these are is as it is set`(port: UInt16, isRefused: Bool) {
        var cluster = RouteCluster("Prefix a.example/ > a:\(port)")
        cluster.services = [fixtureAlias("shop/a", of: "192.0.2.2")]
        cluster.others = [.node(Self.second)]
        cluster.configuration.allowsExternalNames = true
        cluster.configuration.ports = [8080, 8443]
        #expect(Self.refusal(cluster.table) == (isRefused ? .ingress : nil))
    }

    @Test func `what is not called is told of, with why`() {
        let cluster = Self.cluster {
            $0.others = [.node(Self.second)]
            if let name = ExternalName("one.example") {
                $0.names[name] = .addresses([address("192.0.2.2"), address("192.0.2.9")])
            }
        }
        let why = "the ingress of a node is there, and requests would go in a circle"
        #expect(
            cluster.table.said == [
                "web: BackendUnavailable: spec.rules[0].http.paths[0]: requests are answered with 503, since the Service "
                    + "shop/a stands for 192.0.2.2, of which no address may be called: 192.0.2.2 (\(why)): have it stand for "
                    + "something else",
                "web: AddressRefused: spec.rules[1].http.paths[0]: some addresses of one.example, for which the Service "
                    + "shop/b stands, are not called: 192.0.2.2 (\(why)): take them out of the name's records",
            ]
        )
    }

    @Test func `a node that comes, moves or goes takes its addresses from names and gives them back`() throws {
        var live = LiveRoutes(Self.cluster())
        live.update()
        let pods = try #require(live.table.backend("http://c.example/"))
        #expect(live.table.backend("http://a.example/") != nil)
        var moved = Self.second
        moved.internalAddresses.v4 = address("192.0.2.9")
        moved.publicAddresses.v4 = address("192.0.2.9")
        let steps: [(ClusterChange, Bool, isNews: Bool)] = [
            (.set(.node(Self.second)), false, true), (.set(.node(moved)), true, true),
            (.set(.node(fixtureNode(2))), false, true), (.remove(.node(Self.second.name)), true, true),
        ]
        for (change, isCalled, isNews) in steps {
            live.store.apply(change, confirmedAt: 0)
            #expect(live.update() == isNews)
            #expect((live.table.backend("http://a.example/") != nil) == isCalled)
        }
        let kept = try #require(live.table.backend("http://c.example/"))
        #expect(kept === pods)
    }

    @Test func `an address that two nodes have is free when both are gone`() {
        var live = LiveRoutes(Self.cluster { $0.others = [.node(Self.second)] })
        var other = fixtureNode(3)
        other.internalAddresses = Self.second.internalAddresses
        live.store.apply(.set(.node(other)), confirmedAt: 0)
        live.update()
        for (name, isCalled) in [(Self.second.name, false), (other.name, true)] {
            live.store.apply(.remove(.node(name)), confirmedAt: 0)
            live.update()
            #expect((live.table.backend("http://a.example/") != nil) == isCalled)
        }
    }

    @Test func `a node that has nothing that names come to is no news`() {
        var live = LiveRoutes(Self.cluster { $0.others = [.node(Self.second)] })
        live.update()
        var node = Self.second
        node.labels = ["zone": "a"]
        let third = fixtureNode(3)
        for change in [ClusterChange.set(.node(node)), .set(.node(third)), .remove(.node(third.name))] {
            live.store.apply(change, confirmedAt: 0)
            let isNews = live.update()
            #expect(!isNews)
        }
    }

    @Test func `nodes are waited for where names are called, and only there`() {
        var configuration = RouteConfiguration(classes: [], node: nodeName("node-1"))
        #expect(configuration.neededKinds == RouteTable.neededKinds)
        configuration.allowsExternalNames = true
        #expect(configuration.neededKinds == RouteTable.neededKinds.union([.node]))
    }

    /// Why `http://a.example/` is not answered; nil if it is.
    private static func refusal(_ table: RouteTable) -> AddressRefusal? {
        let (host, path) = (Array("a.example".utf8), Array("/".utf8))
        switch table.route(host: host.span, path: path.span, over: .web)?.outcome {
        case .backend: return nil
        case .unavailable(.external(_, .refused(_, let refused))): return refused.first?.refusal
        case let other:
            Issue.record("\(String(describing: other))")
            return nil
        }
    }
}
