import Foundation
import HTTPPeers
import Testing

extension Nodes {
    /// HTTP/2 and gRPC through the ingress of a node, by the programs that its users have.
    @Suite struct IngressHTTP2Tests {
        @Test(arguments: [
            (["--http2", "https://web.test/a?b"], "200 2", "https"),
            (["--http1.1", "https://web.test/a?b"], "200 1.1", "https"),
            (["--http2-prior-knowledge", "http://web.test/a?b"], "200 2", "http"),
            // The upgrade of HTTP/1.1 is of no use to anybody (RFC 9113 section 3.1): it is passed over.
            (["--http2", "http://web.test/a?b"], "200 1.1", "http"),
        ])
        func `a client may speak HTTP 2, and its request is the same`(
            options: [String],
            outcome: String,
            scheme: String
        ) async throws {
            try await ScriptedIngress.withEcho { ingress in
                let result = try await ingress.curl(
                    ["-w", "\n%{http_code} %{http_version}", "-H", "Cookie: a=1", "-d", "body"] + options
                )
                let lines = result.output.split(separator: "\n")
                #expect(lines.last.map(String.init) == outcome, "\(result)")
                let request = try JSONDecoder().decode(EchoedRequest.self, from: Data(lines[0].utf8))
                #expect(request.startLine == "POST /a?b HTTP/1.1")
                #expect(request["host"] == ["web.test"])
                #expect(request["cookie"] == ["a=1"])
                #expect(request["content-length"] == ["4"])
                #expect(request["transfer-encoding"] == [])
                #expect(request["x-forwarded-proto"] == [scheme])
                #expect(request["x-forwarded-for"] == ["192.168.77.254"])
                #expect(request.body == "body")
            }
        }

        @Test func `many requests at once share a connection, and each has its own answer`() async throws {
            try await ScriptedIngress.withEcho { ingress in
                let result = try await ingress.run([
                    "h2load", "-n", "2000", "-c", "4", "-m", "50", "-H", ":authority: web.test", "http://192.168.77.1/",
                ])
                #expect(result.output.contains("2000 done, 2000 succeeded, 0 failed, 0 errored"), "\(result)")
                #expect(result.output.contains("status codes: 2000 2xx"), "\(result)")
            }
        }

        @Test(arguments: [[], ["-m", "1"]])
        func `requests that wait for a connection to an endpoint all have their turn`(options: [String]) async throws {
            try await ScriptedIngress.with { ingress in
                try ingress.declare(appProtocol: "kubernetes.io/h2c")
                try Data("small".utf8).write(to: ingress.node.home.appendingPathComponent("small"))
                let server = try await ingress.fileServer("kubernetes.io/h2c", options)
                defer { server.stop() }
                try await eventually("it is asked by HTTP/2") {
                    try await ingress.curl(["http://web.test/small"]).output == "small"
                }
                let result = try await ingress.run([
                    "timeout", "20", "h2load", "-n", "300", "-c", "2", "-m", "30", "-H", ":authority: web.test",
                    "http://192.168.77.1/small",
                ])
                #expect(result.output.contains("status codes: 300 2xx"), "\(result)")
            }
        }

        @Test(arguments: ["kubernetes.io/h2c", "https", "http"])
        func `large bodies pass whatever both sides speak`(protocolName: String) async throws {
            try await ScriptedIngress.with { ingress in
                try ingress.declare(appProtocol: protocolName)
                let home = ingress.node.home
                let data = Data((0..<6_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
                try data.write(to: home.appendingPathComponent("large"))
                let server = try await ingress.fileServer(protocolName)
                defer { server.stop() }
                for options in [
                    ["--http2", "https://web.test/large"], ["--http2-prior-knowledge", "http://web.test/large"],
                    ["--http1.1", "http://web.test/large"],
                ] {
                    let copy = home.appendingPathComponent("copy")
                    try await eventually("\(options) has it all") {
                        try? FileManager.default.removeItem(at: copy)
                        _ = try await ingress.curl(["-o", copy.path] + options)
                        return (try? Data(contentsOf: copy)) == data
                    }
                }
            }
        }

        @Test(arguments: [
            ["--http2", "https://web.test/"], ["--http2-prior-knowledge", "http://web.test/"],
            ["--http1.1", "http://web.test/"],
        ])
        func `an upload that is refused at its head has its answer`(options: [String]) async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                let file = ingress.node.home.appendingPathComponent("large")
                try Data(count: 20_000_000).write(to: file)
                async let result = ingress.curl(
                    ["-T", file.path, "-H", "Expect:", "-w", " %{http_code}"] + options
                )
                let upstream = try backend.accept()
                _ = try upstream.read(through: "\r\n\r\n")
                upstream.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nforbid")
                upstream.close()
                let output = try await result.output
                #expect(output == "forbid 403")
            }
        }

