import Glibc
import LinuxSystem
import NetworkTypes

/// A socket of a test in some namespace. Nothing of it waits longer than 2.5 seconds.
final class TestSocket: Sendable {
    private let descriptor: SharedDescriptor
    private let transport: TransportProtocol

    /// A server's: every address of the namespace, of both families.
    static func listening(
        _ transport: TransportProtocol,
        on port: UInt16,
        in namespace: NetworkNamespace
    ) throws -> TestSocket {
        let socket = try TestSocket(transport, .ipv6, in: namespace)
        try socket.bind(IPAddress(family: .ipv6, number: 0), port)
        if transport == .tcp { _ = try systemCall("listen") { listen(socket.descriptor.rawValue, 16) } }
        return socket
    }

    /// A client's, of a port of its own if that is not nil.
    static func client(
        _ transport: TransportProtocol,
        _ family: AddressFamily,
        from port: UInt16? = nil,
        in namespace: NetworkNamespace
    ) throws -> TestSocket {
        let socket = try TestSocket(transport, family, in: namespace)
        if let port { try socket.bind(IPAddress(family: family, number: 0), port) }
        return socket
    }

    private init(_ transport: TransportProtocol, _ family: AddressFamily, in namespace: NetworkNamespace) throws {
        self.transport = transport
        let kind = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        descriptor = try namespace.run {
            let number = try systemCall("socket") {
                socket(
                    family == .ipv4 ? AF_INET : AF_INET6,
                    Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
                    0
                )
            }
            return SharedDescriptor(adopting: number)
        }
    }

    private func bind(_ address: IPAddress, _ port: UInt16) throws {
        var on: Int32 = 1
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        for attempt in 1... {
            do {
                _ = try SocketAddress(address, port).withPointer { pointer, length in
                    try systemCall("bind") { Glibc.bind(descriptor.rawValue, pointer, length) }
                }
                return
            } catch let error as SystemCallError where error.errno == .addressInUse && attempt < 100 {
                // A process that another test starts just now holds a closed socket of this one until it executes.
                _ = poll(nil, 0, 10)
            }
        }
    }

    /// Begins a conversation: a datagram, or a connection that need not be there yet.
    func call(_ address: IPAddress, _ port: UInt16) {
        SocketAddress(address, port).withPointer { pointer, length in
            if transport == .tcp {
                connect(descriptor.rawValue, pointer, length)
            } else {
                _ = sendto(descriptor.rawValue, "x", 1, 0, pointer, length)
            }
        }
    }

    /// Waits for a caller, answers, and returns the address that it has here; nil if none came.
    func answer(within milliseconds: Int32 = 2500) throws -> IPAddress? {
        guard waits(for: POLLIN, milliseconds) else { return nil }
        return try SocketAddress.filled { pointer, length in
            if transport == .tcp {
                let number = try systemCall("accept") { accept(descriptor.rawValue, pointer, length) }
                send(number, "y", 1, Int32(MSG_NOSIGNAL))
                close(number)
            } else {
                var byte: UInt8 = 0
                _ = try systemCall("recvfrom") { recvfrom(descriptor.rawValue, &byte, 1, 0, pointer, length) }
                sendto(descriptor.rawValue, "y", 1, 0, pointer, length.pointee)
            }
        }
    }

    /// Whether the answer came back.
    func hearsAnswer(within milliseconds: Int32 = 2500) -> Bool {
        guard waits(for: POLLIN, milliseconds) else { return false }
        var byte: UInt8 = 0
        return recv(descriptor.rawValue, &byte, 1, 0) == 1 && byte == UInt8(ascii: "y")
    }

    private func waits(for events: Int32, _ milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
        return poll(&waiting, 1, milliseconds) == 1
    }
}

/// An address and a port as the socket calls take them.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t

    /// - Parameter scope: the link that a link-local IPv6 address belongs to.
    init(_ address: IPAddress, _ port: UInt16, scope: UInt32 = 0) {
        switch address {
        case .v4:
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &value.sin_addr) { $0.copyBytes(from: address.bytes) }
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: value, as: sockaddr_in.self) }
        case .v6:
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_port = port.bigEndian
            value.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &value.sin6_addr) { $0.copyBytes(from: address.bytes) }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: value, as: sockaddr_in6.self) }
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result) rethrows -> Result {
        try withUnsafePointer(to: storage) { storage in
            try storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, length) }
        }
    }

    /// The address that the call fills in, an IPv4 one without its IPv6 clothes.
    static func filled(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) throws -> Void
    ) rethrows -> IPAddress? {
        var value = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        try withUnsafeMutablePointer(to: &value) { value in
            try value.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, &length) }
        }
        if value.sin6_family == sa_family_t(AF_INET) {
            return IPAddress(bytes: withUnsafeBytes(of: &value) { Array($0[4..<8]) }[...])
        }
        let bytes = withUnsafeBytes(of: &value.sin6_addr) { Array($0) }
        let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return IPAddress(bytes: isMapped ? bytes.suffix(4) : bytes[...])
    }
}
