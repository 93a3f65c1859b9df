internal import NIOCore

/// Tells the handlers behind it that octets have come, before anybody knows whether they are a request.
final class OctetWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The event that is told.
    struct OctetsCame: Sendable {}

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireUserInboundEventTriggered(OctetsCame())
        context.fireChannelRead(data)
    }
}
