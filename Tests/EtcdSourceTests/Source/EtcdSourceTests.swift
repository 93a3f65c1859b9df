import ClusterState
import NetworkTypes
import Synchronization
import Testing

@testable import EtcdSource

@Suite(.serialized, .timeLimit(.minutes(3))) struct EtcdFollowingTests {
    private static let value =
        #"{"PublicIP":"192.168.77.2","PublicIPv6":null,"BackendType":"vxlan","#
        + #""BackendData":{"VNI":1,"VtepMAC":"c6:d2:32:6f:8f:44"}}"#

    /// Runs a source against the endpoints while the body looks at what it delivers.
    private func following(
        _ endpoints: [String],
        heartbeat: Duration = .milliseconds(200),
        _ body: (SnapshotStore, SourceLog, EtcdClient) async throws -> Void
    ) async throws {
        let own = try #require(NodeName(rawValue: "here"))
        let store = SnapshotStore(sourceDescription: "etcd", ownName: own)
        let log = SourceLog()
        try await withClient(EtcdConnection(endpoints: endpoints, patience: .seconds(1))) { client in
            let source = EtcdSource(
                client: client,
                keys: EtcdKeys(prefix: "/n"),
                ownName: own,
                view: EtcdView(),
                heartbeat: heartbeat
            )
            try await withThrowingTaskGroup { group in
                group.addTask { try? await source.run(feeding: store) { log.add($0) } }
                try await body(store, log, client)
                group.cancelAll()
            }
        }
    }

    private func names(_ store: SnapshotStore) -> [String] { store.current.nodes.keys.map(\.rawValue).sorted() }

    @Test func `what changes in etcd changes in the snapshot`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/subnets/10.5.2.0-24", Self.value)
        try await following([server.endpoint]) { store, _, _ in
            #expect(await eventually { names(store) == ["10.5.2.0-24"] })
            try server.control("put", "/n/subnets/10.5.3.0-24", Self.value)
            #expect(await eventually { names(store) == ["10.5.2.0-24", "10.5.3.0-24"] })
            try server.control("put", "/n/subnets/10.5.3.0-24", Self.value.replacing("77.2", with: "77.3"))
            #expect(
                await eventually {
                    store.current.nodes.values.contains { $0.publicAddresses.v4?.description == "192.168.77.3" }
                }
            )
            try server.control("del", "/n/subnets/10.5.2.0-24")
            #expect(await eventually { names(store) == ["10.5.3.0-24"] })
            try server.control("put", "/n/subnets-of-others/10.5.9.0-24", Self.value)
            try server.control(
                "put",
                "/n/objects/Namespace/_/x",
                "{apiVersion: v1, kind: Namespace, metadata: {name: x}}"
            )
            #expect(await eventually { store.current.namespaces["x"] != nil })
            #expect(names(store) == ["10.5.3.0-24"])
        }
    }

    @Test func `what was compacted away while etcd was out of reach is seen all the same`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/subnets/10.5.2.0-24", Self.value)
        try server.control("put", "/n/subnets/10.5.3.0-24", Self.value)
        let proxy = try await Proxy(to: server.endpoint)
        try await following([proxy.endpoint]) { store, log, _ in
            #expect(await eventually { names(store).count == 2 })
            await proxy.close()
            #expect(await eventually { log.contains("no etcd endpoint answers") })
            try server.control("del", "/n/subnets/10.5.2.0-24")
            try server.control("put", "/n/subnets/10.5.3.0-24", Self.value.replacing("77.2", with: "77.3"))
            try server.control("put", "/n/subnets/10.5.4.0-24", Self.value)
            let revision = try server.control("get", "/n/subnets/10.5.4.0-24", "-w", "json")
                .split(separator: "\"mod_revision\":").last?.prefix { $0.isNumber }
            try server.control("compact", String(try #require(revision)))
            #expect(names(store) == ["10.5.2.0-24", "10.5.3.0-24"], "what is known stays meanwhile")
            try await proxy.open()
            #expect(await eventually { names(store) == ["10.5.3.0-24", "10.5.4.0-24"] })
            #expect(
                store.current.nodes.values.contains { $0.publicAddresses.v4?.description == "192.168.77.3" }
            )
        }
    }

    @Test func `a watch whose connection went silent is begun anew when a request finds that out`() async throws {
        let server = try await EtcdServer()
        let proxy = try await Proxy(to: server.endpoint)
        try await following([proxy.endpoint], heartbeat: .seconds(600)) { store, _, client in
            #expect(await eventually { store.current.complete.contains(.node) })
            try server.control("put", "/n/subnets/10.5.1.0-24", Self.value)
            #expect(await eventually { names(store) == ["10.5.1.0-24"] })
            // Beside the watch's connection there is one for requests now.
            _ = try await client.get("/n/config")
            // As when the address of this host goes that all connections come from.
            proxy.freeze()
            try server.control("put", "/n/subnets/10.5.2.0-24", Self.value)
            await #expect(throws: EtcdError.self) { try await client.get("/n/config") }
            #expect(await eventually { names(store) == ["10.5.1.0-24", "10.5.2.0-24"] })
        }
    }

    @Test func `another history is seen, though it is of the same cluster and as long as the former`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/subnets/10.5.2.0-24", Self.value)
        let proxy = try await Proxy(to: server.endpoint)
        try await following([proxy.endpoint], heartbeat: .seconds(60)) { store, _, _ in
            #expect(await eventually { names(store) == ["10.5.2.0-24"] })
            await proxy.close()
            try await server.wipe()
            for number in 3...9 { try server.control("put", "/n/subnets/10.5.\(number).0-24", Self.value) }
            // A connection that met itself on loopback may still have the port.
            while (try? await proxy.open()) == nil { await Task.yield() }
            #expect(await eventually { names(store) == (3...9).map { "10.5.\($0).0-24" } })
        }
    }

    @Test func `many problems are counted, and few of them told at length`() async throws {
        let server = try await EtcdServer()
        let rubbish = String(repeating: "x", count: 2000)
        for number in 1...30 { try server.control("put", "/n/subnets/\(rubbish)\(number)", "{}") }
        try await following([server.endpoint]) { store, log, _ in
            #expect(await eventually { store.current.problems.count == 30 })
            #expect(await eventually { log.contains("and 25 more") })
            #expect(log.longest < 2500)
        }
    }

    @Test func `an etcd that dies and comes back is followed on`() async throws {
        let server = try await EtcdServer()
        try server.control("put", "/n/subnets/10.5.2.0-24", Self.value)
        try await following([server.endpoint]) { store, log, _ in
            #expect(await eventually { names(store) == ["10.5.2.0-24"] })
            let generation = store.current.generation
            try server.kill()
            #expect(await eventually { log.contains("no etcd endpoint answers") })
            try await server.restart()
            try server.control("put", "/n/subnets/10.5.3.0-24", Self.value)
            #expect(await eventually { names(store) == ["10.5.2.0-24", "10.5.3.0-24"] })
            #expect(store.current.generation == generation + 1, "only what differs is a change")
        }
    }

    @Test func `an etcd that stops answering without closing anything is noticed, and the next one is followed`()
        async throws
    {
        let (one, other) = (try await EtcdServer(), try await EtcdServer())
        try one.control("put", "/n/subnets/10.5.2.0-24", Self.value)
        try other.control("put", "/n/subnets/10.5.3.0-24", Self.value)
        try await following([one.endpoint, other.endpoint]) { store, log, _ in
            #expect(await eventually { names(store) == ["10.5.2.0-24"] })
            one.pause()
            defer { one.resume() }
            // The two are clusters of their own: which one is followed shows in what it holds. The limit is far above
            // what even a machine with other work takes.
            #expect(await eventually(within: .seconds(120)) { names(store) == ["10.5.3.0-24"] })
            #expect(log.contains("another etcd cluster answers"))
            #expect(log.contains("left \(one.endpoint): no answer within 1.0 seconds"))
        }
    }
}

/// What a source said of itself.
final class SourceLog: Sendable {
    private let events = Mutex<[SourceEvent]>([])

    func add(_ event: SourceEvent) { events.withLock { $0.append(event) } }

    /// How long the longest event is, in characters.
    var longest: Int { events.withLock { $0.map { "\($0)".count }.max() ?? 0 } }

    func contains(_ text: String) -> Bool {
        events.withLock { $0.contains { "\($0)".contains(text) } }
    }
}
