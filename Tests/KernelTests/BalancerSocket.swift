import Glibc
import LinuxSystem
import NetworkTypes

/// A socket of the balancer's tests. It never blocks.
final class BalancerSocket: Sendable {
    private let descriptor: SharedDescriptor
    let transport: TransportProtocol

    /// Opens one in the namespace of the calling thread.
    init(_ transport: TransportProtocol, _ family: AddressFamily) throws {
        let kind = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let number = try systemCall("socket") {
            socket(
                family == .ipv4 ? AF_INET : AF_INET6,
                Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
                0
            )
        }
        descriptor = SharedDescriptor(adopting: number)
        self.transport = transport
    }

    private init(_ number: Int32, _ transport: TransportProtocol) {
        descriptor = SharedDescriptor(adopting: number)
        self.transport = transport
    }

    var number: Int32 { descriptor.rawValue }

    /// A server's, at an address of the calling thread's namespace; at all of them if it is `::`.
    static func listening(
        _ transport: TransportProtocol,
        at address: IPAddress,
        _ port: UInt16
    ) throws -> BalancerSocket {
        let socket = try BalancerSocket(transport, address.family)
        try socket.bind(address, port)
        if transport == .tcp { _ = try systemCall("listen") { listen(socket.number, 1024) } }
        return socket
    }

    func bind(_ address: IPAddress, _ port: UInt16 = 0) throws {
        var on: Int32 = 1
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        _ = try SocketAddress(address, port).withPointer { pointer, length in
            try systemCall("bind") { Glibc.bind(number, pointer, length) }
        }
    }

    /// Begins a connection, or says where datagrams go and whose are taken.
    func connect(_ address: IPAddress, _ port: UInt16) throws {
        do {
            _ = try SocketAddress(address, port).withPointer { pointer, length in
                try systemCall("connect") { Glibc.connect(number, pointer, length) }
            }
        } catch let error as SystemCallError where error.errno.rawValue == EINPROGRESS {}
    }

    /// A client's stream; nil if there is none left.
    func accepted() -> (socket: BalancerSocket, peer: IPAddress)? {
        var stream: Int32 = -1
        let peer = SocketAddress.filled { pointer, length in
            stream = accept(number, pointer, length)
        }
        guard stream >= 0 else { return nil }
        _ = fcntl(stream, F_SETFD, FD_CLOEXEC)
        _ = fcntl(stream, F_SETFL, O_NONBLOCK)
        let socket = BalancerSocket(stream, .tcp)
        return peer.map { (socket, $0) }
    }

    /// Takes a datagram and answers with what `body` makes of its sender. Returns false if there is none left.
    func answer(_ body: (IPAddress) -> String) -> Bool {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                var byte: UInt8 = 0
                guard recvfrom(number, &byte, 1, 0, pointer, &length) >= 0 else { return false }
                let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(length))
                let peer = SocketAddress.filled { copy, _ in
                    UnsafeMutableRawBufferPointer(start: copy, count: Int(length)).copyMemory(from: bytes)
                }
                let answer = Array((peer.map(body) ?? "").utf8)
                sendto(number, answer, answer.count, 0, pointer, length)
                return true
            }
        }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What has come; empty at the end of a stream.
    func receive() throws -> String {
        // A refusal that comes while the kernel still sends the first packet is told by this alone.
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length)
        if code != 0 { throw SystemCallError(call: "recv", subject: "", errno: Errno(rawValue: code)) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = try systemCall("recv") { recv(number, &buffer, buffer.count, 0) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// Whether something has come, or has failed, within the time.
    func waits(_ milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, milliseconds) == 1
    }

    /// How often TCP had to send something again.
    var retransmissions: UInt32 {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        guard transport == .tcp, getsockopt(number, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0 else { return 0 }
        return info.tcpi_total_retrans
    }

    /// The address that it has here.
    var ownAddress: IPAddress? { SocketAddress.filled { pointer, length in getsockname(number, pointer, length) } }
}
