internal import CLinux
internal import Glibc

/// Waits for streams of clients and to servers, and has a service deal with them, all on one thread.
@safe struct StreamLoop<Service: StreamService & ~Copyable>: ~Copyable {
    /// How much is read at once. A shorter read means that nothing is left.
    private static var readSize: Int { 64 * 1024 }
    /// How often a stream is read, and a server asked, before the others have their turn.
    private static var readsOfTurn: Int { 4 }
    private static var acceptsOfTurn: Int { 64 }
    /// When a server that could not take a stream tries again, for want of descriptors or memory.
    private static var retry: Duration { .milliseconds(100) }

    private let ports: StreamPorts
    private let room: UnsafeMutableBufferPointer<UInt8>
    private var ready = [linnet_stream_event](repeating: linnet_stream_event(), count: Int(LINNET_STREAM_EVENTS))
    /// When servers that could not take a stream try again.
    private var nextAccept: Duration?
    private var isStopping = false
    private(set) var service: Service

    init(_ service: consuming Service, _ ports: StreamPorts) {
        self.service = service
        self.ports = ports
        unsafe room = .allocate(capacity: Self.readSize)
        unsafe room.initialize(repeating: 0)
    }

    /// One whose rounds the caller has it make, on a thread of the caller's.
    init(_ service: consuming Service) throws(SystemCallError) {
        let epoll = SharedDescriptor(adopting: try systemCall("epoll_create1") { linnet_epoll_open() })
        self.init(service, StreamPorts(epoll: epoll))
    }

    deinit {
        unsafe room.deallocate()
    }

    mutating func run(until isStopping: () -> Bool) {
        while turn(until: isStopping) {}
        ports.closeAll()
    }

    /// One round.
    ///
    /// - Parameter longest: how many milliseconds it may wait for something to happen; nil for as long as nothing is due.
    /// - Returns: whether another round is to follow.
    mutating func turn(waiting longest: Int32? = nil, until isStopping: () -> Bool) -> Bool {
        let count = unsafe linnet_stream_wait(
            ports.epoll.rawValue,
            &ready,
            Int32(LINNET_STREAM_EVENTS),
            longest ?? patience
        )
        precondition(count >= 0 || Errno.current == .interrupted, "epoll_wait: \(Errno.current)")
        ports.beginRound()
        if !self.isStopping, isStopping() {
            self.isStopping = true
            service.stop(ports)
        }
        service.begin(ports)
        serveQueue()
        for index in 0..<Int(max(count, 0)) { serve(ready[index]) }
        keepTime()
        service.end(ports)
        return !(self.isStopping && service.isFinished(ports))
    }

    /// How many milliseconds may be waited; -1 for without limit.
    private var patience: Int32 {
        guard ports.queue.isEmpty else { return 0 }
        var next = service.deadline
        if let nextAccept { next = min(next ?? nextAccept, nextAccept) }
        if let tick = ports.deadlines.next {
            let deadline = StreamPorts.tick * Int(tick)
            next = min(next ?? deadline, deadline)
        }
        return Duration.patience(until: next, now: ports.now)
    }

    private mutating func keepTime() {
        if let nextAccept, nextAccept <= ports.now {
            self.nextAccept = nil
            ports.slots.forEach { stream, slot in
                if case .server = slot.state.kind { ports.enqueue(stream) }
            }
        }
        let current = ports.deadlines.current
        guard current > ports.deadlines.now else { return }
        // By then one of them may have ended another, whose place is a new one's.
        let expired = ports.deadlines.advance(to: current).map { index in
            StreamID(index: index, generation: ports.slots.place(index).state.generation)
        }
        for stream in expired where ports.slots.open(stream) != nil { service.expired(stream, ports) }
    }

    // MARK: - Serving

    /// Those that had more to do at the end of the last round.
    private mutating func serveQueue() {
        guard !ports.queue.isEmpty else { return }
        let queue = ports.queue
        ports.queue = []
        for stream in queue {
            guard let slot = ports.slots.open(stream) else { continue }
            slot.state.flags.remove(.isQueued)
            switch slot.state.kind {
            case .server(let number): accept(stream, number)
            case .inner: _ = service.received(Span(), hasEnded: false, on: stream, ports)
            case .stream: read(stream)
            case .free: break
            }
        }
    }

    private mutating func serve(_ event: linnet_stream_event) {
        let stream = StreamID(tag: event.tag)
        // Closed in this round; or the event that wakes the loop.
        guard let slot = ports.slots.open(stream) else { return }
        if case .server(let number) = slot.state.kind { return accept(stream, number) }
        if event.is_writable != 0 { write(stream) }
        guard event.is_readable != 0, ports.slots.open(stream) != nil else { return }
        slot.state.flags.insert(event.has_ended != 0 ? [.isReadable, .endWaits] : .isReadable)
        read(stream)
    }

