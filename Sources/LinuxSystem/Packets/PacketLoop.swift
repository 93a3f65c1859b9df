internal import CLinux
internal import Glibc

/// Waits for packets on many sockets and has a service answer them, all on one thread.
struct PacketLoop<Service: PacketService>: ~Copyable {
    /// How many batches of one socket are served before the others have their turn.
    private let mostBatches = 8
    /// How much a stream may have to send before its packets wait, in octets, and how many may be unanswered.
    private let longestBacklog = 128 * 1024
    private let mostUnanswered = 64
    /// How long a stream may be silent before its first packet, and later.
    private let firstPatience = Duration.seconds(3)
    private let patience = Duration.seconds(10)
    /// How often streams are looked at.
    private let inspection = Duration.seconds(1)
    /// When a server that could not take a stream tries again, for want of descriptors or memory.
    private let retry = Duration.milliseconds(100)

    private var service: Service
    private let ports: PacketPorts
    private let batch = PacketBatch()
    /// Room for the reply to a packet of a stream, and for a packet of an exchange.
    private let room = PacketRoom()
    private var nextInspection = Duration.zero
    private var nextAccept: Duration?

    init(_ service: Service, _ ports: PacketPorts) {
        self.service = service
        self.ports = ports
    }

    /// Works until `isStopping` says so; then what has come already is answered.
    mutating func run(until isStopping: () -> Bool) {
        var ready = [Int32](repeating: 0, count: 64)
        while true {
            let count = unsafe linnet_epoll_wait(
                ports.epoll.rawValue,
                &ready,
                Int32(ready.count),
                ports.unfinished.isEmpty ? milliseconds : 0
            )
            precondition(count >= 0 || Errno.current == .interrupted, "epoll_wait: \(Errno.current)")
            ports.readClock()
            let isLast = isStopping()
            service.begin(ports)
            let unfinished = ports.unfinished
            ports.unfinished.removeAll(keepingCapacity: true)
            for number in ready.prefix(Int(max(count, 0))) where !unfinished.contains(number) { serve(number) }
            for number in unfinished { serve(number) }
            keepTime()
            if isLast, ports.unfinished.isEmpty { return }
        }
    }

    /// How long may be waited; -1 for without limit.
    private var milliseconds: Int32 {
        var next = service.deadline
        if ports.streamCount > 0 { next = min(next ?? nextInspection, nextInspection) }
        if let nextAccept { next = min(next ?? nextAccept, nextAccept) }
        guard let next else { return -1 }
        let rest = (next - ports.now).components
        guard rest.seconds >= 0, rest.attoseconds >= 0 else { return 0 }
        return Int32(clamping: min(rest.seconds, 3600) * 1000 + rest.attoseconds / 1_000_000_000_000_000 + 1)
    }

    private mutating func keepTime() {
        if let deadline = service.deadline, deadline <= ports.now { service.expire(ports) }
        if let nextAccept, nextAccept <= ports.now {
            self.nextAccept = nil
            for (number, port) in ports.ports {
                if case .streamServer = port { ports.unfinished.insert(number) }
            }
        }
        guard nextInspection <= ports.now else { return }
        nextInspection = ports.now + inspection
        for case .stream(let stream) in ports.ports.values {
            let silence = ports.now - stream.lastActive
            if silence >= (stream.hasBegun ? patience : firstPatience) { ports.close(stream) }
        }
    }

    private mutating func serve(_ number: Int32) {
        if number == ports.event.rawValue {
            _ = linnet_event_clear(number)
            return
        }
        switch ports.ports[number] {
        case .datagramServer: serveDatagrams(number)
        case .streamServer: accept(number)
        case .stream(let stream): serve(stream)
        case .exchange(let exchange): serve(exchange)
        case nil: break
        }
    }

    private mutating func serveDatagrams(_ number: Int32) {
        for _ in 0..<mostBatches {
            // An error of one packet that was sent before, such as an unreachable host, is none of the socket.
            let count = try? batch.serve(number) { packet, origin, reply in
                _ = service.answer(packet, from: origin, into: &reply, ports)
            }
            guard let count else { continue }
            if count < PacketBatch.size { return }
        }
        ports.unfinished.insert(number)
    }

    private mutating func accept(_ server: Int32) {
        while true {
            var peer = linnet_peer()
            let number = unsafe linnet_stream_accept(server, &peer)
            guard number >= 0 else {
                switch Errno.current {
                case .again: return
                case .tooManyOpenFiles, .noBufferSpace, .noMemory:
                    nextAccept = ports.now + retry
                    return
                // That one is gone already.
                default: continue
                }
            }
            let descriptor = SharedDescriptor(adopting: number)
            let address = PacketAddress(peer)
            guard ports.mayOpenStream(address) else { continue }
            ports.add(PacketStream(descriptor, number: ports.nextNumber(), address, port: peer.port, now: ports.now))
        }
    }

    private mutating func serve(_ stream: PacketStream) {
        do throws(SystemCallError) {
            try stream.flush()
            var mayHaveMore = true
            while stream.backlog <= longestBacklog, stream.unanswered < mostUnanswered {
                if answerNext(of: stream) { continue }
                guard mayHaveMore else { break }
                mayHaveMore = try stream.read()
                if mayHaveMore { stream.lastActive = ports.now }
            }
            try stream.flush()
            if stream.hasEnded, stream.unanswered == 0, stream.backlog == 0 { ports.close(stream) }
        } catch {
            ports.close(stream)
        }
    }

    /// Returns false if no whole packet waits.
    private mutating func answerNext(of stream: PacketStream) -> Bool {
        let origin = PacketOrigin(
            transport: .stream,
            address: stream.address,
            port: stream.port,
            descriptor: stream.descriptor.rawValue,
            stream: stream.number
        )
        let answered = stream.next { packet in
            var answer = PacketAnswer.done
            let length = room.fill { reply in
                answer = service.answer(packet, from: origin, into: &reply, ports)
            }
            return (answer, length)
        }
        guard let (answer, length) = answered else { return false }
        switch answer {
        case .later: stream.unanswered += 1
        case .done: if length > 0 { room.read(length: length) { stream.append($0) } }
        }
        return true
    }

    private mutating func serve(_ exchange: OpenExchange) {
        do throws(SystemCallError) {
            switch exchange.transport {
            case .datagram: try receive(exchange)
            case .stream:
                try exchange.stream.flush()
                while try exchange.stream.read() {}
                while exchange.stream.next({ service.receive($0, on: exchange.id, ports) }) != nil {}
                if exchange.stream.hasEnded {
                    throw SystemCallError(call: "read", subject: "", errno: .connectionReset)
                }
            }
        } catch {
            // Unless the service ended it meanwhile.
            guard case .exchange(let open) = ports.ports[exchange.id.descriptor], open.id == exchange.id else { return }
            ports.end(exchange.id)
            service.fail(exchange.id, error.errno, ports)
        }
    }

    private mutating func receive(_ exchange: OpenExchange) throws(SystemCallError) {
        let number = exchange.id.descriptor
        while case .exchange(let open) = ports.ports[number], open.id == exchange.id {
            guard let count = try room.receive(from: number) else { return }
            room.read(length: count) { service.receive($0, on: exchange.id, ports) }
        }
    }
}
