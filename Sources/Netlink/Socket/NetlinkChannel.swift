import CMnl
import Glibc
import LinuxSystem

/// One netlink socket through libmnl, with the buffer that replies are read into.
@safe
struct NetlinkChannel: MessageChannel, ~Copyable {
    // Nobody else has these, and a value that cannot be copied is with one thread at a time.
    private nonisolated(unsafe) let socket: OpaquePointer
    private nonisolated(unsafe) let buffer: UnsafeMutableRawBufferPointer

    // Kernels fill at most 32 KiB of a dump at a time, if the reader has room for that.
    private static let bufferSize = 64 * 1024
    // SOL_NETLINK options that libmnl's headers of Debian 12 have no names for in Swift.
    private static let capAcknowledgements: Int32 = 10
    private static let extendedAcknowledgements: Int32 = 11
    private static let strictChecking: Int32 = 12
    private static let addMembership: Int32 = 1

    /// Opens a socket whose port number the kernel chooses.
    ///
    /// - Parameters:
    ///   - subsystem: the part of the kernel that it leads to.
    ///   - isBlocking: whether a receive waits; if not, it throws EAGAIN when there is nothing.
    ///   - receiveBuffer: bytes that the kernel may queue for the socket.
    static func open(
        _ subsystem: NetlinkSubsystem = .routing,
        isBlocking: Bool,
        receiveBuffer: Int32
    ) throws(Errno) -> NetlinkChannel {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (isBlocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        guard let socket = unsafe mnl_socket_open2(subsystem.rawValue, flags) else { throw Errno.current }
        let channel = unsafe NetlinkChannel(socket: socket)
        guard unsafe mnl_socket_bind(socket, 0, 0) == 0 else { throw Errno.current }
        // Kernels that lack these work without: errors are then terser, and dumps filtered only by us.
        for option in [capAcknowledgements, extendedAcknowledgements, strictChecking] {
            try? channel.set(option, to: 1)
        }
        channel.growReceiveBuffer(to: receiveBuffer)
        return channel
    }

    private init(socket: OpaquePointer) {
        unsafe self.socket = unsafe socket
        unsafe buffer = .allocate(byteCount: Self.bufferSize, alignment: 8)
    }

    deinit {
        unsafe buffer.deallocate()
        _ = unsafe mnl_socket_close(socket)
    }

    var descriptor: Int32 { unsafe mnl_socket_get_fd(socket) }

    /// The number that the kernel gave the socket: notifications of what it wrote carry it.
    var portID: UInt32 { unsafe mnl_socket_get_portid(socket) }

    func join(_ group: NetlinkGroup) throws(Errno) {
        try set(Self.addMembership, to: Int32(bitPattern: group.rawValue))
    }

    /// Has the kernel queue only what the filter lets through.
    func attach(_ filter: SocketFilter) throws(Errno) {
        var instructions = filter.instructions
        let result = unsafe instructions.withUnsafeMutableBufferPointer { instructions in
            var program = unsafe sock_fprog(len: UInt16(instructions.count), filter: instructions.baseAddress)
            let size = unsafe socklen_t(MemoryLayout<sock_fprog>.size)
            return unsafe setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, size)
        }
        if result < 0 { throw Errno.current }
    }

    /// Has a receive throw EAGAIN after so many seconds.
    func limitReceive(seconds: Int) {
        let limit = timeval(tv_sec: seconds, tv_usec: 0)
        set(socketOption: SO_RCVTIMEO, to: limit)
    }

    func send(_ bytes: [UInt8]) throws(Errno) {
        while true {
            let sent = unsafe bytes.withUnsafeBytes { buffer in
                let count = unsafe mnl_socket_sendto(socket, buffer.baseAddress, buffer.count)
                return (count: count, errno: Errno.current)
            }
            if sent.count >= 0 { return }
            guard sent.errno == .interrupted else { throw sent.errno }
        }
    }

    /// Receives once and calls `body` with each message.
    mutating func receive(_ body: (MessageHeader, RawSpan) -> Void) throws(Errno) {
        var count = -1
        repeat {
            count = unsafe mnl_socket_recvfrom(socket, buffer.baseAddress, buffer.count)
            let error = Errno.current
            if count < 0, error != .interrupted { throw error }
        } while count < 0
        let received = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
        MessageReader.forEach(in: unsafe received.bytes, body)
    }

    private func set(_ option: Int32, to value: Int32) throws(Errno) {
        var value = value
        let result = unsafe mnl_socket_setsockopt(socket, option, &value, socklen_t(MemoryLayout<Int32>.size))
        if result < 0 { throw Errno.current }
    }

    private func set<Value: BitwiseCopyable>(socketOption option: Int32, to value: Value) {
        _ = unsafe withUnsafeBytes(of: value) { bytes in
            unsafe setsockopt(descriptor, SOL_SOCKET, option, bytes.baseAddress, socklen_t(bytes.count))
        }
    }

    // The first needs CAP_NET_ADMIN and ignores the machine's limit; without it the limit holds.
    private func growReceiveBuffer(to size: Int32) {
        set(socketOption: SO_RCVBUF, to: size)
        set(socketOption: SO_RCVBUFFORCE, to: size)
    }
}

/// The parts of the kernel that netlink sockets lead to (`NETLINK_…`).
enum NetlinkSubsystem: Int32 {
    /// Links, addresses, routes, neighbours.
    case routing = 0
    /// Sockets of all kinds: sock_diag(7).
    case sockets = 4
    /// Tracked connections.
    case netfilter = 12
}
