internal import CLinux

extension LoopThread {
    /// Starts a thread that serves packets. At its end what has come already is answered; what waits for the answers of
    /// others, and streams that take theirs slowly, have a second for it.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes of it are the thread's name.
    ///   - namespace: where its exchanges take place, if not where the caller is.
    ///   - limits: other than those that suit DNS.
    ///   - service: makes what the thread serves, on the thread.
    package static func start(
        name: String,
        in namespace: NetworkNamespace? = nil,
        limits: PacketLimits = PacketLimits(),
        serving service: @escaping @Sendable () -> some PacketService & SendableMetatype
    ) throws(SystemCallError) -> LoopThread {
        try start(name: name, in: namespace) { epoll, event throws(SystemCallError) in
            _ = try systemCall("epoll_ctl") {
                linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_ADD), event.rawValue, 0)
            }
        } running: { epoll, isStopping in
            var loop = PacketLoop(service(), PacketPorts(epoll: epoll, limits), limits)
            loop.run(until: isStopping)
        }
    }
}
