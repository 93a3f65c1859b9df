internal import CLinux

/// Where a packet came from, and where its reply goes.
package struct PacketOrigin: Sendable, Hashable {
    package let transport: PacketTransport
    package let address: PacketAddress
    /// The sender's port, never 0.
    package let port: UInt16
    /// The link that a link-local address belongs to, 0 for others.
    let scope: UInt32
    /// The socket that it came in by: of its server for datagrams, else of the stream.
    let descriptor: Int32
    /// Which socket, since a descriptor may be another one's by now.
    let number: UInt64
}

extension PacketOrigin {
    /// An origin that no socket leads to: a reply to it goes nowhere.
    package init(_ transport: PacketTransport, _ address: PacketAddress, port: UInt16) {
        self.init(transport: transport, address: address, port: port, scope: 0, descriptor: -1, number: 0)
    }
}

/// How packets travel.
package enum PacketTransport: Sendable, Hashable {
    /// Each packet is a UDP datagram.
    case datagram
    /// TCP, with the length of each packet before it in two octets (RFC 1035 section 4.2.2).
    case stream

    /// Compiled in place, also in other modules: each packet is asked for it several times.
    @inlinable
    package static func == (left: PacketTransport, right: PacketTransport) -> Bool {
        switch (left, right) {
        case (.datagram, .datagram), (.stream, .stream): true
        case (.datagram, .stream), (.stream, .datagram): false
        }
    }
}

/// An address as the first and the last eight octets of an IPv6 address, each in network byte order. IPv4 addresses are
/// IPv4-mapped (RFC 4291 section 2.5.5.2).
package struct PacketAddress: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter v4: 192.0.2.1 is 0xc000_0201.
    package init(v4: UInt32) {
        self.init(high: 0, low: 0xffff_0000_0000 | UInt64(v4))
    }

    /// - Parameter number: the address in host byte order: 192.0.2.1 is 0xc000_0201, ::1 is 1.
    package init(number: UInt128, isIPv4: Bool) {
        if isIPv4 {
            self.init(v4: UInt32(truncatingIfNeeded: number))
        } else {
            self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
        }
    }

    package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// The address in host byte order: 192.0.2.1 is 0xc000_0201, ::1 is 1.
    package var number: UInt128 { isIPv4 ? UInt128(low & 0xffff_ffff) : UInt128(high) << 64 | UInt128(low) }
}

extension PacketAddress {
    init(_ peer: linnet_peer) {
        self.init(high: peer.high, low: peer.low)
    }

    /// The address with a port, as the kernel's edge takes it.
    func peer(port: UInt16, scope: UInt32) -> linnet_peer {
        linnet_peer(high: high, low: low, port: port, scope: scope)
    }
}
