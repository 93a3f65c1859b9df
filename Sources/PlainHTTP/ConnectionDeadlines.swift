internal import NIOCore
internal import NIOHTTP1

/// Closes a connection whose client takes too long, be it with a request or with taking the answer, or for which there is no
/// room.
///
/// It stands behind the decoder: a request that comes octet by octet has to be whole in time, too.
final class ConnectionDeadlines: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    /// What is waited for.
    private enum Phase {
        /// Octets. To `receiving` when they come.
        case idle
        /// The rest of a request. To `answering` when it is there.
        case receiving
        /// That the answer is taken. To `idle` then.
        case answering
    }

    private let limits: HTTPLimits
    private let gate: ConnectionGate
    private var place: ConnectionGate.Places.ID?
    private var phase = Phase.idle
    private var deadline: Scheduled<Void>?

    init(_ limits: HTTPLimits, _ gate: ConnectionGate) {
        self.limits = limits
        self.gate = gate
    }

    func channelActive(context: ChannelHandlerContext) {
        place = gate.enter(context.channel)
        if place == nil { context.close(promise: nil) } else { close(context, after: limits.request) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if let place { gate.leave(place) }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is OctetWatch.OctetsCame, phase == .idle {
            phase = .receiving
            close(context, after: limits.request)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            phase = .answering
            if let place { gate.begin(place) }
            close(context, after: limits.answer)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let body): context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: promise)
        case .end(let trailers):
            let written = promise ?? context.eventLoop.makePromise()
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            written.futureResult.assumeIsolated().whenSuccess { self.rest(bound.value) }
            context.write(wrapOutboundOut(.end(trailers)), promise: written)
        }
    }

    private func rest(_ context: ChannelHandlerContext) {
        phase = .idle
        if let place { gate.end(place) }
        close(context, after: limits.silence)
    }

    private func close(_ context: ChannelHandlerContext, after delay: Duration) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(delay)) { channel.close(promise: nil) }
    }
}
