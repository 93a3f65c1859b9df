import ClusterState
import HTTPWire
import LinuxSystem
import Testing

@testable import Ingress

/// Events that come when what they are about is not what it was.
@Suite struct WorkerEventTests {
    /// The connection by which the endpoint is asked, of which nothing is read yet.
    private func peer(_ bench: WorkerBench) throws -> TestSocket {
        var peer: TestSocket?
        try bench.turn {
            peer = peer ?? bench.endpoint.accept()
            return peer?.hasWaiting == true
        }
        return try #require(peer)
    }

    private static let upload = "POST / HTTP/1.1\r\nHost: web.example\r\nContent-Length: 100000\r\n\r\nabc"

    @Test func `what an endpoint said before it broke off goes before that it takes nothing`() throws {
        let bench = try WorkerBench(TestEndpoint(), nil)
        bench.endpoint.isAccepting = false
        let client = try bench.ask(Self.upload)
        let peer = try peer(bench)
        // The client is served first, so that its octets find the endpoint gone.
        client.send("more")
        peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nforbid")
        peer.close()
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(String(decoding: client.received, as: UTF8.self).hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(String(decoding: client.received, as: UTF8.self).hasSuffix("\r\n\r\nforbid"))
    }

    @Test func `a client of HTTP 2 that takes nothing of its responses makes room at once`() throws {
        let bench = try WorkerBench(TestEndpoint(), nil, budget: ConnectionBudget(all: 100, clients: 1))
        var framed = FramedClient()
        try framed.begin("GET / HTTP/1.1\nHost: web.example\n\n", isEnd: true)
        bench.endpoint.isAccepting = false
        let client = try bench.connect(isNarrow: true)
        client.send(framed.takeOutput())
        let peer = try peer(bench)
        let size = 200_000
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "x", count: size))
        for _ in 0..<20 {
            peer.read()
            try bench.turn(waiting: 2)
        }
        try bench.ask("GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n")
        try bench.turn {
            client.read()
            return client.hasEnded && bench.statuses == [404]
        }
        #expect(client.received.count < size)
    }

    @Test(arguments: [
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", ["1 head", "1 no, end"], "1 reset by 0"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nno", ["1 head", "1 no"], "1 reset by 2"),
    ])
    func `a client of HTTP 2 has what there is of a response before the stream is reset`(
        response: String,
        first: [String],
        last: String
    ) throws {
        let bench = try WorkerBench(TestEndpoint(), nil)
        var framed = FramedClient()
        try framed.begin("POST / HTTP/1.1\nHost: web.example\nContent-Length: 100000\n\n", "abc")
        bench.endpoint.isAccepting = false
        let client = try bench.ask("")
        client.send(framed.takeOutput())
        let peer = try peer(bench)
        peer.send(response)
        peer.close()
        var told: [String] = []
        try bench.turn {
            told += framed.read(client.takeReceived())
            return !told.isEmpty
        }
        #expect(told == first)
        try bench.turn {
            told += framed.read(client.takeReceived())
            return told.count > first.count
        }
        #expect(told == first + [last])
    }

    @Test func `all that a connection carried fails with it, also what came in the same round`() throws {
        let endpoint = try TestEndpoint()
        endpoint.isAnswering = false
        let bench = try WorkerBench(endpoint, "kubernetes.io/h2c")
        for _ in 0..<3 { try bench.ask(Self.upload) }
        try bench.turn { endpoint.requests == 3 }
        bench.clients[0].send("d")
        bench.clients[1].close()
        endpoint.connections[0].socket.close()
        bench.clients[2].send("e")
        try bench.ask()
        try bench.turn { bench.statuses[2] != nil && endpoint.requests == 4 }
        #expect(bench.statuses == [502, nil, 502, nil])
        endpoint.isAnswering = true
        try bench.turn { bench.statuses[3] != nil }
        #expect(bench.statuses == [502, nil, 502, 200])
    }

    @Test func `requests of one client share what it takes`() throws {
        let endpoint = try TestEndpoint()
        endpoint.bodySize = 1_000_000
        let bench = try WorkerBench(endpoint, nil)
        // The window of the connection is less than that of a stream.
        var limits = HTTP2Limits()
        limits.connectionWindow = 65_535
        var framed = FramedClient(limits)
        for _ in 0..<4 { try framed.begin("GET / HTTP/1.1\nHost: web.example\n\n", isEnd: true) }
        let client = try bench.ask("")
        try bench.turn {
            _ = framed.read(client.takeReceived())
            client.send(framed.takeOutput())
            return framed.counts.values.contains(endpoint.bodySize)
        }
        #expect(framed.counts.count == 4)
        #expect(framed.counts.values.allSatisfy { $0 > endpoint.bodySize / 2 }, "\(framed.counts)")
    }

    @Test func `what rules add to a head is held to no limit`() throws {
        let endpoint = try TestEndpoint()
        let bench = try WorkerBench(endpoint, "kubernetes.io/h2c") { ingress in
            ingress.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"] = "default-m@kubernetescrd"
            let fields = (0..<300).map { ("X-Field-\($0)", StructuredValue.string("value")) }
            let added = StructuredValue.object(Dictionary(uniqueKeysWithValues: fields))
            let spec: StructuredValue = .object(["headers": .object(["customRequestHeaders": added])])
            return [.middleware(Middleware(metadata: ObjectMetadata(name: "m", namespace: "default"), spec: spec))]
        }
        try bench.ask()
        try bench.turn { !bench.statuses.contains(nil) }
        #expect(bench.statuses == [200])
    }

    @Test func `the outcome of a comparison is nobody's whose request it was not made for`() throws {
        let endpoint = try TestEndpoint()
        let bench = try WorkerBench(endpoint, nil) { ingress in
            ingress.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"] = "default-m@kubernetescrd"
            var secret = Secret(metadata: ObjectMetadata(name: "users", namespace: "default"))
            secret.data = ["users": Array("a:$apr1$12345678$ISvcGOhsF8qIYOiRcWpC2/\n".utf8)]
            let spec: StructuredValue = .object(["basicAuth": .object(["secret": .string("users")])])
            let metadata = ObjectMetadata(name: "m", namespace: "default")
            return [.middleware(Middleware(metadata: metadata, spec: spec)), .secret(secret)]
        }
        let request = "GET / HTTP/1.1\nHost: web.example\nAuthorization: Basic YTpi\n\n"
        var framed = FramedClient()
        try framed.begin(request, isEnd: true)
        let client = try bench.ask("")
        client.send(framed.takeOutput())
        try bench.turn { bench.client != nil }
        let former = try #require(bench.client)
        framed.leave(1)
        client.send(framed.takeOutput())
        try bench.turn { bench.client == nil }
        try framed.begin(request, isEnd: true)
        client.send(framed.takeOutput())
        try bench.turn { bench.client != nil }
        let next = try #require(bench.client)
        #expect(next.index == former.index)
        bench.mailbox.put { $0.checked.append(CheckedPassword(client: former, isRight: true)) }
        try bench.settle()
        #expect(endpoint.requests == 0)
        bench.mailbox.put { $0.checked.append(CheckedPassword(client: next, isRight: true)) }
        var told: [String] = []
        try bench.turn {
            told += framed.read(client.takeReceived())
            return !told.isEmpty
        }
        #expect(told == ["3 head, end"])
        #expect(endpoint.requests == 1)
    }

    @Test func `who waits for an endpoint that goes is answered by it, and who comes then by the next one`() throws {
        let (former, next) = (try TestEndpoint(), try TestEndpoint())
        former.streams = 1
        former.isSpeaking = false
        let bench = try WorkerBench(former, "kubernetes.io/h2c")
        for _ in 0..<3 { try bench.ask() }
        try bench.settle()
        let table = try WorkerBench.table(next.port, "kubernetes.io/h2c")
        bench.mailbox.put { $0.table = table }
        try bench.settle()
        former.isSpeaking = true
        try bench.ask()
        try bench.turn {
            try? next.turn()
            return !bench.statuses.contains(nil)
        }
        #expect(bench.statuses == [200, 200, 200, 200])
        #expect(former.requests == 3)
        #expect(next.requests == 1)
        try bench.turn { former.connections.allSatisfy(\.socket.hasEnded) }
    }
}

extension WorkerBench {
    /// The stream of the only request whose password is compared; nil if there is none.
    fileprivate var client: StreamID? {
        withWorker { worker in
            let place = worker.legs.first { place in
                guard case .client(let box) = place.leg else { return false }
                return box.conversation.clientPhase == .checking
            }
            return place?.stream
        }
    }
}
