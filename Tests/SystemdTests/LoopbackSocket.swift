import Glibc
import LinuxSystem

/// A socket on 127.0.0.1 that never waits.
struct LoopbackSocket {
    let descriptor: SharedDescriptor

    /// What there is to read.
    enum Content: Hashable {
        case bytes(String)
        case nothing
        case end
        case error(Int32)
    }

    /// A UDP socket on a free port.
    static func datagrams() throws -> LoopbackSocket {
        let socket = try LoopbackSocket(SOCK_DGRAM)
        try socket.bind()
        return socket
    }

    /// A TCP socket that listens on a free port.
    static func listener() throws -> LoopbackSocket {
        let socket = try LoopbackSocket(SOCK_STREAM)
        try socket.bind()
        _ = try systemCall("listen") { listen(socket.descriptor.rawValue, 16) }
        return socket
    }

    /// A connection to a listener.
    static func connection(to listener: LoopbackSocket) throws -> LoopbackSocket {
        let socket = try LoopbackSocket(SOCK_STREAM)
        var address = try listener.address()
        let number = socket.descriptor.rawValue
        // Whether it is complete at once or soon, it waits at the listener.
        _ = withAddress(of: &address) { connect(number, $0, $1) }
        return socket
    }

    private init(_ kind: __socket_type) throws {
        let flags = Int32(kind.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = SharedDescriptor(adopting: try systemCall("socket") { socket(AF_INET, flags, 0) })
    }

    /// Sends a datagram to another socket.
    func send(_ text: String, to other: LoopbackSocket) throws {
        var address = try other.address()
        let (number, bytes) = (descriptor.rawValue, Array(text.utf8))
        _ = try systemCall("sendto") {
            Self.withAddress(of: &address) { sendto(number, bytes, bytes.count, 0, $0, $1) }
        }
    }

    /// Sends over the connection.
    func send(_ text: String) throws {
        let (number, bytes) = (descriptor.rawValue, Array(text.utf8))
        _ = try systemCall("send") { Glibc.send(number, bytes, bytes.count, 0) }
    }

    /// Waits up to two seconds for something to read.
    func receiveSoon() -> Content {
        var wait = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        _ = poll(&wait, 1, 2_000)
        return receive()
    }

    func receive() -> Content {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor.rawValue, &buffer, buffer.count, 0)
        guard count >= 0 else { return errno == EAGAIN ? .nothing : .error(errno) }
        return count == 0 ? .end : .bytes(String(decoding: buffer.prefix(count), as: UTF8.self))
    }

    /// How many connections wait at the listener, which they do no longer then.
    func acceptAll() -> Int {
        var count = 0
        while true {
            let connection = accept(descriptor.rawValue, nil, nil)
            guard connection >= 0 else { return count }
            close(connection)
            count += 1
        }
    }

    private func bind() throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let number = descriptor.rawValue
        _ = try systemCall("bind") { Self.withAddress(of: &address) { Glibc.bind(number, $0, $1) } }
    }

    private func address() throws -> sockaddr_in {
        var (address, size) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        let number = descriptor.rawValue
        _ = try systemCall("getsockname") {
            withUnsafeMutableBytes(of: &address) { bytes in
                getsockname(number, bytes.bindMemory(to: sockaddr.self).baseAddress!, &size)
            }
        }
        return address
    }

    private static func withAddress<Answer>(
        of address: inout sockaddr_in,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer
    ) -> Answer {
        withUnsafeBytes(of: &address) { bytes in
            body(bytes.bindMemory(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
        }
    }
}
