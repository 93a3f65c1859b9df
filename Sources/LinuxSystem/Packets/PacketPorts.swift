internal import CLinux
internal import Glibc

/// The sockets of a packet loop. Used on its thread alone.
package final class PacketPorts {
    enum Port {
        case datagramServer
        case streamServer
        case stream(PacketStream)
        case exchange(OpenExchange)
    }

    /// The most streams that are open at once, and those of one address.
    package static let mostStreams = 512
    package static let mostStreamsOfAddress = 64

    let epoll: SharedDescriptor
    let event: SharedDescriptor
    var ports: [Int32: Port] = [:]
    /// Those that may have more to read although the kernel will not say so again.
    var unfinished: Set<Int32> = []
    private(set) var streams: [PacketAddress: Int] = [:]
    private(set) var streamCount = 0
    private var servers: [Int32: SharedDescriptor] = [:]
    private var lastNumber: UInt64 = 0
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// The time since the loop began, as it was when this round did.
    package internal(set) var now = Duration.zero

    init(epoll: SharedDescriptor, event: SharedDescriptor) {
        self.epoll = epoll
        self.event = event
        start = clock.now
        _ = linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_ADD), event.rawValue, 0)
    }

    func readClock() {
        now = start.duration(to: clock.now)
    }

    /// Opens a socket that serves an address; several threads may serve the same.
    ///
    /// - Parameter address: 4 or 16 octets.
    /// - Throws: EADDRINUSE if a program that does not share has it.
    package static func openServer(
        _ transport: PacketTransport,
        _ address: [UInt8],
        port: UInt16
    ) throws(SystemCallError) -> SharedDescriptor {
        let family = address.count == 4 ? AF_INET : AF_INET6
        let descriptor = try systemCall("bind") {
            unsafe linnet_server_socket(family, transport == .stream ? 1 : 0, address, port)
        }
        return SharedDescriptor(adopting: descriptor)
    }

    /// Begins to serve what comes in by a socket of `openServer`.
    package func serve(_ descriptor: SharedDescriptor, _ transport: PacketTransport) {
        let number = descriptor.rawValue
        servers[number] = descriptor
        ports[number] = transport == .datagram ? .datagramServer : .streamServer
        _ = linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_ADD), number, 0)
        // What came before is not told.
        unfinished.insert(number)
    }

    /// Serves a socket no longer. Streams that it brought go on.
    package func stopServing(_ descriptor: SharedDescriptor) {
        let number = descriptor.rawValue
        guard servers.removeValue(forKey: number) != nil else { return }
        _ = linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_REMOVE), number, 0)
        ports[number] = nil
        unfinished.remove(number)
    }

    /// Sends the reply to a packet that was to be answered later. If its stream is gone, nothing happens.
    package func reply(_ packet: Span<UInt8>, to origin: PacketOrigin) {
        switch origin.transport {
        case .datagram:
            guard servers[origin.descriptor] != nil else { return }
            let peer = origin.address.peer(port: origin.port)
            _ = unsafe packet.withUnsafeBufferPointer { bytes in
                unsafe linnet_datagram_send(origin.descriptor, peer, bytes.baseAddress, bytes.count)
            }
        case .stream:
            guard case .stream(let stream) = ports[origin.descriptor], stream.number == origin.stream else { return }
            stream.unanswered -= 1
            if packet.count > 0 { stream.append(packet) }
            flush(stream)
            unfinished.insert(origin.descriptor)
        }
    }

    // MARK: - Exchanges

    /// Sends a packet from a port of its own, which the kernel chooses at random.
    package func begin(
        _ packet: [UInt8],
        with address: PacketAddress,
        port: UInt16,
        over transport: PacketTransport
    ) throws(SystemCallError) -> PacketExchange.ID {
        let number = try systemCall("connect") {
            linnet_client_socket(transport == .stream ? 1 : 0, address.peer(port: port))
        }
        let descriptor = SharedDescriptor(adopting: number)
        let id = PacketExchange.ID(descriptor: number, number: nextNumber())
        let exchange = OpenExchange(id: id, descriptor, transport, address, port: port, now: now)
        if transport == .datagram {
            _ = try systemCall("send") {
                unsafe packet.withUnsafeBytes { unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
        } else {
            exchange.stream.append(packet.span)
        }
        ports[number] = .exchange(exchange)
        _ = try systemCall("epoll_ctl") {
            linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_ADD), number, transport == .stream ? 1 : 0)
        }
        return id
    }

    /// Waits no longer for packets of an exchange.
    package func end(_ id: PacketExchange.ID) {
        guard case .exchange(let exchange) = ports[id.descriptor], exchange.id == id else { return }
        ports[id.descriptor] = nil
        unfinished.remove(id.descriptor)
    }

    // MARK: - Streams

    func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    func mayOpenStream(_ address: PacketAddress) -> Bool {
        streamCount < Self.mostStreams && streams[address, default: 0] < Self.mostStreamsOfAddress
    }

    func add(_ stream: PacketStream) {
        let number = stream.descriptor.rawValue
        streams[stream.address, default: 0] += 1
        streamCount += 1
        ports[number] = .stream(stream)
        _ = linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_ADD), number, 1)
        unfinished.insert(number)
    }

    func close(_ stream: PacketStream) {
        let number = stream.descriptor.rawValue
        guard ports.removeValue(forKey: number) != nil else { return }
        unfinished.remove(number)
        streamCount -= 1
        let others = streams[stream.address, default: 1] - 1
        streams[stream.address] = others == 0 ? nil : others
    }

    /// Sends what the stream has to send; closes it if it broke.
    func flush(_ stream: PacketStream) {
        do throws(SystemCallError) {
            try stream.flush()
            stream.lastActive = now
        } catch {
            close(stream)
        }
    }
}

/// An exchange that goes on.
final class OpenExchange {
    let id: PacketExchange.ID
    let transport: PacketTransport
    /// For datagrams only its descriptor counts.
    let stream: PacketStream

    init(
        id: PacketExchange.ID,
        _ descriptor: SharedDescriptor,
        _ transport: PacketTransport,
        _ address: PacketAddress,
        port: UInt16,
        now: Duration
    ) {
        self.id = id
        self.transport = transport
        stream = PacketStream(descriptor, number: id.number, address, port: port, now: now)
    }
}
