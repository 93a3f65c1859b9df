internal import CLinux
internal import Glibc

/// Waits for packets on many sockets and has a service answer them, all on one thread.
struct PacketLoop<Service: PacketService>: ~Copyable {
    private let ports: PacketPorts
    private let batch = PacketBatch()
    /// Room for the reply to a packet of a stream, and for what is received by streams and exchanges.
    private let room = PacketRoom()
    private let limits: PacketLimits
    private var nextInspection = Duration.zero
    /// When servers that could not take a stream try again.
    private var nextAccept: Duration?
    /// When the loop ends at the latest, once it is to.
    private var end: Duration?
    /// Behind all others, so that these are where the compiler knows.
    private var service: Service

    init(_ service: Service, _ ports: PacketPorts, _ limits: PacketLimits) {
        self.service = service
        self.ports = ports
        self.limits = limits
    }

    /// Works until `isStopping` says so; then what has come already is answered.
    mutating func run(until isStopping: () -> Bool) {
        var ready = [Int32](repeating: 0, count: 64)
        while true {
            let count = unsafe linnet_epoll_wait(
                ports.epoll.rawValue,
                &ready,
                Int32(ready.count),
                ports.unfinished.isEmpty ? patience : 0
            )
            precondition(count >= 0 || Errno.current == .interrupted, "epoll_wait: \(Errno.current)")
            ports.readClock()
            if end == nil, isStopping() { beginEnd() }
            service.begin(ports)
            let unfinished = ports.unfinished
            ports.unfinished.removeAll(keepingCapacity: true)
            for number in ready.prefix(Int(max(count, 0))) where !unfinished.contains(number) {
                serve(number, isNew: true)
            }
            for number in unfinished { serve(number, isNew: false) }
            keepTime()
            service.end(ports)
            if let end, end <= ports.now || isFinished { break }
        }
        ports.closeAll()
    }

    /// How many milliseconds may be waited; -1 for without limit.
    private var patience: Int32 {
        var next = service.deadline
        if ports.streamCount > 0 { next = min(next ?? nextInspection, nextInspection) }
        if let nextAccept { next = min(next ?? nextAccept, nextAccept) }
        if let end { next = min(next ?? end, end) }
        return Duration.patience(until: next, now: ports.now)
    }

    // MARK: - Ending

    /// The kernel tells only so many events at once: all are looked at, and servers not again once nothing waits there.
    private mutating func beginEnd() {
        end = ports.now + limits.longestEnd
        for case (let number, .server) in ports.ports { ports.unfinished.insert(number) }
        for case (let number, .stream) in ports.ports { ports.unfinished.insert(number) }
    }

    /// Whether all that came before the end is answered, as far as it may be.
    private var isFinished: Bool {
        guard ports.unfinished.isEmpty, !service.owesReplies(ports) else { return false }
        for case .stream(let stream) in ports.ports.values where stream.hasBacklog || stream.unanswered > 0 {
            return false
        }
        return true
    }

    // MARK: - Time

    private mutating func keepTime() {
        if let deadline = service.deadline, deadline <= ports.now { service.expire(ports) }
        if let nextAccept, nextAccept <= ports.now {
            self.nextAccept = nil
            for case (let number, .server(let server)) in ports.ports where server.transport == .stream {
                ports.unfinished.insert(number)
            }
        }
        guard nextInspection <= ports.now, ports.streamCount > 0 else { return }
        nextInspection = ports.now + limits.inspection
        for case .stream(let stream) in ports.ports.values where limits.areOver(for: stream, ports.now) {
            ports.close(stream)
        }
    }

    // MARK: - Servers

    /// - Parameter isNew: whether the kernel told it in this round.
    private mutating func serve(_ number: Int32, isNew: Bool) {
        switch ports.ports[number] {
        case .server where isNew && end != nil: break
        case .server(let server):
            switch server.transport {
            case .datagram: serveDatagrams(server)
            case .stream: accept(server)
            }
        case .stream(let stream): serve(stream)
        case .exchange(let exchange): serve(exchange)
        // The event that wakes the loop: each signal is told anew, without reading it.
        case nil: break
        }
    }

    private mutating func serveDatagrams(_ server: PacketServer) {
        for _ in 0..<limits.batchesOfTurn {
            // An error of one packet that was sent before, such as an unreachable host, is none of the socket.
            guard let count = try? batch.serve(server, by: &service, ports) else { continue }
            if count < PacketBatch.size { return }
        }
        goOn(server)
    }

