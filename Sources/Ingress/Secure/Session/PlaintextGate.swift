import NIOCore
import NIOSSL
import NIOTLS

/// The handler behind TLS. It keeps what came for the session's owner; once it is open, handlers of a protocol behind it get
/// that instead.
final class PlaintextGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private(set) var context: ChannelHandlerContext?
    private var plaintext = ByteBuffer()
    private var isOpen = false
    private let tell: (SecureEvent) -> Void
    private let establish: (_ applicationProtocol: String?) -> Void

    /// - Parameters:
    ///   - establish: is told that the handshake is done.
    ///   - tell: is told what else happens.
    init(
        establish: @escaping (_ applicationProtocol: String?) -> Void,
        tell: @escaping (SecureEvent) -> Void
    ) {
        self.establish = establish
        self.tell = tell
    }

    /// How many octets are kept.
    var count: Int { plaintext.readableBytes }

    /// Lends what is kept, and removes as many octets of it as `body` says that it took.
    func take(_ body: (Span<UInt8>) -> Int) {
        guard count > 0 else { return }
        let taken = body(plaintext.readableBytesUInt8Span)
        // The handler of TLS goes on with the buffer that it lent.
        if taken >= count { plaintext = ByteBuffer() } else { plaintext.moveReaderIndex(forwardBy: taken) }
    }

    /// From now on handlers behind this one get the plaintext, and what is kept first.
    func open() {
        isOpen = true
        guard let context, count > 0 else { return }
        let kept = plaintext
        plaintext = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(kept))
        context.fireChannelReadComplete()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context _: ChannelHandlerContext) { context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isOpen { return context.fireChannelRead(data) }
        var buffer = unwrapInboundIn(data)
        if count == 0 { plaintext = buffer } else { plaintext.writeBuffer(&buffer) }
        tell(.plaintext)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let applicationProtocol): establish(applicationProtocol)
        // Of a connection that ended without a word, an error told before.
        case ChannelEvent.inputClosed: tell(.end(.announced))
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isCutOff = error as? NIOSSLError == .uncleanShutdown
        tell(isCutOff ? .end(.cutOff) : .failed(SecureFailure(error)))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tell(.closed)
        context.fireChannelInactive()
    }
}
