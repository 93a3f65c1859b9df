import Foundation
import HTTPPeers
import LinuxSystem
import NetworkTypes
import Testing

extension Nodes {
    /// HTTP through the ingress of a node whose agent runs.
    @Suite struct IngressTests {
        static let get = "GET / HTTP/1.1\r\nHost: web.test\r\n\r\n"

        @Test func `a host leads to pods on any node, which see the client's own address`() async throws {
            try await Cluster.with { cluster, nodes in
                try cluster.write(IngressManifests.route, to: "route.yaml")
                for node in nodes { _ = try await cluster.start(node, ScriptedIngress.flags) }
                let pods = [
                    try await cluster.attachPod("near", on: nodes[0]), try await cluster.attachPod("far", on: nodes[1]),
                ]
                var (addresses, backends): ([String], [EchoBackend]) = ([], [])
                for pod in pods {
                    let address = try await pod.address("-4")
                    addresses.append(address)
                    let namespace = try NetworkNamespace.open(path: "/run/netns/\(pod.namespace)")
                    backends.append(try EchoBackend(pod.name, on: ScriptedIngress.place(address), in: namespace))
                }
                defer { for backend in backends { backend.stop() } }
                try cluster.write(IngressManifests.slice(addresses), to: "slice.yaml")
                let lan = try NetworkNamespace.open(path: "/run/netns/\(cluster.lanNamespace)")
                for (number, node) in nodes.enumerated() {
                    try await node.servesHTTP()
                    let front = ListenAddress(address: .v4(.init(192, 168, 77, UInt8(number + 1))), port: 80)
                    var seen: Set<String> = []
                    try await eventually("both pods answer through \(node.name)") {
                        let client = try PeerConnection(to: front, in: lan)
                        client.send("GET /a%2Fb?c HTTP/1.1\r\nHost: WEB.test:80\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")
                        let answer = try client.readMessage()
                        guard answer.status == 200 else { return false }
                        let request = try EchoedRequest(answer)
                        seen.insert(request.backend)
                        #expect(request.startLine == "GET /a%2Fb?c HTTP/1.1")
                        #expect(request["host"] == ["WEB.test:80"])
                        #expect(request["x-forwarded-for"] == ["192.168.77.254"])
                        #expect(request["x-real-ip"] == ["192.168.77.254"])
                        #expect(request["x-forwarded-proto"] == ["http"])
                        #expect(request["x-forwarded-host"] == ["WEB.test:80"])
                        #expect(request["x-forwarded-port"] == ["80"])
                        return seen == ["near", "far"]
                    }
                    let stranger = try PeerConnection(to: front, in: lan)
                    stranger.send("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n")
                    #expect(try stranger.readMessage().status == 404)
                }
            }
        }

        @Test func `connections of both sides are kept, and what is asked at once is answered in order`() async throws {
            try await ScriptedIngress.withEcho { ingress in
                let client = try ingress.client()
                let requests = (1...20).map { "GET /\($0) HTTP/1.1\r\nHost: web.test\r\n\r\n" }
                client.send(requests.joined())
                for number in 1...20 {
                    let request = try EchoedRequest(client.readMessage())
                    #expect(request.startLine == "GET /\(number) HTTP/1.1")
                    #expect(request.connection == 1)
                }
                #expect(client.isSilent)
            }
        }

        @Test func `heads that come in turns, octet by octet, are not mixed`() async throws {
            try await ScriptedIngress.withEcho { ingress in
                // More clients than threads: several share one.
                let clients = try (0..<16).map { _ in try ingress.client() }
                let heads = clients.indices.map { number in
                    Array("POST /\(number) HTTP/1.1\r\nHost: web.test\r\nX-Number: \(number)\r\n\r\n".utf8)
                }
                let longest = heads.map(\.count).max() ?? 0
                for index in 0..<longest {
                    for (client, head) in zip(clients, heads) where index < head.count { client.send([head[index]]) }
                }
                for (number, client) in clients.enumerated() {
                    let request = try EchoedRequest(client.readMessage())
                    #expect(request.startLine == "POST /\(number) HTTP/1.1")
                    #expect(request["x-number"] == ["\(number)"])
                }
            }
        }

