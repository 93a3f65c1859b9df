import NIOCore
import NIOPosix
import Synchronization

@testable import EtcdSource

/// Passes connections on to a server, until it is closed: the network between a node and etcd.
final class Proxy: Sendable {
    let endpoint: String
    private let port: Int
    private let target: Int
    private let channels = Mutex<[any Channel]>([])

    init(to target: String) async throws {
        self.target = EtcdClient.address(of: target)?.port ?? 0
        port = Int(try LoopbackPort.free())
        endpoint = "http://127.0.0.1:\(port)"
        try await open()
    }

    func open() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [self] channel in connect(channel) }
            .bind(host: "127.0.0.1", port: port).get()
        channels.withLock { $0.append(listener) }
    }

    /// Closes all connections and takes no new ones.
    func close() async {
        let open = channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in open { try? await channel.close() }
    }

    /// Passes nothing on any more between those that are connected now; new ones are served.
    func freeze() {
        for channel in channels.withLock({ $0.dropFirst() }) {
            channel.setOption(.autoRead, value: false).whenComplete { _ in }
        }
    }

    private func connect(_ channel: any Channel) -> EventLoopFuture<Void> {
        channels.withLock { $0.append(channel) }
        return ClientBootstrap(group: channel.eventLoop)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(Passing(to: channel))
                }
            }
            .connect(host: "127.0.0.1", port: target)
            .flatMap { [self] server in
                channels.withLock { $0.append(server) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Passing(to: server))
                }
            }
            .flatMap { channel.setOption(.autoRead, value: true) }
    }
}

private final class Passing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
}
