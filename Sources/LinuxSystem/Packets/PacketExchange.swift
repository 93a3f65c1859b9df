internal import CLinux
internal import Glibc

/// One packet sent to another host, and what comes back.
package struct PacketExchange {
    /// Names an exchange for as long as the thread runs.
    package struct ID: Hashable, Sendable {
        let descriptor: Int32
        let number: UInt64
    }
}

extension PacketPorts {
    /// The number of the link that a zone of an IPv6 address names (RFC 4007 section 11), by its name or number.
    ///
    /// - Throws: ENODEV if there is none.
    package static func scope(ofZone zone: String) throws(SystemCallError) -> UInt32 {
        if let number = UInt32(zone) { return number }
        let index = unsafe if_nametoindex(zone)
        guard index > 0 else { throw SystemCallError(call: "if_nametoindex", subject: zone, errno: .current) }
        return index
    }

    /// Sends a packet from a port of its own, which the kernel chooses at random.
    ///
    /// - Parameter scope: the index of the link that a link-local IPv6 address belongs to.
    package func begin(
        _ packet: [UInt8],
        with address: PacketAddress,
        port: UInt16,
        over transport: PacketTransport,
        scope: UInt32 = 0
    ) throws(SystemCallError) -> PacketExchange.ID {
        let number = try systemCall("connect") {
            linnet_client_socket(transport == .stream ? 1 : 0, address.peer(port: port, scope: scope))
        }
        let descriptor = SharedDescriptor(adopting: number)
        let id = PacketExchange.ID(descriptor: number, number: nextNumber())
        let stream = PacketStream(descriptor, number: id.number, address, port: port, now: now)
        switch transport {
        case .datagram:
            _ = try systemCall("send") {
                unsafe packet.withUnsafeBytes { unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
        // It is sent when the stream is connected, which the kernel tells.
        case .stream: stream.append(packet.span)
        }
        try add(OpenExchange(id: id, transport, stream))
        return id
    }

    /// Waits no longer for packets of an exchange.
    package func end(_ id: PacketExchange.ID) {
        guard case .exchange(let exchange) = ports[id.descriptor], exchange.id == id else { return }
        close(exchange)
    }
}

/// An exchange that goes on.
final class OpenExchange {
    let id: PacketExchange.ID
    let transport: PacketTransport
    /// For datagrams only its descriptor counts.
    let stream: PacketStream

    init(id: PacketExchange.ID, _ transport: PacketTransport, _ stream: PacketStream) {
        self.id = id
        self.transport = transport
        self.stream = stream
    }
}
