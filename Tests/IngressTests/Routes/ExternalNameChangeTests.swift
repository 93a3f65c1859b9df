import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes
import Testing

/// Names outside the cluster that come to something else, and what is told of them.
struct ExternalNameChangeTests {
    /// Two services that stand for names, and one that does not.
    private static func cluster(allowed: Bool = true) -> RouteCluster {
        RouteCluster {
            $0.add("web", ["Prefix a.example/ > a", "Prefix b.example/ > b", "Prefix c.example/ > c"])
            $0.services[0] = fixtureAlias("shop/a", of: "one.example")
            $0.services[1] = fixtureAlias("shop/b", of: "two.example.")
            $0.configuration.allowsExternalNames = allowed
        }
    }

    private static func names(_ rows: KeyValuePairs<String, [String]>) -> [ExternalName: ExternalNameFinding] {
        var names: [ExternalName: ExternalNameFinding] = [:]
        for (text, addresses) in rows {
            if let name = ExternalName(text) { names[name] = .addresses(addresses.map { address($0) }) }
        }
        return names
    }

    @Test func `only those names are wanted that are allowed and in use`() {
        #expect(Self.cluster().table.wantedNames.map(\.text).sorted() == ["one.example", "two.example"])
        #expect(Self.cluster(allowed: false).table.wantedNames.isEmpty)
        var cluster = Self.cluster()
        cluster.ingresses[0].className = "nginx"
        #expect(cluster.table.wantedNames.isEmpty)
        cluster = Self.cluster()
        cluster.services[0].externalName = "198.51.100.1"
        #expect(cluster.table.wantedNames.map(\.text) == ["two.example"])
    }

    @Test func `names of services that are gone, or are of another type, are wanted no more`() {
        var live = LiveRoutes(Self.cluster())
        live.update()
        live.store.apply(.remove(ObjectKey(.service, namespace: "shop", name: "a")), confirmedAt: 0)
        live.update()
        #expect(live.table.wantedNames.map(\.text) == ["two.example"])
        live.store.apply(.set(.service(fixtureService("shop/b", ["10.43.0.1"]))), confirmedAt: 0)
        live.update()
        #expect(live.table.wantedNames.isEmpty)
    }

    @Test func `a name that comes to something else changes the backends of its services alone`() throws {
        var live = LiveRoutes(Self.cluster())
        live.names = Self.names(["one.example": ["198.51.100.1", "198.51.100.2"], "two.example": ["198.51.100.3"]])
        live.update()
        let before = try #require(live.table.backend("http://a.example/"))
        let other = try #require(live.table.backend("http://b.example/"))
        live.names = Self.names(["one.example": ["198.51.100.2", "198.51.100.4"], "two.example": ["198.51.100.3"]])
        let isNews = live.update()
        #expect(isNews)
        let after = try #require(live.table.backend("http://a.example/"))
        #expect(after.endpoints.map(\.description) == ["198.51.100.2:80", "198.51.100.4:80"])
        #expect(after.endpoints[0].slot == before.endpoints[1].slot)
        let kept = try #require(live.table.backend("http://b.example/"))
        #expect(kept === other)
        let isNewsAgain = live.update()
        #expect(!isNewsAgain)
    }

    @Test func `what is known of names stays where nothing is said of it`() {
        var cluster = Self.cluster()
        cluster.names = Self.names(["one.example": ["198.51.100.1"]])
        var table = cluster.table
        let store = SnapshotStore(sourceDescription: "a test", ownName: cluster.configuration.node)
        store.apply(.replace(kinds: RouteTable.neededKinds, with: cluster.objects), confirmedAt: 0)
        _ = table.update(store.current, changed: .everything)
        #expect(table.backend("http://a.example/")?.endpoints.map(\.description) == ["198.51.100.1:80"])
    }

    @Test func `what is remembered is called, and keeps its connections when it is confirmed`() throws {
        var live = LiveRoutes(Self.cluster())
        let name = try #require(ExternalName("one.example"))
        live.names = [name: .remembered([address("198.51.100.1"), address("127.0.0.1")])]
        live.update()
        let before = try #require(live.table.backend("http://a.example/"))
        #expect(before.external?.isRemembered == true)
        #expect(before.external?.refused.map(\.refusal) == [.loopback])
        live.names = [name: .addresses([address("198.51.100.1"), address("127.0.0.1")])]
        let isNews = live.update()
        let after = try #require(live.table.backend("http://a.example/"))
        #expect(isNews && after.external?.isRemembered == false)
        #expect(after.endpoints == before.endpoints && after.endpoints[0].slot == before.endpoints[0].slot)
    }

    @Test func `two names at one address have connections of their own`() throws {
        var cluster = Self.cluster()
        cluster.names = Self.names(["one.example": ["198.51.100.1"], "two.example": ["198.51.100.1"]])
        let table = cluster.table
        let slots = ["a", "b"].compactMap { table.backend("http://\($0).example/")?.endpoints[0].slot }
        #expect(Set(slots).count == 2)
    }

    @Test func `an API server that moves takes the address from names that come to it`() {
        var live = LiveRoutes(Self.cluster())
        live.names = Self.names(["one.example": ["10.43.0.1"], "two.example": ["192.0.2.7"]])
        live.update()
        #expect(live.table.backend("http://a.example/") != nil)
        live.store.apply(.set(.service(fixtureService("default/kubernetes", ["10.43.0.1"]))), confirmedAt: 0)
        live.update()
        #expect(live.table.backend("http://a.example/") == nil)
        #expect(live.table.backend("http://b.example/") != nil)
        let ports = [EndpointPort(name: "https", port: 80)]
        let slice = fixtureSlice(of: "default/kubernetes", [fixtureEndpoint("192.0.2.7")], ports: ports)
        live.store.apply(.set(.endpointSlice(slice)), confirmedAt: 0)
        live.update()
        #expect(live.table.backend("http://b.example/") == nil)
        live.store.apply(.remove(ClusterObject.endpointSlice(slice).key), confirmedAt: 0)
        live.update()
        #expect(live.table.backend("http://b.example/") != nil)
    }

    @Test(
        arguments: [
            (
                false, nil,
                "requests are answered with 503, since the Service shop/a is of type ExternalName, and these are not called: "
                    + "set --ingress-allow-external-name-services, or name a Service with endpoints"
            ),
            (true, nil, nil),
            (
                true, .nothing("there is no such name"),
                "requests are answered with 503, since the Service shop/a stands for one.example, which has no address: "
                    + "there is no such name: correct its externalName, or the name's records"
            ),
            (
                true, .addresses([address("127.0.0.1"), address("198.51.100.1")]),
                "some addresses of one.example, for which the Service shop/a stands, are not called: 127.0.0.1 (it is the "
                    + "node itself): take them out of the name's records"
            ),
            (true, .addresses([address("198.51.100.1")]), nil),
        ] as [(Bool, ExternalNameFinding?, String?)]
    )
    func `what is to be mended is said`(isAllowed: Bool, finding: ExternalNameFinding?, wanted: String?) {
        var cluster = Self.cluster(allowed: isAllowed)
        if let name = ExternalName("one.example") { cluster.names[name] = finding }
        let notes = cluster.table.reports.values.flatMap(\.notes).filter { $0.place == "spec.rules[0].http.paths[0]" }
        #expect(notes.map(\.message) == [wanted].compactMap(\.self))
    }
}
