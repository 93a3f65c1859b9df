import Glibc
import LinuxSystem
import NetworkTypes
import Synchronization

/// A socket of a test that asks for packets. It waits 10 seconds for one that does not come, and then no more: a test that
/// has failed is to end.
final class PacketClient: Sendable {
    private let descriptor: SharedDescriptor
    private let hasWaited = Atomic(false)

    /// Connects to a server.
    ///
    /// - Parameters:
    ///   - ownAddress: chosen by the kernel if it is nil.
    ///   - scope: the link that the client's own address belongs to, if that is link-local.
    init(
        _ transport: PacketTransport,
        to address: String,
        port: UInt16 = 53,
        from ownAddress: String? = nil,
        scope: UInt32 = 0,
        in namespace: NetworkNamespace
    ) throws {
        let peer = try IPAddress(parsing: address)
        let own = try ownAddress.map { try IPAddress(parsing: $0) }
        descriptor = try namespace.run {
            let kind = Int32((transport == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue)
            let family = peer.family == .ipv4 ? AF_INET : AF_INET6
            let descriptor = SharedDescriptor(adopting: try systemCall("socket") { socket(family, kind, 0) })
            if let own {
                _ = try SocketAddress(own, 0, scope: scope).withPointer { pointer, length in
                    try systemCall("bind") { bind(descriptor.rawValue, pointer, length) }
                }
            }
            // A server of datagrams may have many for it.
            var size: Int32 = 4 << 20
            setsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVBUFFORCE, &size, 4)
            _ = try SocketAddress(peer, port).withPointer { pointer, length in
                try systemCall("connect") { connect(descriptor.rawValue, pointer, length) }
            }
            return descriptor
        }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Sends octets as they are: a datagram, or a piece of a stream. Answers whether all were taken.
    @discardableResult
    func send(_ octets: [UInt8]) -> Bool {
        Glibc.send(descriptor.rawValue, octets, octets.count, Int32(MSG_NOSIGNAL)) == octets.count
    }

    /// Sends packets, each behind its length, in one piece.
    @discardableResult
    func sendFrames(_ packets: [[UInt8]]) -> Bool {
        send(packets.flatMap { [UInt8($0.count >> 8), UInt8(truncatingIfNeeded: $0.count)] + $0 })
    }

    /// Receives a datagram, or what there is of a stream; nil if nothing comes, empty at the end of a stream.
    func receive(atMost size: Int = 65536) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: size)
        let flags = hasWaited.load(ordering: .relaxed) ? Int32(MSG_DONTWAIT) : 0
        let count = recv(descriptor.rawValue, &octets, size, flags)
        if count < 0 { hasWaited.store(true, ordering: .relaxed) }
        return count < 0 ? nil : Array(octets.prefix(count))
    }

    /// Whether there is something to be received, or the end of the stream.
    func hasReceived(within milliseconds: Int32 = 0) -> Bool {
        var waiting = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, milliseconds) == 1
    }

    /// Receives the next packet of a stream; nil if the stream ends before, or nothing comes.
    func receiveFrame() -> [UInt8]? {
        guard let head = receive(exactly: 2) else { return nil }
        return receive(exactly: Int(head[0]) << 8 | Int(head[1]))
    }

    private func receive(exactly size: Int) -> [UInt8]? {
        var octets: [UInt8] = []
        while octets.count < size {
            guard let piece = receive(atMost: size - octets.count), !piece.isEmpty else { return nil }
            octets += piece
        }
        return octets
    }

    /// Says that nothing more will be sent.
    func endWriting() {
        shutdown(descriptor.rawValue, Int32(SHUT_WR))
    }
}
