internal import Glibc
internal import LinuxSystem
internal import NetworkTypes

/// Where sockets are bound, connected to and seen from.
enum SocketPlace {
    /// A TCP socket of the family in the namespace of the calling thread.
    static func open(_ family: AddressFamily) throws -> SharedDescriptor {
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = SharedDescriptor(adopting: try systemCall("socket") { socket(domain, kind, 0) })
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        return descriptor
    }

    static func set<Value>(_ descriptor: SharedDescriptor, _ level: Int32, _ option: Int32, _ value: Value) {
        withUnsafePointer(to: value) {
            _ = setsockopt(descriptor.rawValue, level, option, $0, socklen_t(MemoryLayout<Value>.size))
        }
    }

    /// Hands the kernel's form of an address over.
    static func with<Result>(
        _ place: ListenAddress,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        switch place.address.family {
        case .ipv4:
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = place.port.bigEndian
            withUnsafeMutableBytes(of: &form.sin_addr) { $0.copyBytes(from: place.address.bytes) }
            return pass(form, body)
        case .ipv6:
            var form = sockaddr_in6()
            form.sin6_family = sa_family_t(AF_INET6)
            form.sin6_port = place.port.bigEndian
            withUnsafeMutableBytes(of: &form.sin6_addr) { $0.copyBytes(from: place.address.bytes) }
            return pass(form, body)
        }
    }

    private static func pass<Form, Result>(
        _ form: Form,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: form) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Form>.size)) }
        }
    }

    /// The other end of a connection; nil if it is gone.
    static func peer(of descriptor: SharedDescriptor) -> ListenAddress? {
        var form = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let found = withUnsafeMutablePointer(to: &form) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor.rawValue, $0, &length) }
        }
        guard found == 0 else { return nil }
        return withUnsafeBytes(of: form) { bytes in
            let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
            let octets = form.sin6_family == sa_family_t(AF_INET) ? bytes[4..<8] : bytes[8..<24]
            return IPAddress(bytes: octets).map { ListenAddress(address: $0, port: port) }
        }
    }
}
