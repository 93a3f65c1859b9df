import LinuxSystem
import NIOCore
import NIOPosix

/// Answers whatever it is told to, and closes the connection.
final class RubbishServer: Sendable {
    let endpoint: String
    private let channel: any Channel

    init(answering answer: String) throws {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer: answer))
                }
            }
        channel = try bootstrap.bind(host: "127.0.0.1", port: 0).wait()
        endpoint = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    deinit { channel.close(promise: nil) }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String

    init(answer: String) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).whenComplete { _ in
            loopBound.value.close(promise: nil)
        }
    }
}

/// Files that a test writes.
enum File {
    static func write(_ text: String, to path: String) async throws {
        try Files.writeAtomically(text, to: path, mode: 0o600)
    }
}
