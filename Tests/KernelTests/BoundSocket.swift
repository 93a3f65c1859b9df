import Glibc
import LinuxSystem
import NetworkTypes

/// A socket that waits at an address for as long as this handle is there.
struct BoundSocket: Sendable {
    private let descriptor: SharedDescriptor

    /// - Parameters:
    ///   - isIPv6Only: of a socket of IPv6; nil leaves it as the system has it.
    ///   - peer: where a socket of UDP is connected to.
    init(
        _ transport: TransportProtocol,
        _ address: String,
        _ port: UInt16,
        isIPv6Only: Bool? = nil,
        connectedTo peer: UInt16? = nil,
        in namespace: NetworkNamespace
    ) throws {
        let address = try IPAddress(parsing: address)
        let kind = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        descriptor = try namespace.run {
            let number = try systemCall("socket") {
                socket(address.family == .ipv4 ? AF_INET : AF_INET6, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
            }
            return SharedDescriptor(adopting: number)
        }
        let number = descriptor.rawValue
        if let isIPv6Only {
            var value: Int32 = isIPv6Only ? 1 : 0
            setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &value, 4)
        }
        _ = try SocketAddress(address, port).withPointer { pointer, length in
            try systemCall("bind") { Glibc.bind(number, pointer, length) }
        }
        if transport == .tcp { _ = try systemCall("listen") { listen(number, 4) } }
        guard let peer else { return }
        _ = try SocketAddress(address, peer).withPointer { pointer, length in
            try systemCall("connect") { connect(number, pointer, length) }
        }
    }
}
