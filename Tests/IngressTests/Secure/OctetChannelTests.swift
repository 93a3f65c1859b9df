import Ingress
import NIOCore
import NIOSSL
import Testing

@Suite struct OctetChannelTests {
    private let loop: LoopEventLoop
    private let channel: OctetChannel

    init() {
        loop = LoopEventLoop(now: .zero)
        channel = OctetChannel(in: OctetRoom(of: loop))
    }

    /// Answers what comes with the same, and notes what else happens.
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private(set) var heard: [String] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
        func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
        func channelInactive(context _: ChannelHandlerContext) { heard.append("inactive") }
        func channelWritabilityChanged(context: ChannelHandlerContext) {
            heard.append(context.channel.isWritable ? "writable" : "full")
        }
        func userInboundEventTriggered(context _: ChannelHandlerContext, event: Any) { heard.append("\(event)") }
    }

    private func echo() throws -> Echo {
        let echo = Echo()
        try channel.pipeline.syncOperations.addHandler(echo)
        return echo
    }

    @Test func `handlers read what is received, and what they write is drained in parts`() throws {
        _ = try echo()
        #expect(channel.isActive)
        channel.receive([1, 2, 3].span)
        channel.receive([4].span)
        #expect(channel.outputCount == 4)
        var first: UInt8?
        channel.drain { octets in
            first = octets[0]
            return 1
        }
        #expect(first == 1 && channel.takeAll() == [2, 3, 4] && channel.outputCount == 0)
        channel.abandon()
    }

    @Test func `a channel whose output waits is full until it is drained`() throws {
        let echo = try echo()
        channel.receive([UInt8](repeating: 0, count: 65_000).span)
        #expect(channel.isWritable)
        channel.receive([UInt8](repeating: 0, count: 1000).span)
        #expect(!channel.isWritable)
        channel.drain { _ in 30_000 }
        #expect(!channel.isWritable)
        channel.drain { _ in 10_000 }
        #expect(channel.isWritable && echo.heard == ["full", "writable"])
        channel.abandon()
    }

    @Test func `the ends of both sides are told, and a channel that is abandoned is inactive`() throws {
        let echo = try echo()
        channel.receiveEnd()
        channel.receive([1].span)
        #expect(channel.outputCount == 0)
        channel.close(mode: .output, promise: nil)
        #expect(channel.isOutputEnded && !channel.isClosed)
        channel.abandon()
        channel.abandon()
        #expect(channel.isClosed && !channel.isActive)
        #expect(echo.heard == ["inputClosed", "outputClosed", "inactive"])
    }

    @Test func `options that handlers of TLS and HTTP/2 ask for are answered`() throws {
        let options = try #require(channel.syncOptions)
        #expect(try options.getOption(.autoRead))
        #expect(try options.getOption(.allowRemoteHalfClosure))
        try options.setOption(.writeBufferWaterMark, value: .init(low: 10, high: 20))
        #expect(try options.getOption(.writeBufferWaterMark).high == 20)
        #expect(throws: ChannelError.self) { try options.setOption(.autoRead, value: false) }
        #expect(throws: ChannelError.self) { try options.getOption(.maxMessagesPerRead) }
        channel.abandon()
    }

    @Test func `a write is kept once it is flushed, and fails on a channel that is closed`() throws {
        var results: [String] = []
        func write() {
            let promise = loop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { result in
                results.append((try? result.get()) == nil ? "failed" : "kept")
            }
            channel.pipeline.syncOperations.write(NIOAny(ByteBuffer(bytes: [1])), promise: promise)
        }
        write()
        #expect(results == [])
        channel.flush()
        #expect(results == ["kept"])
        write()
        channel.abandon()
        write()
        #expect(results == ["kept", "failed", "failed"])
    }

    @Test func `handlers behind TLS get what came before them, and answer through it`() throws {
        let pair = try SecurePair(
            client: TestCertificates.clientContext(protocols: ["h2"]),
            server: TestCertificates.serverContext(TestCertificates.make("a.example"), protocols: ["h2", "http/1.1"])
        )
        // Together with the end of its handshake.
        pair.client.sendAll([1, 2])
        pair.server.receive(pair.clientOutput().span)
        pair.client.receive(pair.serverOutput().span)
        pair.server.receive(pair.clientOutput().span)
        #expect(pair.server.nextEvent()?.handshake?.applicationProtocol == "h2")
        try pair.server.attach([Echo()])
        pair.client.sendAll([3])
        pair.carry()
        #expect(pair.clientGot == [1, 2, 3] && pair.serverGot == [])
        channel.abandon()
    }
}
