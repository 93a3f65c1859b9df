internal import CLinux
internal import Glibc

/// The sockets of a packet loop. Used on its thread alone.
package final class PacketPorts {
    enum Port {
        case server(PacketServer)
        case stream(PacketStream)
        case exchange(OpenExchange)
    }

    let epoll: SharedDescriptor
    private let limits: PacketLimits
    /// By descriptor. Each keeps its descriptor open, so that the kernel gives its number to no other meanwhile.
    private(set) var ports: [Int32: Port] = [:]
    /// Those that may have more to do although the kernel will not say so again.
    var unfinished: Set<Int32> = []
    private var streams: [PacketAddress: Int] = [:]
    /// How many streams of clients, and how many exchanges, are open.
    package private(set) var streamCount = 0
    package private(set) var exchangeCount = 0
    private var lastNumber: UInt64 = 0
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// The time since the loop began, as it was when this round did.
    package private(set) var now = Duration.zero

    /// The time since this round began, by a look at the clock.
    package var elapsed: Duration { start.duration(to: clock.now) - now }

    /// `now`, as other threads have it too.
    package var instant: ContinuousClock.Instant { start.advanced(by: now) }

    init(epoll: SharedDescriptor, _ limits: PacketLimits) {
        self.epoll = epoll
        self.limits = limits
        start = clock.now
    }

    func readClock() {
        now = start.duration(to: clock.now)
    }

    // MARK: - Servers

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

    /// Makes a socket that an earlier process opened by `openServer` one of this process.
    ///
    /// - Parameter address: 4 or 16 octets.
    /// - Throws: EINVAL if it is no socket of this kind, address and port; ENOTSOCK if it is none at all.
    package static func adoptServer(
        _ descriptor: SharedDescriptor,
        _ transport: PacketTransport,
        _ address: [UInt8],
        port: UInt16
    ) throws(SystemCallError) {
        let family = address.count == 4 ? AF_INET : AF_INET6
        _ = try systemCall("getsockname") {
            unsafe linnet_server_socket_adopt(
                descriptor.rawValue,
                family,
                transport == .stream ? 1 : 0,
                address,
                port
            )
        }
    }

    /// Begins to serve what comes in by a socket of `openServer`, and what came before.
    package func serve(_ descriptor: SharedDescriptor, _ transport: PacketTransport) {
        let number = descriptor.rawValue
        guard ports[number] == nil else { return }
        ports[number] = .server(PacketServer(descriptor, transport, number: nextNumber()))
        // The kernel tells what waits already. If it cannot watch even a server, there is no memory left.
        do throws(SystemCallError) {
            try watch(descriptor, isStream: false)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Serves a socket no longer. Streams that it brought go on; datagrams that are still to be answered will not be.
    package func stopServing(_ descriptor: SharedDescriptor) {
        let number = descriptor.rawValue
        guard case .server = ports[number] else { return }
        // Others may hold the descriptor, so that closing it here is not enough.
        _ = linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_REMOVE), number, 0)
        remove(number)
    }

    /// Sends the reply to a packet that was to be answered later: once for each, and an empty one if there is no reply after
    /// all, because a stream takes only so many packets before the first of them is answered. If its socket is gone, nothing
    /// happens.
    package func reply(_ packet: Span<UInt8>, to origin: PacketOrigin) {
        switch ports[origin.descriptor] {
        case .server(let server) where server.number == origin.number && packet.count > 0:
            let peer = origin.address.peer(port: origin.port, scope: origin.scope)
            _ = unsafe packet.withUnsafeBufferPointer { bytes in
                unsafe linnet_datagram_send(origin.descriptor, peer, bytes.baseAddress, bytes.count)
            }
        case .stream(let stream) where stream.number == origin.number && stream.unanswered > 0:
            reply(packet, on: stream)
        default: break
        }
    }

    // MARK: - Streams

    /// Whether an address may have one more stream. If there are as many as may be, the one that has done nothing for the
    /// longest time is closed for it: its client can open another one (RFC 7766 section 6.2.3). An address that has its
    /// share makes room itself: it may be that of a host with many programs, of which one keeps its streams.
    func makeRoom(for address: PacketAddress) -> Bool {
        let hasItsShare = streams[address, default: 0] >= limits.mostStreamsOfAddress
        guard hasItsShare || streamCount >= limits.mostStreams else { return true }
        guard let idle = longestIdle(of: hasItsShare ? address : nil) else { return false }
        close(idle)
        return true
    }

    /// The stream without progress for the longest time, of those that wait for nothing but their client's next packet;
    /// of all addresses, or of one.
    private func longestIdle(of address: PacketAddress?) -> PacketStream? {
        var longest: PacketStream?
        for case .stream(let stream) in ports.values
        where stream.isIdle && !unfinished.contains(stream.descriptor.rawValue)
            && address ?? stream.address == stream.address
        {
            if stream.lastProgress < longest?.lastProgress ?? .seconds(Int64.max) { longest = stream }
        }
        return longest
    }

    func add(_ stream: PacketStream) {
        // Without memory to watch it, it is closed again.
        do throws(SystemCallError) { try watch(stream.descriptor, isStream: true) } catch { return }
        streams[stream.address, default: 0] += 1
        streamCount += 1
        ports[stream.descriptor.rawValue] = .stream(stream)
        // The kernel tells it too, but a loop that is to end does not wait for that.
        unfinished.insert(stream.descriptor.rawValue)
    }

    /// Its descriptor is closed when the last who works with it lets go of it.
    func close(_ stream: PacketStream) {
        guard stream.isOpen else { return }
        stream.isOpen = false
        remove(stream.descriptor.rawValue)
        streamCount -= 1
        let others = streams[stream.address, default: 1] - 1
        streams[stream.address] = others == 0 ? nil : others
    }

    private func reply(_ packet: Span<UInt8>, on stream: PacketStream) {
        // Packets of a stream that is full wait for this; and one that has ended is done with its last reply.
        if stream.isFull || stream.hasEnded { unfinished.insert(stream.descriptor.rawValue) }
        stream.unanswered -= 1
        if packet.count > 0 { stream.append(packet) }
        do throws(SystemCallError) { try stream.flush(now: now) } catch { close(stream) }
    }

    // MARK: - All

    func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    func add(_ exchange: OpenExchange) throws(SystemCallError) {
        try watch(exchange.stream.descriptor, isStream: exchange.transport == .stream)
        ports[exchange.id.descriptor] = .exchange(exchange)
        exchangeCount += 1
    }

    func close(_ exchange: OpenExchange) {
        guard exchange.stream.isOpen else { return }
        exchange.stream.isOpen = false
        remove(exchange.id.descriptor)
        exchangeCount -= 1
    }

    func closeAll() {
        ports = [:]
        unfinished = []
    }

    private func watch(_ descriptor: SharedDescriptor, isStream: Bool) throws(SystemCallError) {
        _ = try systemCall("epoll_ctl") {
            linnet_epoll_control(epoll.rawValue, Int32(LINNET_EPOLL_ADD), descriptor.rawValue, isStream ? 1 : 0)
        }
    }

    private func remove(_ number: Int32) {
        ports[number] = nil
        unfinished.remove(number)
    }
}

/// A socket that is served.
final class PacketServer {
    let descriptor: SharedDescriptor
    let transport: PacketTransport
    let number: UInt64

    init(_ descriptor: SharedDescriptor, _ transport: PacketTransport, number: UInt64) {
        self.descriptor = descriptor
        self.transport = transport
        self.number = number
    }
}