        @Test func `bodies in chunks pass both ways as they come, however they are cut`() async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                let client = try ingress.client()
                client.send("POST / HTTP/1.1\r\nHost: web.test\r\nTransfer-Encoding: chunked\r\n\r\n")
                client.send("5\r\nfir")
                let upstream = try backend.accept()
                let head = String(decoding: try upstream.read(through: "\r\n\r\n"), as: UTF8.self)
                #expect(head.lowercased().contains("\r\ntransfer-encoding: chunked\r\n"))
                #expect(!head.lowercased().contains("content-length"))
                // Each part is sent once the one before has come.
                _ = try upstream.read(through: "fir")
                client.send("st\r\n6;extension=\"1\"\r\nsecond\r")
                let second = String(decoding: try upstream.read(through: "second"), as: UTF8.self)
                #expect(!second.contains("extension"))
                client.send("\n0\r\nX-Trailer: 1\r\n\r\n")
                _ = try upstream.read(through: "0\r\nX-Trailer: 1\r\n\r\n")
                upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
                _ = try client.read(through: "\r\n\r\n")
                _ = try client.read(through: "abc")
                upstream.send("A\r\n0123456789\r\n0\r\n\r\n")
                let rest = String(decoding: try client.read(through: "0\r\n\r\n"), as: UTF8.self)
                #expect(rest.contains("0123456789"))
                let next = try ingress.exchange(
                    Self.get,
                    answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                    on: client,
                    by: backend,
                    upstream: upstream
                )
                #expect(next.answer.text == "ok")
            }
        }

        @Test func `a body waits for the backend's word when the client waits for it`() async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                let client = try ingress.client()
                client.send("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
                let upstream = try backend.accept()
                let head = String(decoding: try upstream.read(through: "\r\n\r\n"), as: UTF8.self)
                #expect(head.lowercased().contains("\r\nexpect: 100-continue\r\n"))
                #expect(client.isSilent)
                upstream.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
                #expect(try client.readMessage().status == 100)
                let hints = try client.readMessage()
                #expect(hints.status == 103 && hints["link"] == ["</a>"])
                client.send("body")
                #expect(try upstream.read(4) == Array("body".utf8))
                upstream.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
                #expect(try client.readMessage().status == 201)
            }
        }

        @Test func `answers without a body leave the connection as it was`() async throws {
            let rows: [(request: String, answer: String, status: Int)] = [
                ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 200),
                ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200),
                ("GET", "HTTP/1.1 204 No Content\r\n\r\n", 204),
                ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n", 304),
                ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
            ]
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                let client = try ingress.client()
                var upstream: PeerConnection?
                for row in rows {
                    let request = "\(row.request) / HTTP/1.1\r\nHost: web.test\r\n\r\n"
                    let seen = try ingress.exchange(
                        request,
                        answer: row.answer,
                        on: client,
                        by: backend,
                        upstream: upstream
                    )
                    upstream = seen.upstream
                    #expect(seen.answer.status == row.status, "\(row)")
                    #expect(client.isSilent, "\(row)")
                }
            }
        }

        @Test func `a client of HTTP 1.0 gets bodies up to the end of the connection`() async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                let client = try ingress.client()
                client.send("GET / HTTP/1.0\r\nHost: web.test\r\n\r\n")
                let upstream = try backend.accept()
                #expect(try upstream.readMessage().startLine == "GET / HTTP/1.1")
                upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                let answer = try client.readMessage()
                #expect(answer["transfer-encoding"] == [] && answer["content-length"] == [])
                #expect(answer.text == "abcde")
            }
        }

        @Test func `a body up to the end of the backend's connection reaches a client in chunks`() async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                let client = try ingress.client()
                client.send(Self.get)
                let upstream = try backend.accept()
                _ = try upstream.readMessage()
                upstream.send("HTTP/1.1 200 OK\r\n\r\nabc")
                upstream.finish()
                let answer = try client.readMessage()
                #expect(answer["transfer-encoding"] == ["chunked"])
                #expect(answer.text == "abc")
                upstream.close()
                client.send(Self.get)
                let second = try backend.accept()
                _ = try second.readMessage()
                second.send("HTTP/1.1 204 No Content\r\n\r\n")
                #expect(try client.readMessage().status == 204)
            }
        }
    }
}
