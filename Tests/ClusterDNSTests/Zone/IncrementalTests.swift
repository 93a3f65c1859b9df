import ClusterFixtures
import ClusterState
import DNSWire
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterDNS

/// Whatever changes, and however many generations are skipped: an update gives what a zone from scratch is.
@Suite struct IncrementalTests {
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `an update equals a zone from scratch`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var cluster = TestCluster()
        for step in 0..<60 {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                cluster.store.apply(RandomChange.next(using: &random), confirmedAt: 0)
            }
            // Now and then so many generations are skipped that the history does not reach back.
            if Int.random(in: 0..<20, using: &random) == 0 {
                for _ in 0..<80 { cluster.store.apply(RandomChange.next(using: &random), confirmedAt: 0) }
            }
            guard Bool.random(using: &random) else { continue }
            _ = cluster.update()
            var scratch = DNSZone(testConfiguration, testHasher, serial: 1)
            _ = scratch.update(cluster.store.current, changed: .everything, serial: 1)
            #expect(cluster.zone == scratch, "step \(step)")
        }
    }

    @Test func `a zone whose objects are all gone is as empty as a new one`() {
        var random = SeededNumbers(seed: 99)
        var cluster = TestCluster()
        for _ in 0..<300 { cluster.store.apply(RandomChange.next(using: &random), confirmedAt: 0) }
        _ = cluster.update()
        for kind in ObjectKind.allCases {
            for key in cluster.store.current.keys(of: kind) { cluster.store.apply(.remove(key), confirmedAt: 0) }
        }
        cluster.store.apply(.replace(kinds: Set(ObjectKind.allCases), with: []), confirmedAt: 0)
        _ = cluster.update()
        #expect(cluster.zone == TestCluster().zone)
    }

    @Test func `a changed service leaves the pages of the others as they are`() {
        let services = (0..<2_000).map {
            ClusterObject.service(fixtureService("shop/s\($0)", ["10.43.\($0 / 250).\($0 % 250)"]))
        }
        var cluster = TestCluster(services)
        let former = cluster.table
        cluster.apply(.set(.service(fixtureService("shop/s77", ["10.43.99.1"]))))
        _ = cluster.update()
        let changed = zip(former.entries.pages, cluster.table.entries.pages).filter { $0 != $1 }.count
        // The service, the address that it had, the one that it has.
        #expect((1...3).contains(changed))
    }
}

/// Changes of few objects, so that the same ones come and go.
private enum RandomChange {
    static func next(using random: inout SeededNumbers) -> ClusterChange {
        let object = object(using: &random)
        return Int.random(in: 0..<4, using: &random) == 0 ? .remove(object.key) : .set(object)
    }

    private static func object(using random: inout SeededNumbers) -> ClusterObject {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: .namespace(fixtureNamespace("n\(Int.random(in: 0..<3, using: &random))"))
        case 1: .node(node(using: &random))
        case 2: .nodeHosts(hosts(using: &random))
        case 3..<6: .service(service(using: &random))
        default: .endpointSlice(slice(using: &random))
        }
    }

    private static func serviceName(using random: inout SeededNumbers) -> String {
        "n\(Int.random(in: 0..<3, using: &random))/s\(Int.random(in: 0..<4, using: &random))"
    }

    private static func service(using random: inout SeededNumbers) -> Service {
        let name = serviceName(using: &random)
        let address = "10.43.0.\(Int.random(in: 1..<4, using: &random))"
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return fixtureService(name, [])
        case 1:
            return fixtureAlias(
                name,
                of: ["s1.n1.svc.cluster.local", "example.org", "192.0.2.1"].randomElement(using: &random) ?? ""
            )
        case 2: return fixtureService(name, [address, "fd00:43::1"], ports: [ServicePort(name: "http", port: 80)])
        default: return fixtureService(name, [address])
        }
    }

    private static func slice(using random: inout SeededNumbers) -> EndpointSlice {
        let endpoints = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
            fixtureEndpoint(
                ["10.42.0.1", "10.42.0.2", "10.42.0.3", "10.43.0.1", "192.0.2.1"].randomElement(using: &random) ?? "",
                host: [nil, "a", "b"].randomElement(using: &random) ?? nil,
                isReady: Int.random(in: 0..<4, using: &random) > 0
            )
        }
        let ports = [EndpointPort(name: "http", port: UInt16.random(in: 1..<3, using: &random))]
        var slice = fixtureSlice(
            of: serviceName(using: &random),
            endpoints,
            ports: Bool.random(using: &random) ? ports : []
        )
        // The same slice may change its service, or belong to none.
        let namespace = slice.metadata.namespace
        slice.metadata.name = "slice-\(Int.random(in: 0..<6, using: &random))"
        slice.metadata.namespace = namespace
        if Int.random(in: 0..<6, using: &random) == 0 { slice.metadata.labels = [:] }
        return slice
    }

    private static func node(using random: inout SeededNumbers) -> Node {
        var node = fixtureNode(
            Int.random(in: 1..<3, using: &random),
            name: ["x", "y.cluster.local"].randomElement(using: &random)
        )
        if Bool.random(using: &random) { node.internalAddresses.v6 = nil }
        node.hostName = [nil, "x", "b.cluster.local", "z"].randomElement(using: &random) ?? nil
        return node
    }

    private static func hosts(using random: inout SeededNumbers) -> String {
        [
            "", "192.0.2.1 x", "192.0.2.1 a.b.cluster.local", "10.42.0.1 b.cluster.local y.cluster.local\n192.0.2.7 x",
            "nonsense", "192.0.2.9 *.b.cluster.local z", "192.0.2.8 *.b.cluster.local *.example.org",
        ]
        .randomElement(using: &random) ?? ""
    }
}
