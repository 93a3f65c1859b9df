import HTTPWire
import LinuxSystem
import Testing

@testable import Ingress

/// Why endpoints are said to have failed that do what they should not on the wire.
@Suite struct WorkerFailureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the Service says that its endpoint speaks.
        let speaks: String?
        /// What the endpoint says, one after the other.
        var says: [[UInt8]] = []
        /// Whether it ends its connection then.
        var ends = false
        let failure: UpstreamFailure
        var status = 502
    }

    private static let h2c = "kubernetes.io/h2c"
    private static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

    static let rows = [
        Row(testDescription: "an end before the response", speaks: nil, ends: true, failure: .closed),
        Row(
            testDescription: "HTTP/1 where HTTP/2 is to be",
            speaks: h2c,
            says: [Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)],
            failure: .notHTTP2
        ),
        Row(testDescription: "no SETTINGS", speaks: h2c, failure: .slowSettings, status: 504),
        Row(testDescription: "an end before the SETTINGS", speaks: h2c, ends: true, failure: .closed),
        Row(
            testDescription: "RST_STREAM",
            speaks: h2c,
            says: [settings, [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 2]],
            failure: .streamReset(.internalError)
        ),
        Row(
            testDescription: "GOAWAY, and an end",
            speaks: h2c,
            says: [settings, [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 11]],
            ends: true,
            failure: .goAway(.enhanceYourCalm)
        ),
        Row(
            testDescription: "a frame that is too long",
            speaks: h2c,
            says: [settings, [255, 255, 255, 0, 0, 0, 0, 0, 1]],
            failure: .brokenConnection(.frameSizeError)
        ),
        Row(
            testDescription: "a head without a status",
            speaks: h2c,
            says: [settings, [0, 0, 5, 1, 4, 0, 0, 0, 1, 0, 1, 0x61, 1, 0x62]],
            failure: .malformedFields(.pseudoFields)
        ),
        Row(
            testDescription: "a body that is shorter than its length",
            speaks: h2c,
            says: [
                settings, [0, 0, 5, 1, 4, 0, 0, 0, 1, 0x88, 0x0f, 0x0d, 1, 0x35],
                [0, 0, 2, 0, 1, 0, 0, 0, 1, 0x68, 0x69],
            ],
            failure: .wrongLength,
            status: 200
        ),
        Row(
            testDescription: "no TLS",
            speaks: "https",
            says: [Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)],
            failure: .secure(SecureFailure("the handshake failed: it does not speak TLS", .notTLS))
        ),
        Row(testDescription: "nothing of TLS", speaks: "https", failure: .slowHandshake, status: 504),
        Row(testDescription: "an end in the handshake", speaks: "https", ends: true, failure: .secure(.wentAway)),
    ]

    @Test(arguments: rows)
    func `an endpoint fails for what it did`(_ row: Row) throws {
        let endpoint = try TestEndpoint()
        endpoint.isAccepting = false
        var limits = ProxyLimits()
        if row.status == 504 { limits.connect = .milliseconds(100) }
        let bench = try WorkerBench(endpoint, row.speaks, limits: limits)
        try bench.ask("POST / HTTP/1.1\r\nHost: web.example\r\nContent-Length: 0\r\n\r\n")
        var peer: TestSocket?
        try bench.turn {
            peer = peer ?? endpoint.accept()
            return peer?.hasWaiting == true
        }
        let connection = try #require(peer)
        for octets in row.says {
            connection.send(octets)
            try bench.settle()
        }
        connection.read()
        if row.ends { connection.close() }
        try bench.turn { !bench.statuses.contains(nil) }
        try bench.settle()
        #expect(bench.statuses == [row.status])
        #expect(bench.withWorker { $0.bench.troubles?.take().map(\.failure) } == [row.failure])
    }
}