    private mutating func accept(_ server: PacketServer) {
        for _ in 0..<limits.acceptsOfTurn {
            var peer = linnet_peer()
            let number = unsafe linnet_stream_accept(server.descriptor.rawValue, &peer)
            guard number >= 0 else {
                let reason = Errno.current
                if reason == .again { return }
                // That one is gone already; accept(2) has errors of the network for it, too.
                if reason.isOfAcceptedStream { continue }
                nextAccept = ports.now + limits.retry
                return
            }
            let descriptor = SharedDescriptor(adopting: number)
            let address = PacketAddress(peer)
            guard ports.makeRoom(for: address) else { continue }
            let stream = PacketStream(
                descriptor,
                number: ports.nextNumber(),
                address,
                port: peer.port,
                now: ports.now
            )
            ports.add(stream)
        }
        goOn(server)
    }

    /// A server that has not come to its end has another turn, unless the service gave it up meanwhile.
    private func goOn(_ server: PacketServer) {
        let number = server.descriptor.rawValue
        if case .server(let current) = ports.ports[number], current === server { ports.unfinished.insert(number) }
    }

    // MARK: - Streams

    private mutating func serve(_ stream: PacketStream) {
        do throws(SystemCallError) {
            try stream.flush(now: ports.now)
            let isEmpty = try takePackets(of: stream)
            try stream.flush(now: ports.now)
            guard stream.isOpen else { return }
            if isEmpty {
                if stream.isDone { ports.close(stream) }
            } else if !stream.isFull {
                // Its turn is over; or it was full, but the kernel has taken all, so that it will say nothing.
                ports.unfinished.insert(stream.descriptor.rawValue)
            }
        } catch {
            ports.close(stream)
        }
    }

    /// Answers what waits, one turn long. Returns whether nothing waits any more.
    private mutating func takePackets(of stream: PacketStream) throws(SystemCallError) -> Bool {
        var taken = 0
        while stream.isOpen, !stream.isFull, taken < limits.packetsOfTurn {
            if let packet = stream.next(now: ports.now) {
                answer(packet.span, of: stream)
                taken += 1
            } else if try !stream.read(by: room) {
                return true
            }
        }
        return false
    }

    private mutating func answer(_ packet: Span<UInt8>, of stream: PacketStream) {
        let origin = PacketOrigin(
            transport: .stream,
            address: stream.address,
            port: stream.port,
            scope: 0,
            descriptor: stream.descriptor.rawValue,
            number: stream.number
        )
        var answer = PacketAnswer.done
        // The service may reply before it says that it will do so later.
        stream.unanswered += 1
        let length = room.fill { reply in
            answer = service.answer(packet, from: origin, into: &reply, ports)
        }
        guard case .done = answer else { return }
        stream.unanswered -= 1
        if length > 0 { room.withPacket(length: length) { stream.append($0) } }
    }

    // MARK: - Exchanges

    private mutating func serve(_ exchange: OpenExchange) {
        do throws(SystemCallError) {
            switch exchange.transport {
            case .datagram: try receiveDatagrams(of: exchange)
            case .stream: try receivePackets(of: exchange)
            }
        } catch {
            // Unless the service ended it meanwhile.
            guard exchange.stream.isOpen else { return }
            ports.close(exchange)
            service.fail(exchange.id, error.errno, ports)
        }
    }

    private mutating func receiveDatagrams(of exchange: OpenExchange) throws(SystemCallError) {
        for _ in 0..<limits.packetsOfTurn {
            guard exchange.stream.isOpen, let count = try room.receive(from: exchange.id.descriptor) else { return }
            room.withPacket(length: count) { service.receive($0, on: exchange.id, ports) }
        }
        goOn(exchange)
    }

    private mutating func receivePackets(of exchange: OpenExchange) throws(SystemCallError) {
        let stream = exchange.stream
        try stream.flush(now: ports.now)
        var taken = 0
        while stream.isOpen, taken < limits.packetsOfTurn {
            if let packet = stream.next(now: ports.now) {
                service.receive(packet.span, on: exchange.id, ports)
                taken += 1
            } else if try !stream.read(by: room) {
                guard stream.hasEnded else { return }
                throw SystemCallError(call: "read", subject: "", errno: .connectionReset)
            }
        }
        goOn(exchange)
    }

    private func goOn(_ exchange: OpenExchange) {
        if exchange.stream.isOpen { ports.unfinished.insert(exchange.id.descriptor) }
    }
}
