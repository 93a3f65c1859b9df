import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes
import SeededNumbers
import Testing

/// A table that follows changes equals one from scratch.
struct RouteChangeTests {
    @Test(arguments: 1...20)
    func `after any changes, some of them skipped, the table is what it is from scratch`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let mergesSlashes = !seed.isMultiple(of: 3)
        var live = LiveRoutes(
            RouteCluster {
                $0.configuration.allowsExternalNames = seed.isMultiple(of: 2)
                $0.configuration.mergesSlashes = mergesSlashes
            }
        )
        for step in 0..<60 {
            if random.oneIn(3) { live.names = RandomRoutes.names(using: &random) }
            for _ in 0..<random.pick([1, 1, 1, 2, 2, 5, 70]) {
                live.store.apply(RandomRoutes.change(using: &random), confirmedAt: 0)
            }
            live.update()
            let scratch = live.scratch
            let isSame = live.table == scratch
            #expect(isSame, "step \(step)")
            #expect(live.table.wantedNames == scratch.wantedNames, "step \(step)")
            for _ in 0..<5 {
                let request = RandomRoutes.request(mergingSlashes: mergesSlashes, using: &random)
                #expect(live.table.answer(request) == scratch.answer(request), "\(request) in step \(step)")
            }
            checkSlots(live.table)
            guard isSame else { return }
        }
    }

    @Test(arguments: 1...10)
    func `the order in which objects come does not matter`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var tables: [RouteTable] = []
        let changes = (0..<60).map { _ in RandomRoutes.change(using: &random) }
        var last: [ObjectKey: ClusterObject] = [:]
        for case .update(let objects, let keys) in changes {
            for object in objects { last[object.key] = object }
            for key in keys { last[key] = nil }
        }
        let objects = last.values.sorted { $0.key < $1.key }
        for order in [objects, objects.reversed(), objects.shuffled(using: &random)] {
            var live = LiveRoutes()
            for object in order {
                live.store.apply(.set(object), confirmedAt: 0)
                live.update()
            }
            tables.append(live.table)
        }
        let areSame = tables[0] == tables[1] && tables[1] == tables[2]
        #expect(areSame)
    }

    @Test(arguments: 1...5)
    func `when all objects go, nothing stays`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var live = LiveRoutes()
        for _ in 0..<100 { live.store.apply(RandomRoutes.change(using: &random), confirmedAt: 0) }
        live.update()
        let keys = RouteTable.neededKinds.union([.secret, .node]).flatMap { live.store.current.keys(of: $0) }
        for key in keys.shuffled(using: &random) {
            live.store.apply(.remove(key), confirmedAt: 0)
            live.update()
        }
        var empty = LiveRoutes()
        empty.update()
        let isEmpty = live.table == empty.table
        #expect(isEmpty)
        #expect(live.table.endpointsBySlot.allSatisfy { $0 == nil })
    }

    @Test func `a Secret that is not there is told of once Secrets are known`() {
        var cluster = RouteCluster()
        cluster.add("web", ["Prefix x.example/ > a"]) { $0.tls = [IngressTLS(hosts: ["x.example"], secretName: "tls")] }
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: RouteTable.neededKinds, with: cluster.objects), confirmedAt: 0)
        var table = RouteTable(cluster.configuration, seed: 1)
        let (first, before) = (table.update(store.current, changed: .everything), table.said)
        let generation = store.current.generation
        store.apply(.replace(kinds: [.secret], with: []), confirmedAt: 0)
        let second = table.update(store.current, changed: store.current.changedKeys(since: generation))
        #expect(first && second && before.isEmpty)
        #expect(table.said.count == 1)
    }

    /// Each endpoint of a route has a slot of its own, and all others are free.
    private func checkSlots(_ table: RouteTable) {
        for (slot, endpoint) in table.endpointsBySlot.enumerated() {
            if let endpoint { #expect(endpoint.slot == slot) }
        }
        let present = table.endpointsBySlot.compactMap(\.self)
        #expect(Set(present).count == present.count, "an endpoint has two slots")
    }

    /// What a single change of a cluster does.
    @Test func `a change of endpoints is told, and keeps the slots of those that stay`() throws {
        var live = LiveRoutes(RouteCluster("Prefix x.example/ > a", "Prefix y.example/ > b"))
        live.update()
        let before = try #require(live.table.backend("http://x.example/"))
        var slice = fixtureSlice(of: "shop/a", [fixtureEndpoint("10.42.1.9"), fixtureEndpoint("10.42.1.1")])
        slice.ports = [EndpointPort(name: "http", port: 8080)]
        live.store.apply(.set(.endpointSlice(slice)), confirmedAt: 0)
        let other = try #require(live.table.backend("http://y.example/"))
        let isNews = live.update()
        #expect(isNews)
        let after = try #require(live.table.backend("http://x.example/"))
        #expect(after.endpoints.map(\.description) == ["10.42.1.1:8080", "10.42.1.9:8080"])
        #expect(after.endpoints[0].slot == before.endpoints[0].slot)
        let kept = try #require(live.table.backend("http://y.example/"))
        #expect(kept === other)
        #expect(Set(live.table.endpointsBySlot.compactMap(\.self)).count == 3)
    }

    @Test func `a pod that comes back under the same address has another slot`() throws {
        var live = LiveRoutes(RouteCluster("Prefix x.example/ > a"))
        var slice = fixtureSlice(of: "shop/a", [fixtureEndpoint("10.42.1.1")])
        slice.ports = [EndpointPort(name: "http", port: 8080)]
        var slots: [Int] = []
        for target in [EndpointTarget.uid(1, 1), .uid(1, 2)] {
            slice.endpoints[0].target = target
            live.store.apply(.set(.endpointSlice(slice)), confirmedAt: 0)
            live.update()
            slots.append(try #require(live.table.backend("http://x.example/")).endpoints[0].slot)
        }
        #expect(slots[0] != slots[1])
    }

    @Test(arguments: [
        ObjectKey.node(nodeName("node-2")), ObjectKey(.configMap, namespace: "shop", name: "a"),
        ObjectKey(.service, namespace: "other", name: "a"), ObjectKey(.endpointSlice, namespace: "other", name: "a"),
        ObjectKey(.middleware, namespace: "shop", name: "a"),
    ])
    func `what routes do not depend on is no news`(key: ObjectKey) {
        var live = LiveRoutes(RouteCluster("Prefix x.example/ > a"))
        live.update()
        let metadata = ObjectMetadata(name: key.name, namespace: key.namespace)
        let object: ClusterObject =
            switch key.kind {
            case .node: .node(fixtureNode(2))
            case .configMap: .configMap(ConfigMap(metadata: metadata))
            case .service: .service(Service(metadata: metadata))
            case .endpointSlice: .endpointSlice(EndpointSlice(metadata: metadata, family: .ipv4))
            default: .middleware(Middleware(metadata: metadata, spec: .null))
            }
        live.store.apply(.set(object), confirmedAt: 0)
        let isNews = live.update()
        #expect(!isNews)
    }
}

extension RouteTable {
    /// The backend of `http://HOST/PATH`.
    func backend(_ url: String) -> Backend? {
        let rest = url.dropFirst("http://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (host, path) = (Array(rest[..<slash].utf8), Array(rest[slash...].utf8))
        guard case .backend(let backend) = route(host: host.span, path: path.span, over: .web)?.outcome else {
            return nil
        }
        return backend
    }
}
