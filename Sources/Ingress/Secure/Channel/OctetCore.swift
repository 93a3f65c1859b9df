import LinuxSystem
import NIOCore

/// The inner end of a channel of octets, where handlers' calls arrive.
final class OctetCore: ChannelCore {
    let loop: LoopEventLoop
    let peer: SocketAddress?
    /// Fulfilled once the handlers are gone.
    let closing: EventLoopPromise<Void>
    private(set) var pipeline: ChannelPipeline!
    private(set) var isOpen = true
    private(set) var isActive = false
    private(set) var isOutputEnded = false
    private(set) var isWritable = true
    private(set) var output = OctetOutput()
    /// Between them a writable channel stays one, as does one that is not.
    var marks = ChannelOptions.Types.WriteBufferWaterMark(low: 32_768, high: 65_536)

    private let room: OctetRoom
    private var isInputEnded = false
    /// Of writes that no flush has followed yet.
    private var written: [EventLoopPromise<Void>] = []

    init(_ room: OctetRoom, _ peer: SocketAddress?) {
        self.room = room
        self.peer = peer
        loop = room.loop
        closing = loop.makePromise()
    }

    func begin(_ pipeline: ChannelPipeline) {
        self.pipeline = pipeline
        registerAlreadyConfigured0(promise: nil)
    }

    // MARK: - For the loop

    func receive(_ octets: Span<UInt8>) {
        guard isOpen, !isInputEnded else { return }
        var buffer = room.take()
        octets.withRawSpan { _ = buffer.writeBytes($0) }
        pipeline.syncOperations.fireChannelRead(NIOAny(buffer))
        pipeline.syncOperations.fireChannelReadComplete()
        room.giveBack(buffer)
    }

    func receiveEnd() {
        guard isOpen, !isInputEnded else { return }
        isInputEnded = true
        pipeline.syncOperations.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    func drain(_ body: (Span<UInt8>) -> Int) {
        output.drain(body)
        guard !isWritable, output.count < marks.low else { return }
        isWritable = true
        if isOpen { pipeline.syncOperations.fireChannelWritabilityChanged() }
    }

    // MARK: - For NIO

    func localAddress0() throws -> SocketAddress { throw ChannelError.unknownLocalAddress }

    func remoteAddress0() throws -> SocketAddress {
        guard let peer else { throw ChannelError.operationUnsupported }
        return peer
    }

    func register0(promise: EventLoopPromise<Void>?) {
        promise?.succeed(())
        pipeline.syncOperations.fireChannelRegistered()
    }

    func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) {
        isActive = true
        register0(promise: promise)
        pipeline.syncOperations.fireChannelActive()
    }

    func bind0(to _: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    func connect0(to _: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isOpen, !isOutputEnded else {
            promise?.fail(isOpen ? ChannelError.outputClosed : ChannelError.ioOnClosedChannel)
            return
        }
        output.append(unwrapData(data, as: ByteBuffer.self))
        if let promise { written.append(promise) }
        guard isWritable, output.count > marks.high else { return }
        isWritable = false
        pipeline.syncOperations.fireChannelWritabilityChanged()
    }

    /// What was written is the loop's now.
    func flush0() {
        guard !written.isEmpty else { return }
        let flushed = written
        written = []
        for promise in flushed { promise.succeed(()) }
    }

    /// The loop decides when it takes octets in.
    func read0() {}

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch mode {
        case .input: promise?.fail(ChannelError.operationUnsupported)
        case .output: endOutput(error, promise)
        case .all: closeAll(error, promise)
        }
    }

    func triggerUserOutboundEvent0(_: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// No handler wanted it.
    func channelRead0(_: NIOAny) {}

    /// No handler knew what to do about it, and nothing can be done here.
    func errorCaught0(error _: any Error) {}

    private func endOutput(_ error: any Error, _ promise: EventLoopPromise<Void>?) {
        guard !isOutputEnded else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        isOutputEnded = true
        fail(error)
        promise?.succeed(())
        pipeline.syncOperations.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
    }

    private func closeAll(_ error: any Error, _ promise: EventLoopPromise<Void>?) {
        (isOpen, isActive, isOutputEnded) = (false, false, true)
        fail(error)
        promise?.succeed(())
        pipeline.syncOperations.fireChannelInactive()
        pipeline.syncOperations.fireChannelUnregistered()
        // A handler may be in the middle of something that leads here.
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute {
            bound.value.removeHandlers(pipeline: bound.value.pipeline)
            bound.value.closing.succeed(())
        }
    }

    private func fail(_ error: any Error) {
        let failed = written
        written = []
        for promise in failed { promise.fail(error) }
    }
}
