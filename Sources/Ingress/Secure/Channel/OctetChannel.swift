package import NIOCore

/// A channel without a socket: octets that came are given to it, and those that are to leave are taken from it. NIO's
/// handlers of protocols work on it as on a connection. All of it happens on its loop's thread.
package final class OctetChannel: Channel {
    private let core: NIOLoopBound<OctetCore>

    package let allocator = ByteBufferAllocator()
    package let closeFuture: EventLoopFuture<Void>

    /// An open channel.
    ///
    /// - Parameters:
    ///   - room: of the loop on whose thread this is called.
    ///   - peer: the address of who is at the other end, for handlers that ask.
    package init(in room: OctetRoom, peer: SocketAddress? = nil) {
        let core = OctetCore(room, peer)
        self.core = NIOLoopBound(core, eventLoop: room.loop)
        closeFuture = core.closing.futureResult
        core.begin(ChannelPipeline(channel: self))
    }

    // MARK: - For the loop

    /// Octets came.
    package func receive(_ octets: Span<UInt8>) {
        core.value.receive(octets)
        core.value.loop.runReady()
    }

    /// No more will come: the peer ended its side.
    package func receiveEnd() {
        core.value.receiveEnd()
        core.value.loop.runReady()
    }

    /// The connection is gone. Nothing comes or leaves any more.
    package func abandon() {
        core.value.close0(error: ChannelError.eof, mode: .all, promise: nil)
        core.value.loop.runReady()
    }

    /// How many octets are to leave.
    package var outputCount: Int { core.value.output.count }

    /// Lends the octets that are to leave, if there are any, and removes as many of them as `body` says that it took.
    package func drain(_ body: (Span<UInt8>) -> Int) {
        core.value.drain(body)
    }

    /// Whether no more octets will be written once those that are to leave have left: then the connection's sending side
    /// is to be ended.
    package var isOutputEnded: Bool { core.value.isOutputEnded }

    /// Whether the handlers have closed the channel. What is to leave may still leave.
    package var isClosed: Bool { !core.value.isOpen }

    // MARK: - For NIO

    package var eventLoop: any EventLoop { core.eventLoop }
    package var pipeline: ChannelPipeline { core.value.pipeline }
    package var localAddress: SocketAddress? { nil }
    package var remoteAddress: SocketAddress? { core.value.peer }
    package var parent: (any Channel)? { nil }
    package var isWritable: Bool { core.value.isWritable }
    package var isActive: Bool { core.value.isActive }
    package var _channelCore: any ChannelCore { core.value }
    package var syncOptions: (any NIOSynchronousChannelOptions)? { OctetChannelOptions(core: core.value) }

    package func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        eventLoop.makeCompletedFuture { try OctetChannelOptions(core: core.value).setOption(option, value: value) }
    }

    package func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        eventLoop.makeCompletedFuture { try OctetChannelOptions(core: core.value).getOption(option) }
    }
}
