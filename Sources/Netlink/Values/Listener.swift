package import NetworkTypes

/// A socket that takes whatever comes to its port: a server's of TCP, or one of UDP that is not tied to one peer.
package struct Listener: Hashable, Sendable {
    package var transport: TransportProtocol
    package var port: UInt16
    /// Where it listens; the unspecified address is every one of its families.
    package var address: IPAddress
    /// Whether it is one of IPv6 that leaves IPv4 alone (`IPV6_V6ONLY`).
    package var isIPv6Only: Bool
    /// The number of its file, by which the process is found that has it; zero for one of the kernel's own.
    package var inode: UInt64

    package init(
        _ transport: TransportProtocol,
        _ address: IPAddress,
        _ port: UInt16,
        isIPv6Only: Bool = false,
        inode: UInt64 = 0
    ) {
        self.transport = transport
        self.address = address
        self.port = port
        self.isIPv6Only = isIPv6Only
        self.inode = inode
    }

    /// The families whose packets come to it. Every address of IPv6 means those of IPv4, too, unless it says otherwise.
    package var families: [AddressFamily] {
        address.family == .ipv6 && address.isUnspecified && !isIPv6Only ? [.ipv4, .ipv6] : [address.family]
    }
}
