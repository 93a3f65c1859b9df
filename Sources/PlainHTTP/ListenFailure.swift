package import LinuxSystem
internal import NIOCore
package import NetworkTypes

/// Why an address cannot be listened on.
package struct ListenFailure: Error, Sendable, CustomStringConvertible {
    package let address: ListenAddress
    /// Nil if it is not the kernel that refuses.
    package let errno: Errno?
    /// Whole, with the holder if another program has the address.
    package let description: String

    init(_ address: ListenAddress, _ error: any Error) {
        self.address = address
        errno = (error as? IOError).map { Errno(rawValue: $0.errnoCode) }
        guard errno == .addressInUse else {
            description = "\(address): \(error)"
            return
        }
        var holder = SocketHolder.ofPort(address.port, address.address.bytes, .stream)
        // Who listens on all addresses of both families is in the way of who has one of them.
        if holder == nil, address.address.family == .ipv6, address.address.isUnspecified {
            holder = SocketHolder.ofPort(address.port, [0, 0, 0, 0], .stream)
        }
        description = "\(address) is held by \(holder?.description ?? "another program")"
    }
}
