import ClusterState
import Testing

@testable import Ingress

/// Requests that are answered before they have come whole.
@Suite struct EarlyAnswerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var host = "lone.example"
        /// What says how long the body is.
        var framing = "Content-Length: 65540"
        /// What comes of the body before the answer.
        var body = "body"
        /// The endpoint's; nil where it is not asked.
        var response: String?
        let status: Int
        /// Whether the response says that the connection ends.
        let isLast: Bool
    }

    private static let large = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"

    static let rows = [
        Row(testDescription: "as much is left as is taken", response: large, status: 413, isLast: false),
        Row(testDescription: "more is left", body: "bod", response: large, status: 413, isLast: true),
        Row(
            testDescription: "nobody knows how much",
            framing: "Transfer-Encoding: chunked",
            body: "3\r\nbod\r\n",
            response: large,
            status: 413,
            isLast: false
        ),
        Row(
            testDescription: "a redirect with a body",
            body: "",
            response: "HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\n",
            status: 302,
            isLast: true
        ),
        Row(
            testDescription: "success without a body",
            body: "",
            response: "HTTP/1.1 204 No Content\r\n\r\n",
            status: 204,
            isLast: true
        ),
        Row(
            testDescription: "success that goes on, as of an echo",
            body: "",
            response: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            status: 200,
            isLast: false
        ),
        Row(testDescription: "no route, little left", host: "nobody.example", status: 404, isLast: false),
        Row(testDescription: "no route, more left", host: "nobody.example", body: "bod", status: 404, isLast: true),
    ]

    @Test(arguments: rows)
    func `a client is told that no further request is answered where its body will not be taken`(_ row: Row) throws {
        let bench = try MachineBench()
        // Refused requests are answered before their bodies are looked at.
        let isRefused = row.response == nil
        let framing = isRefused && row.body == "body" ? "Content-Length: 65536" : row.framing
        bench.client("POST / HTTP/1.1\r\nHost: \(row.host)\r\n\(framing)\r\n\r\n\(row.body)")
        if let response = row.response { try bench.upstream(response) }
        #expect(bench.statuses == [row.status])
        #expect(bench.clientText.contains("Connection: close\r\n") == row.isLast)
        #expect(bench.isClientFinished == (row.isLast && row.status != 302))
    }

    @Test func `a middleware's answer says so too`() throws {
        for (length, isLast) in [(65_536, false), (65_537, true)] {
            let bench = try MachineBench { ingress, _ in
                ingress.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"] =
                    "default-m@kubernetescrd"
                let spec = StructuredValue.object(["scheme": .string("https")])
                let metadata = ObjectMetadata(name: "m", namespace: "default")
                return [.middleware(Middleware(metadata: metadata, spec: .object(["redirectScheme": spec])))]
            }
            bench.client("POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: \(length)\r\n\r\n")
            #expect(bench.statuses == [307])
            #expect(bench.clientText.contains("Connection: close\r\n") == isLast)
        }
    }
}
