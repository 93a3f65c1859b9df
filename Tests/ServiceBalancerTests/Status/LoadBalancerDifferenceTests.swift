import ClusterFixtures
import ClusterState
import NetworkTypes
import SeededNumbers
import Testing

@testable import ServiceBalancer

@Suite struct LoadBalancerDifferenceTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `addresses planned step by step are those planned from scratch`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: [.node, .service, .endpointSlice], with: []), confirmedAt: 0)
        var statuses = LoadBalancerStatuses(.forStatuses)
        var generation: UInt64?
        var seen: [NamespacedName: [String]] = [:]
        for step in 0..<150 {
            // Now and then more generations than are remembered.
            let count = Int.random(in: 0..<20, using: &random) == 0 ? 80 : Int.random(in: 0...4, using: &random)
            for _ in 0..<count { store.apply(Self.change(using: &random), confirmedAt: 0) }
            let refusals = Self.refusals(using: &random)
            let isOn = Int.random(in: 0..<10, using: &random) > 0
            let snapshot = store.current
            let changed = generation.map { snapshot.changedKeys(since: $0) } ?? .everything
            let changes = statuses.update(snapshot, changed: changed, ownRefusals: refusals, isOn: isOn)
            generation = snapshot.generation
            var fresh = LoadBalancerStatuses(.forStatuses)
            _ = fresh.update(snapshot, changed: .everything, ownRefusals: refusals, isOn: isOn)
            #expect(statuses.addresses == fresh.addresses, "step \(step)")
            #expect(statuses.publisher == fresh.publisher, "step \(step)")
            for change in changes {
                #expect(seen[change.object.namespacedName] == change.old && change.old != change.new, "step \(step)")
                seen[change.object.namespacedName] = change.new
            }
            #expect(seen == statuses.addresses, "step \(step): every change is told")
        }
    }

    private static func change(using random: inout SeededNumbers) -> ClusterChange {
        let object: ClusterObject =
            switch Int.random(in: 0..<5, using: &random) {
            case 0: .node(node(using: &random))
            case 1, 2: .service(service(using: &random))
            default: .endpointSlice(slice(using: &random))
            }
        return Int.random(in: 0..<4, using: &random) == 0 ? .remove(object.key) : .set(object)
    }

    private static func refusals(using random: inout SeededNumbers) -> Set<HeldPort> {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return [] }
        return [HeldPort(.ipv4, .tcp, UInt16.random(in: 80...82, using: &random))]
    }

    private static func node(using random: inout SeededNumbers) -> Node {
        let number = Int.random(in: 1...4, using: &random)
        var node = fixtureNode(number)
        node.labels[BalancerNodeChoice.enabled] = ["true", "false", nil, nil, nil].randomElement(using: &random) ?? nil
        node.labels[BalancerNodeChoice.pool] = ["a", "b", nil].randomElement(using: &random) ?? nil
        node.labels[BalancerNodeChoice.excluded] = [nil, nil, ""].randomElement(using: &random) ?? nil
        if Bool.random(using: &random) { node.externalAddresses.v4 = address("203.0.113.\(number)") }
        if Int.random(in: 0..<3, using: &random) == 0 {
            node.extras = LeaseExtras(
                agentVersion: "",
                readyCapabilities: Bool.random(using: &random) ? ["services"] : [],
                refusedPorts: Bool.random(using: &random) ? ["ipv4/tcp/80"] : []
            )
        }
        return node
    }

    private static func service(using random: inout SeededNumbers) -> Service {
        let name = "default/s\(Int.random(in: 1...6, using: &random))"
        let candidates: [UInt16] = [80, 81, 82]
        let ports = candidates.filter { _ in Bool.random(using: &random) }
        var service = fixtureService(name, [], ports: ports.map { ServicePort(name: "p\($0)", port: $0) })
        service.isHeadless = false
        service.type =
            Int.random(in: 0..<4, using: &random) == 0
            ? [.clusterIP, .nodePort].randomElement(using: &random) ?? .clusterIP : .loadBalancer
        service.loadBalancerClass = Int.random(in: 0..<6, using: &random) == 0 ? "example.org/lb" : nil
        if Int.random(in: 0..<4, using: &random) == 0 { service.openNodePort(80) }
        if Int.random(in: 0..<4, using: &random) == 0 { service.healthCheckNodePort = 81 }
        service.ipFamilies = [[.ipv4], [.ipv6, .ipv4], []].randomElement(using: &random) ?? []
        service.externalTrafficPolicy = Bool.random(using: &random) ? .local : .cluster
        service.metadata.labels[BalancerNodeChoice.pool] = ["a", nil].randomElement(using: &random) ?? nil
        service.metadata.createdAt = Int64.random(in: 0..<3, using: &random)
        return service
    }

    private static func slice(using random: inout SeededNumbers) -> EndpointSlice {
        let number = Int.random(in: 1...4, using: &random)
        var endpoint = fixtureEndpoint("10.42.\(number).5", isReady: Bool.random(using: &random))
        endpoint.nodeName = "node-\(number)"
        var slice = fixtureSlice(of: "default/s1", suffix: "\(Int.random(in: 0..<9, using: &random))", [endpoint])
        // A slice may change its service.
        slice.metadata.labels[EndpointSlice.serviceNameLabel] = "s\(Int.random(in: 1...6, using: &random))"
        return slice
    }
}
