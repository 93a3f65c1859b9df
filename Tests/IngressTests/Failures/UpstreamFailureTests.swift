import Foundation
import HTTPWire
import LinuxSystem
import Testing

@testable import Ingress

/// What is said of an endpoint that gives no response, or not all of one: to the client, in the access log, in metrics,
/// and to whoever looks after it.
@Suite struct UpstreamFailureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        enum Event: Sendable {
            case ends
            case breaks(UpstreamFailure)
            case expires(UpstreamFailure)
            case stalls
        }

        let reason: String
        var request = "GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n"
        /// What the endpoint sends; nil if it is not connected.
        var sent: String?
        var event = Event.ends
        var status = 502
        /// Nil if nobody is to blame.
        var kind: UpstreamFailure.Kind?
        var testDescription: String { reason }
    }

    private static let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    private static let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let upgrade = "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    private static let malformed = "the endpoint's response is malformed"
    private static let broken = "the response breaks off"

    private static let unconnected = [
        Row(reason: "the endpoint refuses connections", event: .breaks(.refused), kind: .refused),
        Row(reason: "there is no way to the endpoint", event: .breaks(.unreachable), kind: .unreachable),
        Row(
            reason: "no connection to the endpoint: EADDRNOTAVAIL (Cannot assign requested address)",
            event: .breaks(UpstreamFailure(.addressNotAvailable)),
            kind: .unreachable
        ),
        Row(
            reason: "the endpoint does not take connections in time",
            event: .expires(.slowConnection),
            status: 504,
            kind: .timeout
        ),
        Row(
            reason: "the endpoint does not answer the handshake of TLS in time",
            event: .expires(.slowHandshake),
            status: 504,
            kind: .timeout
        ),
        Row(
            reason: "TLS with the endpoint: its certificate does not name it",
            event: .breaks(.secure(SecureFailure("its certificate does not name it", .otherName))),
            kind: .tls
        ),
        Row(reason: "no descriptor or memory is left", event: .breaks(.shortage), status: 503),
    ]

    private static let responseless = [
        Row(reason: "the endpoint closed the connection", sent: "", kind: .closed),
        Row(reason: "the endpoint closed the connection", sent: "HTTP/1.1 200", kind: .closed),
        Row(reason: "the endpoint reset the connection", sent: "", event: .breaks(.reset), kind: .reset),
        Row(
            reason: "the endpoint takes nothing of what is sent to it",
            sent: "",
            event: .stalls,
            status: 504,
            kind: .stalled
        ),
        Row(reason: "\(malformed): malformed status line", sent: "SSH-2.0\r\n", kind: .malformed),
        Row(reason: "\(malformed): unsupported version", sent: "HTTP/2.0 200 OK\r\n\r\n", kind: .malformed),
        Row(
            reason: "\(malformed): blank before the colon of a field",
            sent: "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            kind: .malformed
        ),
        Row(
            reason: "\(malformed): more than one content length",
            sent: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            kind: .malformed
        ),
        Row(reason: "\(malformed): another protocol, which nobody asked for", sent: upgrade, kind: .malformed),
        Row(
            reason: "the endpoint's stream was reset: ENHANCE_YOUR_CALM",
            sent: "",
            event: .breaks(.streamReset(.enhanceYourCalm)),
            kind: .http2
        ),
        Row(
            reason: "the endpoint left its connection: code 99",
            sent: "",
            event: .breaks(.goAway(HTTP2ErrorCode(rawValue: 99))),
            kind: .http2
        ),
    ]

    private static let cut = [
        Row(reason: "\(broken): the endpoint closed the connection", sent: head, status: 200, kind: .closed),
        Row(
            reason: "\(broken): the endpoint reset the connection",
            sent: head,
            event: .breaks(.reset),
            status: 200,
            kind: .reset
        ),
        Row(
            reason: "\(broken): the connection to the endpoint ended without the end of TLS",
            sent: chunks,
            event: .breaks(.cutOff),
            status: 200,
            kind: .closed
        ),
        Row(reason: "\(broken): \(malformed): malformed chunk size", sent: chunks + "x", status: 200, kind: .malformed),
        Row(
            reason: "\(broken): the endpoint takes nothing of what is sent to it",
            sent: head,
            event: .stalls,
            status: 200,
            kind: .stalled
        ),
        Row(
            reason: "\(broken): the endpoint reset the connection",
            request: "GET / HTTP/1.1\r\nHost: lone.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            sent: upgrade,
            event: .breaks(.reset),
            status: 101
        ),
    ]

    @Test(arguments: unconnected + responseless + cut)
    func `an endpoint that fails is known with its cause, to all but the client`(_ row: Row) throws {
        let (queue, troubles) = (AccessLogQueue(), EndpointTroubles())
        let bench = try MachineBench()
        bench.log(to: queue, at: 0, as: .json)
        bench.note(troubles)
        bench.connects = row.sent != nil
        bench.client(row.request)
        switch row.event {
        case .ends: try bench.upstream(row.sent ?? "", ends: true)
        case .breaks(let failure):
            if let sent = row.sent { try bench.upstream(sent) }
            bench.upstreamBreaks(failure)
        case .expires(let failure): bench.upstreamExpires(failure)
        case .stalls:
            if let sent = row.sent { try bench.upstream(sent) }
            bench.upstreamStalls()
        }
        #expect(bench.statuses == [row.status])
        #expect(!bench.clientText.contains("endpoint"))
        bench.flushLog()
        let line = try #require(queue.take().lines.first).octets
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        #expect(object["Reason"] as? String == row.reason)
        #expect(object["ServiceURL"] as? String == "http://10.42.1.1:8080")
        #expect((object["OriginStatus"] != nil) == row.reason.hasPrefix(Self.broken))
        let kinds = [row.kind].compactMap(\.self)
        #expect(Array(bench.bench.traffic.failures.keys) == kinds)
        #expect(troubles.take().compactMap(\.failure.kind) == kinds)
    }

    @Test func `an endpoint that fails is told of though another one answers`() throws {
        let troubles = EndpointTroubles()
        let bench = try MachineBench()
        bench.note(troubles)
        bench.unreachable = ["10.42.0.1"]
        // Which of the two is tried first is chance; who has failed once is left alone then.
        for _ in 0..<32 {
            bench.client("GET / HTTP/1.1\r\nHost: web.example\r\n\r\n")
            try bench.upstream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        }
        #expect(bench.statuses == Array(repeating: 200, count: 32))
        #expect(troubles.take().map { "\($0.endpoint)" } == ["10.42.0.1:8080"])
        #expect(bench.bench.traffic.failures == [.refused: 1])
    }

    @Test func `each attempt that fails is counted`() throws {
        let troubles = EndpointTroubles()
        let bench = try MachineBench()
        bench.note(troubles)
        bench.unreachable = ["10.42.0.1", "10.42.0.2"]
        bench.client("GET / HTTP/1.1\r\nHost: web.example\r\n\r\n")
        #expect(bench.statuses == [502])
        #expect(Set(troubles.take().map { "\($0.endpoint)" }) == ["10.42.0.1:8080", "10.42.0.2:8080"])
        #expect(bench.bench.traffic.failures == [.refused: 3])
    }

    @Test(
        arguments: [
            (.closed, 200), (.reset, 200), (.goAway(.noError), 200), (.silent, 200),
            (.streamReset(.internalError), 502),
            (.malformedFields(.status), 502), (.wrongLength, 502),
        ] as [(UpstreamFailure, Int)]
    )
    func `a request is sent again where a kept connection was at its end, and not where it was answered badly`(
        _ failure: UpstreamFailure,
        status: Int
    ) throws {
        let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        let bench = try MachineBench()
        for round in 0..<2 {
            bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n")
            if round == 1 { bench.upstreamBreaks(failure) }
            if round == 0 || status == 200 { try bench.upstream(fine) }
        }
        #expect(bench.statuses == [200, status])
    }

    @Test func `what is done again is no failure`() throws {
        let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        let troubles = EndpointTroubles()
        let bench = try MachineBench()
        bench.note(troubles)
        for _ in 0..<2 {
            bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n")
            if bench.statuses == [200] { bench.upstreamBreaks() }
            try bench.upstream(fine)
        }
        #expect(bench.statuses == [200, 200])
        #expect(bench.bench.traffic.failures == [:])
        #expect(troubles.take().isEmpty)
    }

    @Test(
        arguments: [
            (.connectionRefused, .refused), (.hostUnreachable, .unreachable), (.networkUnreachable, .unreachable),
            (.connectionReset, .reset), (.brokenPipe, .reset), (.timedOut, .silent), (.tooManyOpenFiles, .shortage),
            (.accessDenied, .system(.accessDenied)),
        ] as [(Errno, UpstreamFailure)]
    )
    func `what the kernel says is a cause`(_ errno: Errno, _ failure: UpstreamFailure) {
        #expect(UpstreamFailure(errno) == failure)
    }
}
