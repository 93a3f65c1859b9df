import LinuxSystem
internal import NIOCore
internal import NIOPosix

/// The thread that the sockets of any number of listeners are served on.
package struct ServingThread: Sendable {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// - Parameter name: at most 15 bytes of it count. a crash of it is known for whose it is.
    package init(named name: String) {
        group.any().execute { CurrentThread.take(name: name) }
    }

    /// Ends it, once nothing is served any more.
    package func shutDown() async { try? await group.shutdownGracefully() }
}
