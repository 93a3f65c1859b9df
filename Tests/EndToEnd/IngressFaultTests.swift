import Foundation
import HTTPPeers
import LinuxSystem
import Testing

extension Nodes {
    /// Clients and backends that break off, answer early, or say what they should not.
    @Suite struct IngressFaultTests {
        private static let get = "GET / HTTP/1.1\r\nHost: web.test\r\n\r\n"
        private static let log = ["--ingress-access-log", "json"]
        private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        @Test(arguments: [true, false])
        func `after an upgrade octets pass both ways, and each half ends by itself`(clientFirst: Bool) async throws {
            try await ScriptedIngress.between { _, client, backend in
                client.send(
                    """
                    GET /chat HTTP/1.1\r
                    Host: web.test\r
                    Connection: keep-alive, Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    \r

                    """
                )
                let upstream = try backend.accept()
                let request = try upstream.readMessage()
                #expect(request["upgrade"] == ["websocket"])
                #expect(request["connection"].map { $0.lowercased() } == ["upgrade"])
                #expect(request["sec-websocket-key"] == ["dGhlIHNhbXBsZSBub25jZQ=="])
                upstream.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n")
                upstream.send("Upgrade: websocket\r\n\r\nhello")
                #expect(try client.readMessage().status == 101)
                #expect(try client.read(5) == Array("hello".utf8))
                client.send([0, 1, 2, 255])
                #expect(try upstream.read(4) == [0, 1, 2, 255])
                let (first, last) = clientFirst ? (client, upstream) : (upstream, client)
                first.send("bye")
                first.finish()
                let heard = try last.readToEnd()
                #expect(heard.octets == Array("bye".utf8) && heard.end == .finished)
                last.send("one more")
                #expect(try first.read(8) == Array("one more".utf8))
                last.close()
                #expect(try first.readToEnd().end == .finished)
            }
        }

        @Test func `an answer that comes before the body has ended is passed on`() async throws {
            try await ScriptedIngress.between { _, client, backend in
                client.send("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 100000000\r\n\r\nsome")
                let upstream = try backend.accept()
                _ = try upstream.read(through: "some")
                upstream.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                #expect(try client.readMessage().status == 413)
                upstream.close()
                #expect(try client.readToEnd().octets == [])
            }
        }

        @Test func `a client that goes away takes its request with it`() async throws {
            try await ScriptedIngress.between { _, client, backend in
                client.send(Self.get)
                let upstream = try backend.accept()
                _ = try upstream.readMessage()
                upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nsome")
                _ = try client.read(through: "some")
                client.reset()
                _ = try upstream.readToEnd()
            }
        }

        @Test(arguments: [
            "Content-Length: 100\r\n\r\nsome", "Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
        ])
        func `a backend that dies amid a body does not look like one that has ended`(answer: String) async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                for dies in [{ (it: PeerConnection) in it.reset() }, { $0.close() }] {
                    let client = try ingress.client()
                    client.send(Self.get)
                    let upstream = try backend.accept()
                    _ = try upstream.readMessage()
                    upstream.send("HTTP/1.1 200 OK\r\n\(answer)")
                    _ = try client.read(through: "some")
                    dies(upstream)
                    let rest = try client.readToEnd()
                    #expect(!String(decoding: rest.octets, as: UTF8.self).contains("0\r\n"))
                }
            }
        }

        /// Waits until the logs say why the backend has failed: that of accesses, and the agent's own.
        private static func logsSay(_ cause: String, on ingress: ScriptedIngress) async throws {
            let url = "http://192.168.77.254:8080"
            let entry = [#""Reason":"\#(cause)""#, #""ServiceURL":"\#(url)""#, #""DownstreamStatus":502"#]
            try await ingress.node.logs(entry, within: .seconds(10))
            let words = ["an endpoint fails requests", "Service shop/web:http, \(url): \(cause)"]
            try await ingress.node.logs(words, within: .seconds(10))
        }

        @Test func `a backend that refuses is 502, and no backend 503`() async throws {
            try await ScriptedIngress.with(Self.log) { ingress in
                let client = try ingress.client()
                client.send(Self.get)
                let answer = try client.readMessage()
                #expect(answer.status == 502)
                #expect(answer.text == "Bad Gateway\n")
                try await Self.logsSay("the endpoint refuses connections", on: ingress)
                try ingress.cluster.write(IngressManifests.slice([]), to: "slice.yaml")
                try await eventually("there is no endpoint") {
                    client.send(Self.get)
                    return try client.readMessage().status == 503
                }
            }
        }

        @Test func `a kept connection that the backend has closed costs nobody a request`() async throws {
            try await ScriptedIngress.between { ingress, client, backend in
                let first = try ingress.exchange(Self.get, answer: Self.ok, on: client, by: backend)
                #expect(first.answer.status == 200)
                // It is closed just as the next request comes, without an octet of an answer.
                client.send(Self.get)
                _ = try first.upstream.readMessage()
                first.upstream.close()
                let second = try backend.accept()
                _ = try second.readMessage()
                second.send(Self.ok)
                #expect(try client.readMessage().status == 200)
                // It is closed while nobody asks.
                second.close()
                let third = try ingress.exchange(Self.get, answer: Self.ok, on: client, by: backend)
                #expect(third.answer.status == 200)
            }
        }

        @Test func `octets behind an answer make nobody's next answer`() async throws {
            try await ScriptedIngress.between { ingress, client, backend in
                let poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
                let first = try ingress.exchange(Self.get, answer: Self.ok + poison, on: client, by: backend)
                #expect(first.answer.text == "ok")
                _ = try first.upstream.readToEnd()
                let second = try ingress.exchange(Self.get, answer: Self.ok, on: client, by: backend)
                #expect(second.answer.text == "ok")
            }
        }

        @Test(arguments: [
            ("nonsense\r\n\r\n", "malformed status line"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "content length and transfer encoding"
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                "more than one content length"
            ),
            ("HTTP/1.1 200 OK\r\nA b: c\r\nContent-Length: 0\r\n\r\n", "blank before the colon of a field"),
            (
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                "another protocol, which nobody asked for"
            ),
            ("HTTP/1.1 200 OK\r\n", nil),
        ])
        func `an answer that is none is 502`(answer: String, fault: String?) async throws {
            try await ScriptedIngress.between(Self.log) { ingress, client, backend in
                client.send("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 0\r\n\r\n")
                let upstream = try backend.accept()
                _ = try upstream.readMessage()
                upstream.send(answer)
                upstream.finish()
                #expect(try client.readMessage().status == 502)
                _ = try upstream.readToEnd()
                let cause = fault.map { "the endpoint's response is malformed: \($0)" }
                try await Self.logsSay(cause ?? "the endpoint closed the connection", on: ingress)
            }
        }
    }
}
