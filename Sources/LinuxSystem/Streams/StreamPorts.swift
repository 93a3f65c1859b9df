internal import CLinux
internal import Glibc

/// The streams of a loop. Used on its thread alone.
package final class StreamPorts {
    /// Deadlines are kept to a tenth of a second.
    static let tick = Duration.milliseconds(100)

    let epoll: SharedDescriptor
    let slots = StreamSlots()
    var deadlines = DeadlineWheel()
    /// Those that are to be served in the next round although the kernel will not say so.
    var queue: [StreamID] = []
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    /// The same moment by the time since boot, which the clock counts as well.
    private let startSinceBoot: Duration

    /// The time since the loop began, as it was when this round did.
    package private(set) var now = Duration.zero

    /// The same in milliseconds.
    package private(set) var milliseconds: Int64 = 0

    /// The same as the time since boot, which all loops have in common.
    package var sinceBoot: Duration { startSinceBoot + now }

    /// The time since the loop began, by a look at the clock.
    package var elapsed: Duration { start.duration(to: clock.now) }

    /// How many streams are open.
    package private(set) var streamCount = 0

    /// Those that were closed in this round, by whomever, and that nobody asked about yet.
    private var closed: [StreamID] = []

    /// Why clients could not be taken in this round: for want of descriptors or memory.
    package private(set) var acceptFailure: Errno?

    init(epoll: SharedDescriptor) {
        self.epoll = epoll
        start = clock.now
        startSinceBoot = SystemTime.sinceBoot()
    }

    /// A round begins.
    func beginRound() {
        closed.removeAll(keepingCapacity: true)
        acceptFailure = nil
        readClock()
    }

    private func readClock() {
        now = start.duration(to: clock.now)
        milliseconds = now.milliseconds
        deadlines.current = UInt32(clamping: milliseconds / 100)
    }

    // MARK: - Servers

    /// Begins to take the clients of a socket of `PacketPorts.openServer`. The socket stays the caller's, too.
    ///
    /// - Parameter number: what the service is told with each client.
    package func serve(_ descriptor: SharedDescriptor, as number: Int) throws(SystemCallError) -> StreamID {
        _ = try systemCall("setsockopt") { linnet_stream_keep_alive(descriptor.rawValue) }
        let copy = try systemCall("dup") { fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, 3) }
        let stream = slots.take(.server(number), copy)
        try watch(stream, copy)
        enqueue(stream)
        return stream
    }

    /// Takes no more clients of a server. Those that wait in its socket stay there.
    package func stopServing(_ server: StreamID) {
        guard let slot = slots.open(server) else { return }
        // Others may hold the socket, so that closing this descriptor does not end the watch.
        _ = linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_REMOVE), slot.state.descriptor, 0)
        Glibc.close(slot.state.descriptor)
        slots.free(server.index)
    }

    func adopt(_ descriptor: Int32) -> StreamID? {
        let stream = slots.take(.stream, descriptor)
        streamCount += 1
        do throws(SystemCallError) {
            try watch(stream, descriptor)
            return stream
        } catch {
            close(stream)
            return nil
        }
    }

    // MARK: - Streams

    /// Begins to connect to a server. What is sent meanwhile leaves when the connection came about.
    ///
    /// - Throws: what is known at once, such as that there is no way there.
    package func connect(to server: StreamPeer) throws(SystemCallError) -> StreamID {
        let peer = server.address.peer(port: server.port, scope: 0)
        let descriptor = try systemCall("connect") { linnet_client_socket(1, peer) }
        _ = linnet_stream_keep_alive(descriptor)
        guard let stream = adopt(descriptor), let slot = slots.open(stream) else {
            throw SystemCallError(call: "epoll_ctl", subject: "", errno: .noMemory)
        }
        slot.state.flags.insert(.isConnecting)
        return stream
    }

    /// A stream without a socket, for what the service carries within another one. It has deadlines, and when it is
    /// resumed the service is given nothing: it has what there is itself.
    package func makeInner() -> StreamID { slots.take(.inner) }

    /// Sends octets, or keeps them until they can be.
    package func send(_ octets: Span<UInt8>, on stream: StreamID) {
        guard octets.count > 0, let slot = slots.open(stream), slot.state.failure == nil else { return }
        var sent = 0
        if !slot.state.flags.contains(.isConnecting), slot.state.output.isEmpty {
            let count = unsafe octets.withUnsafeBufferPointer { octets in
                unsafe Glibc.send(slot.state.descriptor, octets.baseAddress, octets.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                let reason = Errno.current
                guard reason == .again || reason == .interrupted else { return fail(stream, reason) }
            } else {
                sent = count
            }
        }
        if sent < octets.count {
            slot.state.flags.insert(.isCongested)
            unsafe octets.withUnsafeBufferPointer { octets in
                unsafe slot.state.output.append(contentsOf: UnsafeBufferPointer(rebasing: octets[sent...]))
            }
        }
    }

    /// How many octets the peer has yet to take: those that wait to be sent, and those that were sent and are not
    /// acknowledged. The kernel has room again only when much of what it keeps is, megabytes of it: until then the number
    /// says whether a slow peer takes anything.
    package func backlog(of stream: StreamID) -> Int {
        guard let slot = slots.open(stream) else { return 0 }
        let kept = Int(linnet_stream_unacknowledged(slot.state.descriptor))
        return slot.state.output.count - slot.state.sent + kept
    }

    /// Whether the peer of a stream that is closed when all is sent has taken some of what is left since the last question,
    /// or since nothing was added any more.
    package func isTakingRest(_ stream: StreamID) -> Bool {
        guard let slot = slots.open(stream), slot.state.flags.contains(.isClosing) else { return false }
        let rest = backlog(of: stream)
        defer { slot.state.rest = rest }
        return rest < slot.state.rest
    }

    /// Whether octets wait to be sent: `drained` follows.
    package func isCongested(_ stream: StreamID) -> Bool {
        guard let slot = slots.open(stream) else { return false }
        return slot.state.flags.contains(.isCongested)
    }

    /// Whether octets are on their way to the peer, and it has taken some within so long.
    package func isMoving(_ stream: StreamID, within delay: StreamDelay) -> Bool {
        guard let slot = slots.open(stream) else { return false }
        return linnet_stream_is_moving(slot.state.descriptor, UInt32(clamping: delay.milliseconds)) != 0
    }

    /// Reads nothing more of a stream until it is resumed.
    package func pause(_ stream: StreamID) {
        guard let slot = slots.open(stream) else { return }
        slot.state.flags.insert(.isPaused)
    }

    /// Whether a stream is to be resumed before anything more of it is read.
    package func isPaused(_ stream: StreamID) -> Bool {
        guard let slot = slots.open(stream) else { return false }
        return slot.state.flags.contains(.isPaused)
    }

    /// Goes on with a stream, beginning with what was not taken of it.
    package func resume(_ stream: StreamID) {
        guard let slot = slots.open(stream), slot.state.flags.contains(.isPaused) else { return }
        slot.state.flags.remove(.isPaused)
        slot.state.flags.insert(.isResumed)
        enqueue(stream)
    }

    /// Ends the own side of a stream when all is sent.
    package func finish(_ stream: StreamID) {
        guard let slot = slots.open(stream) else { return }
        slot.state.flags.insert(.isFinishing)
        guard slot.state.output.isEmpty, !slot.state.flags.contains(.isConnecting) else { return }
        _ = shutdown(slot.state.descriptor, Int32(SHUT_WR))
    }

    /// Closes a stream when all is sent. The service hears nothing more of it but that a deadline is over.
    package func closeWhenSent(_ stream: StreamID) {
        guard let slot = slots.open(stream) else { return }
        guard slot.state.flags.contains(.isCongested), slot.state.failure == nil else { return close(stream) }
        slot.state.flags.insert([.isClosing, .isPaused])
        slot.state.rest = backlog(of: stream)
    }

    /// Closes a stream. What waits to be sent is lost.
    package func close(_ stream: StreamID) {
        guard let slot = slots.open(stream) else { return }
        switch slot.state.kind {
        case .stream:
            Glibc.close(slot.state.descriptor)
            streamCount -= 1
            closed.append(stream)
        case .inner: break
        case .server, .free: return
        }
        deadlines.clear(stream.index)
        slots.free(stream.index)
    }

    /// Closes a stream so that the peer sees that it was cut.
    package func reset(_ stream: StreamID) {
        guard let slot = slots.open(stream) else { return }
        _ = linnet_stream_set_reset(slot.state.descriptor)
        close(stream)
    }

    /// Has the service told after so long, instead of an earlier time; nil for never.
    package func setDeadline(_ stream: StreamID, after delay: StreamDelay?) {
        guard slots.open(stream) != nil else { return }
        guard let delay else { return deadlines.clear(stream.index) }
        deadlines.set(stream.index, after: UInt32(clamping: max(0, delay.milliseconds) / 100 + 1))
    }

    /// Tells of those that were closed in this round since the last call, by whomever: the place of one may be another
    /// stream's by now.
    ///
    /// - Parameter body: closes nothing.
    package func takeClosed(_ body: (StreamID) -> Void) {
        for stream in closed { body(stream) }
        closed.removeAll(keepingCapacity: true)
    }

    // MARK: - For the loop

    /// A client could not be taken.
    func noteAcceptFailure(_ reason: Errno) { acceptFailure = reason }

    func enqueue(_ stream: StreamID) {
        guard let slot = slots.open(stream), !slot.state.flags.contains(.isQueued) else { return }
        slot.state.flags.insert(.isQueued)
        queue.append(stream)
    }

    /// Has it told in the next round: the caller may be the service itself.
    func fail(_ stream: StreamID, _ reason: Errno) {
        guard let slot = slots.open(stream), slot.state.failure == nil else { return }
        slot.state.failure = reason
        enqueue(stream)
    }

    func closeAll() {
        slots.forEach { stream, slot in
            if case .server = slot.state.kind { stopServing(stream) } else { close(stream) }
        }
    }

    private func watch(_ stream: StreamID, _ descriptor: Int32) throws(SystemCallError) {
        _ = try systemCall("epoll_ctl") { linnet_stream_watch(epoll.rawValue, descriptor, stream.tag) }
    }
}
