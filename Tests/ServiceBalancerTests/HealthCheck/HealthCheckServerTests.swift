import ClusterFixtures
import ClusterState
import HTTPClients
import LinuxSystem
import Logging
import NetworkTypes
import Testing

@testable import ServiceBalancer

/// The server over real sockets, on ports below those that the kernel gives away. `a`, `b`, … are services of the
/// namespace `shop`.
@Suite(.timeLimit(.minutes(1)), .serialized) struct HealthCheckServerTests {
    private let port = UInt16.random(in: 10_000..<30_000)
    private let outbox = EventOutbox()

    /// Runs a server, and `body` with it.
    private func withServer(_ body: (HealthCheckServer) async throws -> Void) async throws {
        let server = HealthCheckServer(
            node: nodeName("north"),
            outbox: outbox,
            threadName: "ln-test",
            retry: .milliseconds(1),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        try await withThrowingTaskGroup { group in
            group.addTask { await server.run() }
            try await body(server)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func plans(_ wanted: [String: (port: UInt16, endpoints: Int)]) -> [NamespacedName: HealthCheckPlan] {
        let plans = wanted.map { name, plan in
            (
                NamespacedName(namespace: "shop", name: name),
                HealthCheckPlan(port: plan.port, localEndpoints: plan.endpoints)
            )
        }
        return Dictionary(uniqueKeysWithValues: plans)
    }

    private func address(_ text: String, _ port: UInt16) throws -> ListenAddress {
        ListenAddress(address: try IPAddress(parsing: text), port: port)
    }

    /// Waits until somebody listens on the port, or nobody any more.
    private func wait(for port: UInt16, toBeOpen isOpen: Bool) async throws {
        let address = try address("127.0.0.1", port)
        while TextClient.reaches(address) != isOpen { await Task.yield() }
    }

    private func ask(_ place: ListenAddress, _ method: String = "GET", _ path: String = "/healthz") async -> String {
        let request = "\(method) \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        return await TextClient.send(request, to: place)
    }

    @Test func `kube-proxy's answer comes on addresses of both families, whatever is asked`() async throws {
        try await withServer { server in
            server.update(plans(["a": (port, 2)]), isProxyHealthy: true)
            try await wait(for: port, toBeOpen: true)
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 109\r\nConnection: close\r\n"
                + "X-Content-Type-Options: nosniff\r\nX-Load-Balancing-Endpoint-Weight: 2\r\n\r\n"
            let body =
                "{\n\t\"service\": {\n\t\t\"namespace\": \"shop\",\n\t\t\"name\": \"a\"\n\t},\n"
                + "\t\"localEndpoints\": 2,\n\t\"serviceProxyHealthy\": true\n}"
            #expect(await ask(try address("127.0.0.1", port)) == head + body)
            #expect(await ask(try address("::1", port)) == head + body)
            #expect(await ask(try address("127.0.0.1", port), "POST", "/") == head + body)
            #expect(await ask(try address("127.0.0.1", port), "HEAD", "/x?y") == head)
        }
    }

    @Test func `an answer follows the plan and the rules without a new port`() async throws {
        try await withServer { server in
            let place = try address("127.0.0.1", port)
            server.update(plans(["a": (port, 1)]), isProxyHealthy: true)
            try await wait(for: port, toBeOpen: true)
            for (endpoints, isHealthy, status) in [(1, true, 200), (0, true, 503), (3, false, 503), (3, true, 200)] {
                server.update(plans(["a": (port, endpoints)]), isProxyHealthy: isHealthy)
                let answer = await ask(place)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                #expect(answer.contains("Weight: \(endpoints)\r\n"))
            }
            server.update(plans(["b": (port, 1)]), isProxyHealthy: true)
            #expect(await ask(place).contains("\"name\": \"b\""))
        }
    }

    @Test func `ports are opened and closed as the plan changes`() async throws {
        try await withServer { server in
            server.update(plans(["a": (port, 1), "b": (port + 1, 1)]), isProxyHealthy: true)
            for open in [port, port + 1] { try await wait(for: open, toBeOpen: true) }
            server.update(plans(["b": (port + 1, 1), "c": (port + 2, 1)]), isProxyHealthy: true)
            try await wait(for: port, toBeOpen: false)
            try await wait(for: port + 2, toBeOpen: true)
            server.update(plans(["a": (port, 1)]), isProxyHealthy: true)
            try await wait(for: port, toBeOpen: true)
            for closed in [port + 1, port + 2] { try await wait(for: closed, toBeOpen: false) }
        }
        try await wait(for: port, toBeOpen: false)
        #expect(outbox.reasons == [])
    }

    @Test func `a thousand ports are served by one thread`() async throws {
        let first = UInt16.random(in: 10_000..<29_000)
        let names = (0..<1000).map { ("s\($0)", (port: first + UInt16($0), endpoints: 1)) }
        try await withServer { server in
            server.update(plans(Dictionary(uniqueKeysWithValues: names)), isProxyHealthy: true)
            for port in first..<first + 1000 { try await wait(for: port, toBeOpen: true) }
            // Threads of other tests end meanwhile.
            let threads = try Files.list("/proc/self/task").filter { task in
                (try? Files.readText("/proc/self/task/\(task)/comm"))?.hasPrefix("ln-test") == true
            }
            #expect(threads.count == 1)
        }
    }

    @Test func `a port that a program has is an event once, and taken when it is free`() async throws {
        var holder: SharedDescriptor? = try PacketPorts.openServer(.stream, [0, 0, 0, 0], port: port)
        try await withServer { server in
            server.update(plans(["a": (port, 1)]), isProxyHealthy: true)
            let event = await outbox.next()
            #expect(event?.object == ObjectKey(.service, namespace: "shop", name: "a"))
            #expect(event?.reason == "FailedToStartServiceHealthcheck")
            let words = "node north failed to start healthcheck \"shop/a\" on port \(port): "
            #expect(event?.message.hasPrefix(words) == true)
            #expect(event?.message.hasSuffix("held by Linnet itself") == true)
            withExtendedLifetime(holder) {}
            holder = nil
            try await wait(for: port, toBeOpen: true)
            #expect(await ask(try address("127.0.0.1", port)).contains(" 200 "))
        }
        #expect(outbox.reasons.count == 1)
    }
}

/// An outbox that a test waits for.
private final class EventOutbox: Outbox {
    private let local = LocalOutbox()
    private let events = AsyncStream.makeStream(of: ClusterEvent.self)

    var reasons: [String] { local.contents.events.map(\.reason) }

    func publish(_ status: ObjectStatus, of object: ObjectKey) async { await local.publish(status, of: object) }

    func forget(_ object: ObjectKey) async { await local.forget(object) }

    func record(_ event: ClusterEvent) async {
        await local.record(event)
        events.continuation.yield(event)
    }

    func next() async -> ClusterEvent? { await events.stream.first { _ in true } }
}