    private mutating func accept(_ server: StreamID, _ number: Int) {
        for _ in 0..<Self.acceptsOfTurn {
            guard let slot = ports.slots.open(server) else { return }
            var peer = linnet_peer()
            let descriptor = unsafe linnet_stream_accept(slot.state.descriptor, &peer)
            guard descriptor >= 0 else {
                let reason = Errno.current
                if reason == .again { return }
                // That one is gone already; accept(2) has errors of the network for it, too.
                if reason.isOfAcceptedStream { continue }
                ports.noteAcceptFailure(reason)
                nextAccept = ports.now + Self.retry
                return
            }
            guard let stream = ports.adopt(descriptor) else { continue }
            let from = StreamPeer(address: PacketAddress(peer), port: peer.port)
            service.accept(stream, from: from, by: number, ports)
        }
        ports.enqueue(server)
    }

    private mutating func fail(_ stream: StreamID, _ reason: Errno) {
        let isClosing = ports.slots.open(stream)?.state.flags.contains(.isClosing) ?? true
        ports.close(stream)
        if !isClosing { service.failed(stream, reason, ports) }
    }

    // MARK: - Writing

    private mutating func write(_ stream: StreamID) {
        guard let slot = ports.slots.open(stream) else { return }
        if slot.state.flags.contains(.isConnecting) {
            let error = linnet_stream_error(slot.state.descriptor)
            guard error == 0 else { return fail(stream, Errno(rawValue: max(error, 1))) }
            slot.state.flags.remove(.isConnecting)
            service.connected(stream, ports)
        }
        guard ports.slots.open(stream) != nil, slot.state.flags.contains(.isCongested) else { return }
        while slot.state.sent < slot.state.output.count {
            let count = unsafe slot.state.output.withUnsafeBytes { octets in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: octets[slot.state.sent...])
                return unsafe send(slot.state.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                let reason = Errno.current
                if reason == .interrupted { continue }
                if reason != .again { ports.fail(stream, reason) }
                return
            }
            slot.state.sent += count
        }
        slot.state.output = []
        slot.state.sent = 0
        slot.state.flags.remove(.isCongested)
        if slot.state.flags.contains(.isClosing) { return ports.close(stream) }
        if slot.state.flags.contains(.isFinishing) {
            _ = shutdown(slot.state.descriptor, Int32(SHUT_WR))
        }
        service.drained(stream, ports)
    }

    // MARK: - Reading

    /// Gives the service what waits, one turn long.
    ///
    /// A peer that takes nothing any more may have said why: of what broke while it was sent to, what came before is read
    /// before that is told.
    private mutating func read(_ stream: StreamID) {
        var turns = Self.readsOfTurn
        while let slot = ports.slots.open(stream) {
            guard slot.state.flags.isDisjoint(with: [.isPaused, .isConnecting]) else {
                if let failure = slot.state.failure { fail(stream, failure) }
                return
            }
            if slot.state.flags.contains(.isResumed) {
                slot.state.flags.remove(.isResumed)
                offer(stream, slot, 0)
                continue
            }
            guard slot.state.flags.contains(.isReadable) || slot.state.failure != nil else { return }
            guard turns > 0 else { return ports.enqueue(stream) }
            turns -= 1
            let count = unsafe recv(slot.state.descriptor, room.baseAddress, room.count, 0)
            if count > 0 {
                // Less than there was room for is all there was, unless the end waits behind it.
                if count < Self.readSize, !slot.state.flags.contains(.endWaits) {
                    slot.state.flags.remove(.isReadable)
                }
                offer(stream, slot, count)
                continue
            }
            let reason = Errno.current
            if count < 0, reason == .interrupted { continue }
            if let failure = slot.state.failure { return fail(stream, failure) }
            if count == 0 {
                slot.state.flags.remove(.isReadable)
                slot.state.flags.insert(.hasEnded)
                offer(stream, slot, 0)
            } else {
                guard reason == .again else { return fail(stream, reason) }
                slot.state.flags.remove(.isReadable)
            }
        }
    }

    /// - Parameter count: how much of the room is new.
    private mutating func offer(_ stream: StreamID, _ slot: StreamPlace, _ count: Int) {
        let hasEnded = slot.state.flags.contains(.hasEnded)
        let new = unsafe UnsafeBufferPointer(rebasing: room[..<count])
        if slot.state.input.isEmpty {
            let taken = unsafe service.received(new.span, hasEnded: hasEnded, on: stream, ports)
            if taken < count, ports.slots.open(stream) != nil {
                unsafe slot.state.input.append(contentsOf: UnsafeBufferPointer(rebasing: new[taken...]))
            }
        } else {
            // The service may close the stream, and with it the octets.
            unsafe slot.state.input.append(contentsOf: new)
            var input: [UInt8] = []
            swap(&input, &slot.state.input)
            let taken = service.received(input.span, hasEnded: hasEnded, on: stream, ports)
            if taken < input.count, ports.slots.open(stream) != nil {
                if taken > 0 { input.removeFirst(taken) }
                swap(&input, &slot.state.input)
            }
        }
    }
}