        @Test func `calls of gRPC and their failures are what they are without a proxy`() async throws {
            try await ScriptedIngress.with { ingress in
                try ingress.declare(appProtocol: "kubernetes.io/h2c")
                let place = "\(ScriptedIngress.backend):8080"
                let server = try GRPCPeers.server(on: place, in: ingress.cluster.lanNamespace, on: ingress.node)
                try await eventually("the server is ready", shows: "ready") { server.text }
                let expected = [
                    "once: 100002 word", "chat: <0> <1> <2> <3> <4>", "fail: RESOURCE_EXHAUSTED: no more",
                    "none: UNIMPLEMENTED: Method not found!",
                ]
                #expect(try await ingress.calls("web.test") == expected)
                server.stop()
                let unavailable = "UNAVAILABLE: Bad Gateway"
                let without = try await ingress.calls("web.test")
                #expect(without == ["once", "chat", "fail", "none"].map { "\($0): \(unavailable)" })
                let nowhere = try await ingress.calls("nobody.test")
                let unknown = "UNIMPLEMENTED: 404 page not found"
                #expect(nowhere == ["once", "chat", "fail", "none"].map { "\($0): \(unknown)" })
            }
        }

        @Test func `clients of HTTP 2 are told when the agent stops, and what is under way is answered`() async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                async let client = ingress.run([
                    "nghttp", "-v", "-t", "20", "-H", ":authority: web.test", "http://192.168.77.1/",
                ])
                let upstream = try backend.accept()
                _ = try upstream.readMessage()
                async let status = ingress.agent.stop()
                try await eventually("whoever comes is told that it stops") {
                    let other = try ingress.client()
                    other.send("GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n")
                    return try other.readMessage()["connection"] == ["close"]
                }
                upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                let output = try await client.output
                let goodbye = try #require(output.firstRange(of: "recv GOAWAY frame"), "\(output)")
                let answer = try #require(output.firstRange(of: ":status: 200"), "\(output)")
                #expect(goodbye.lowerBound < answer.lowerBound)
                #expect(try await status == 0)
            }
        }

        @Test(arguments: [
            ("PROXY TCP4 198.51.100.9 192.168.77.1 5000 80\r\n", "192.168.77.0/24", "198.51.100.9"),
            ("PROXY TCP4 198.51.100.9 192.168.77.1 5000 80\r\n", "10.0.0.0/8", "192.168.77.254"),
            ("PROXY UNKNOWN\r\n", "192.168.77.0/24", "192.168.77.254"), ("", "192.168.77.0/24", "192.168.77.254"),
        ])
        func `a proxy in front may say who the client is`(header: String, trusted: String, client: String) async throws
        {
            try await ScriptedIngress.withEcho(["--ingress-proxy-protocol-trusted-ips", trusted]) { ingress in
                let peer = try ingress.client()
                peer.send("\(header)GET / HTTP/1.1\r\nHost: web.test\r\nX-Forwarded-For: 203.0.113.1\r\n\r\n")
                let request = try EchoedRequest(peer.readMessage())
                #expect(request["x-forwarded-for"] == [client])
                #expect(request["x-real-ip"] == [client])
            }
        }

        @Test func `what a trusted proxy says of the client is passed on`() async throws {
            try await ScriptedIngress.withEcho(["--ingress-forwarded-headers-trusted-ips", "192.168.77.254"]) {
                ingress in
                let fields =
                    "X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-Proto: https\r\nForwarded: for=203.0.113.1\r\n"
                let peer = try ingress.client()
                peer.send("GET / HTTP/1.1\r\nHost: web.test\r\n\(fields)\r\n")
                let request = try EchoedRequest(peer.readMessage())
                #expect(request["x-forwarded-for"] == ["203.0.113.1, 192.168.77.254"])
                #expect(request["x-forwarded-proto"] == ["https"])
                #expect(request["x-forwarded-port"] == ["443"])
                #expect(request["forwarded"] == ["for=203.0.113.1"])
            }
        }
    }
}

extension ScriptedIngress {
    fileprivate func calls(_ authority: String) async throws -> [String] {
        try await GRPCPeers.call("192.168.77.1:80", authority: authority, in: cluster.lanNamespace)
    }

    /// Serves the files of the node's folder at the backend's place, by what a Service calls its protocol.
    ///
    /// - Parameter options: for a server of HTTP/2.
    fileprivate func fileServer(_ protocolName: String, _ options: [String] = []) async throws -> Monitor {
        let home = node.home.path
        let command: [String]
        switch protocolName {
        case "kubernetes.io/h2c":
            command = ["nghttpd", "--no-tls"] + options + ["-d", home, "-a", Self.backend, "8080"]
        case "https":
            let key = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -days 2"
            let words = key.split(separator: " ").map(String.init)
            try await Tool.output(words + ["-keyout", "\(home)/key.pem", "-out", "\(home)/certificate.pem"])
            command = ["nghttpd", "-d", home, "-a", Self.backend, "8080", "\(home)/key.pem", "\(home)/certificate.pem"]
        default: command = ["python3", "-m", "http.server", "-d", home, "-b", Self.backend, "8080"]
        }
        let server = try Monitor(command, in: cluster.lanNamespace, on: node)
        try await eventually("the server listens", shows: ":8080") {
            try await run(["ss", "-Hltn", "sport = :8080"]).output
        }
        return server
    }
}
