import NIOCore
import NIOTLS

/// Takes messages off a connection, each behind its length (RFC 1035 section 4.2.2).
final class SecureStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let id: SecureConnection.ID
    private let dialer: SecureDialer
    private var unread = ByteBuffer()
    private var error: (any Error)?

    init(_ id: SecureConnection.ID, of dialer: SecureDialer) {
        self.id = id
        self.dialer = dialer
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { dialer.open(id) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        unread.writeBuffer(&part)
        while let message = unread.readLengthPrefixedSlice(as: UInt16.self) {
            dialer.receive(Array(message.readableBytesView), on: id)
        }
        unread.discardReadBytes()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.error == nil { self.error = error }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        dialer.close(id, error)
        context.fireChannelInactive()
    }
}
