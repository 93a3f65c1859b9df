internal import CLinux

extension LoopThread {
    /// Starts a thread that serves streams.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes of it are the thread's name.
    ///   - namespace: where its connections begin, if not where the caller is.
    ///   - service: makes what the thread serves, on the thread.
    package static func start<Service: StreamService & SendableMetatype & ~Copyable>(
        name: String,
        in namespace: NetworkNamespace? = nil,
        serving service: @escaping @Sendable () -> Service
    ) throws(SystemCallError) -> LoopThread {
        try start(name: name, in: namespace) { epoll, event throws(SystemCallError) in
            // A number that no stream has.
            _ = try systemCall("epoll_ctl") {
                linnet_stream_watch(epoll.rawValue, event.rawValue, StreamID.none.tag)
            }
        } running: { epoll, isStopping in
            var loop = StreamLoop(service(), StreamPorts(epoll: epoll))
            loop.run(until: isStopping)
        }
    }
}
