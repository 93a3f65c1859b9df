import Foundation
import HTTPPeers
import LinuxSystem
import Testing

@testable import Ingress

/// Clients that hold a connection and make nothing of it. In each test one limit is short, and ends them. The tests run one by
/// one, since they wait on threads that all tests share.
@Suite(.serialized) struct ClientLimitTests {
    private static let short = StreamDelay.milliseconds(300)
    private static let get = "GET / HTTP/1.1\r\nHost: web.test\r\n\r\n"
    private static let post = "POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 1000000\r\n\r\n"
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    // MARK: - HTTP/1

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: web.test\r\nX: ", "GET /", "PRI * HTTP/2.0\r\n\r\nSM"])
    func `a head that comes octet by octet is 408 when its time is over`(beginning: String) async throws {
        try await LoneProxy.with({ $0.head = Self.short }) { proxy in
            let client = try proxy.client()
            for octet in beginning.utf8 { client.send([octet]) }
            // Nothing may follow on what is nearly the preface of HTTP/2.
            client.keepSending(beginning.hasPrefix("PRI") ? [] : [0x78])
            #expect(try client.readMessage().status == 408)
            #expect(try client.readToEnd().octets == [])
            #expect(try proxy.backend.acceptNow() == nil)
        }
    }

    @Test func `a body below the least rate is 408, and its request to the endpoint ends`() async throws {
        try await LoneProxy.with({ $0.bodyWindow = Self.short }) { proxy in
            let client = try proxy.client()
            client.send(Self.post)
            let upstream = try proxy.backend.accept()
            client.keepSending([0x78])
            #expect(try client.readMessage().status == 408)
            #expect(try client.readToEnd().octets == [])
            _ = try upstream.readToEnd()
        }
    }

    @Test func `a connection on which nothing is asked is closed without a word`() async throws {
        try await LoneProxy.with({ $0.idle = Self.short }) { proxy in
            #expect(try proxy.client().readToEnd().octets == [])
            let client = try proxy.client()
            client.send(Self.get)
            let upstream = try proxy.backend.accept()
            _ = try upstream.readMessage()
            upstream.send(Self.ok)
            #expect(try client.readMessage().status == 200)
            #expect(try client.readToEnd().octets == [])
        }
    }

    @Test func `a client that takes nothing of its response is left, and so is the endpoint`() async throws {
        try await LoneProxy.with({ $0.stall = Self.short }) { proxy in
            let client = try proxy.client()
            client.send(Self.get)
            let upstream = try proxy.backend.accept()
            upstream.sendForEver()
            _ = try upstream.readMessage()
            _ = try upstream.readToEnd()
        }
    }

    @Test func `a handshake of TLS that does not go on ends`() async throws {
        try await LoneProxy.with({ $0.handshake = Self.short }) { proxy in
            let client = try PeerConnection(to: proxy.https)
            // The head of a record of 512 octets, and an octet of it now and then.
            client.send([22, 3, 1, 2, 0])
            client.keepSending([1])
            #expect(try client.readToEnd().octets == [])
        }
    }

    @Test func `a proxy in front that does not name its client to the end is left`() async throws {
        try await LoneProxy.with(announced: true, { $0.head = Self.short }) { proxy in
            let client = try proxy.client()
            client.send("PROXY TCP4 198.51")
            #expect(try client.readToEnd().octets == [])
        }
    }

    // MARK: - HTTP/2

    /// What comes before a client of HTTP/2 says nothing more.
    private static let beginnings: [[UInt8]] = [
        [], [0, 0], PeerFrame.settings().octets,
        PeerFrame.settings().octets + PeerFrame.request("web.test", stream: 1, isWhole: false).octets,
        PeerFrame.settings().octets + PeerFrame.request("web.test", stream: 1).octets.dropLast(),
    ]

