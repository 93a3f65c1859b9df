import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

/// Frontends that go from one service to another while services come and go: a, b and c want the node port 30080.
struct ClaimChangeTests {
    @Test func `the next one in order has what the winner leaves`() {
        var live = LivePlan()
        for (name, age) in [("c", 3), ("b", 2), ("a", 1)] as [(String, Int64)] { live.store.set(service(name, age)) }
        #expect(live.update() == ["shop/a", "shop/b", "shop/c"])
        #expect(holder(live) == "shop/a")
        live.store.remove("a")
        #expect(live.update() == ["shop/a", "shop/b"])
        #expect(holder(live) == "shop/b")
        live.store.remove("b")
        #expect(live.update() == ["shop/b", "shop/c"])
        #expect(holder(live) == "shop/c")
        live.check()
    }

    @Test func `an older one takes it from a younger one`() {
        var live = LivePlan()
        live.store.set(service("a", 3))
        live.update()
        live.store.set(service("b", 2))
        #expect(live.update() == ["shop/a", "shop/b"])
        #expect(holder(live) == "shop/b")
        live.store.set(service("c", 9))
        #expect(live.update() == ["shop/c"])
        #expect(holder(live) == "shop/b")
        live.check()
    }

    @Test func `one that does not want it any more lets the next one have it`() {
        var live = LivePlan()
        live.store.set(service("a", 1))
        live.store.set(service("b", 2))
        live.update()
        var moved = service("a", 1)
        moved.ports[0].nodePort = 30081
        live.store.set(moved)
        #expect(live.update() == ["shop/a", "shop/b"])
        #expect(holder(live) == "shop/b")
        live.check()
    }

    @Test func `one that was made anew is younger than the others`() {
        var live = LivePlan()
        live.store.set(service("a", 1))
        live.store.set(service("b", 2))
        live.update()
        live.store.set(service("a", 5))
        #expect(live.update() == ["shop/a", "shop/b"])
        #expect(holder(live) == "shop/b")
        live.check()
    }

    @Test func `the holder keeps it while its endpoints change`() {
        var live = LivePlan()
        live.store.set(service("a", 1))
        live.store.set(service("b", 2))
        live.update()
        let slice = fixtureSlice(of: "shop/a", [pod("10.42.1.5")], ports: [EndpointPort(port: 8080)])
        live.store.apply(.set(.endpointSlice(slice)), confirmedAt: 0)
        #expect(live.update() == ["shop/a"])
        #expect(holder(live) == "shop/a")
        live.check()
    }

    @Test func `one that waits and goes leaves nothing behind`() {
        var live = LivePlan()
        live.store.set(service("a", 1))
        live.store.set(service("b", 2))
        live.update()
        live.store.remove("b")
        #expect(live.update() == ["shop/b"])
        live.store.remove("a")
        #expect(live.update() == ["shop/a"])
        #expect(live.plan.granted.isEmpty)
        #expect(live.plan.refusals.isEmpty)
        live.check()
    }

    @Test func `a port is served as soon as the program that had it is gone`() {
        var live = LivePlan()
        var balancer = service("a", 1)
        balancer.publish()
        live.store.set(balancer)
        live.update(heldPorts: [HeldPort(.ipv4, .tcp, 80)])
        #expect(live.plan.refusalLines == ["shop/a node:80/tcp: a program"])
        live.check()
        #expect(live.update() == ["shop/a"])
        #expect(live.plan.refusals.isEmpty)
        live.check()
        #expect(live.update(heldPorts: [HeldPort(.ipv4, .tcp, 443)]) == [])
    }

    private func service(_ name: String, _ age: Int64) -> Service {
        let last = ["a": 1, "b": 2, "c": 3][name] ?? 9
        var service = fixtureService("shop/\(name)", ["10.43.0.\(last)"], ports: [ServicePort(port: 80)])
        service.metadata.createdAt = age
        service.openNodePort(30080)
        return service
    }

    private func holder(_ live: LivePlan) -> String? {
        let holders = live.plan.granted.filter { service in
            service.value.flatMap(\.frontends).contains { $0.key.rowText == "node:30080/tcp" }
        }
        return holders.count == 1 ? holders.keys.first?.description : nil
    }
}

extension SnapshotStore {
    fileprivate func set(_ service: Service) { apply(.set(.service(service)), confirmedAt: 0) }

    fileprivate func remove(_ name: String) {
        apply(.remove(ObjectKey(.service, namespace: "shop", name: name)), confirmedAt: 0)
    }
}