    @Test(arguments: beginnings)
    func `a connection of HTTP 2 on which nothing is under way is ended`(beginning: [UInt8]) async throws {
        try await LoneProxy.with({ $0.idle = Self.short }) { proxy in
            let client = try proxy.client()
            client.send(PeerFrame.preface + beginning)
            #expect(try client.readFrame(.goAway).payload.suffix(4) == [0, 0, 0, 0])
            #expect(try client.readToEnd().octets == [])
        }
    }

    @Test func `one that never acknowledges settings is served, and ended the same`() async throws {
        try await LoneProxy.with({ $0.idle = Self.short }) { proxy in
            let client = try proxy.client(.settings(), .request("web.test", stream: 1))
            let upstream = try proxy.backend.accept()
            _ = try upstream.readMessage()
            upstream.send(Self.ok)
            #expect(try client.readFrame(.data).payload == Array("ok".utf8))
            try client.readFrame(.goAway)
            #expect(try client.readToEnd().octets == [])
        }
    }

    @Test func `frames that serve nothing do not keep a connection`() async throws {
        try await LoneProxy.with({ $0.idle = Self.short }) { proxy in
            let client = try proxy.client(.settings())
            try client.readAcknowledgement()
            // An update of the window has no answer, as a PING has.
            client.keepSending(PeerFrame.windowUpdate(1).octets)
            #expect(try client.readFrame(.goAway).payload.suffix(4) == [0, 0, 0, 0])
            #expect(try client.readToEnd().octets == [])
        }
    }

    @Test func `a body below the least rate ends its stream, and none but that`() async throws {
        try await LoneProxy.with({ $0.bodyWindow = Self.short }) { proxy in
            let client = try proxy.client(.settings(), .request("web.test", stream: 1, hasBody: true))
            let upstream = try proxy.backend.accept()
            try client.readAcknowledgement()
            client.keepSending(PeerFrame(.data, stream: 1, [0x78]).octets)
            #expect(try client.readFrame(.headers).stream == 1)
            #expect(try client.readFrame(.reset).stream == 1)
            _ = try upstream.readToEnd()
            client.send(.request("web.test", stream: 3))
            let next = try proxy.backend.accept()
            _ = try next.readMessage()
            next.send(Self.ok)
            #expect(try client.readFrame(.headers).stream == 3)
        }
    }

    @Test(arguments: [1, 1 << 20])
    func `a response that the client never takes ends its stream, and none but that`(length: Int) async throws {
        try await LoneProxy.with({ $0.stall = Self.short }) { proxy in
            let client = try proxy.client(.settings(initialWindow: 0), .request("web.test", stream: 1))
            let upstream = try proxy.backend.accept()
            _ = try upstream.readMessage()
            upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
            upstream.send([UInt8](repeating: 0x78, count: length))
            #expect(try client.readFrame(.headers).stream == 1)
            #expect(try client.readFrame(.reset).stream == 1)
            client.send(.request("web.test", stream: 3), .windowUpdate(stream: 3, 100))
            let next = try length == 1 ? upstream : proxy.backend.accept()
            _ = try next.readMessage()
            next.send(Self.ok)
            #expect(try client.readFrame(.data).stream == 3)
        }
    }

    @Test func `a client that takes nothing of any stream is left, and so are the endpoints`() async throws {
        try await LoneProxy.with({ ($0.stall, $0.idle) = (Self.short, Self.short) }) { proxy in
            let most: UInt32 = 1 << 30
            let client = try proxy.client(
                .settings(initialWindow: most),
                .windowUpdate(most),
                .request("web.test", stream: 1),
                .request("web.test", stream: 3)
            )
            let upstreams = [try proxy.backend.accept(), try proxy.backend.accept()]
            for upstream in upstreams { upstream.sendForEver() }
            for upstream in upstreams { _ = try upstream.readToEnd() }
            _ = try client.readToEnd()
        }
    }
}

extension PeerConnection {
    /// Answers with a body that does not end, on a thread of its own, until the other end is gone.
    fileprivate func sendForEver() {
        send("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 40)\r\n\r\n")
        Thread.detachNewThread { [self] in
            let part = [UInt8](repeating: 0x78, count: 1 << 20)
            while send(part) {}
        }
    }
}
